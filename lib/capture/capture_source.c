/* SPDX-License-Identifier: Apache-2.0 */
/* A source is what its operations are. */
#include "capture_source.h"
#include <stddef.h>

int capture_source_next(struct capture_source *source, struct capture_message *ret)
{
    return source->ops->next(source, ret);
}

uint64_t capture_source_lost(struct capture_source const *source)
{
    return source->ops->lost ? source->ops->lost(source) : 0;
}

void capture_source_free(struct capture_source **psource)
{
    struct capture_source *source = *psource;

    *psource = NULL;
    if (source)
        source->ops->free(source);
}
