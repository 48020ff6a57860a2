/* SPDX-License-Identifier: Apache-2.0 */
/* Options of filters: see filter_options.h. */
#include "filter_options.h"
#include <stddef.h>
#include <string.h>

static struct {
    char const *name;
    size_t at;
} const rows[] = {
#define FILTER(field) offsetof(struct capture_filter_options, field)
    { "--user", FILTER(user) },         { "--call-id", FILTER(call_id) },
    { "--method", FILTER(method) },     { "--peer", FILTER(peer) },
    { "--service", FILTER(service) },   { "--text", FILTER(text) },
    { "--filter", FILTER(expression) },
#undef FILTER
};

bool filter_options_take(struct capture_filter_options *options, char const *name,
                         char const *value)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(name, rows[i].name) != 0)
            continue;
        memcpy((char *)options + rows[i].at, &value, sizeof value);
        return true;
    }
    return false;
}
