/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_limits.h. */
#include "stream_limits.h"

void stream_limits_default(struct stream_limits *ret)
{
#define DEFAULT(name, dflt, min, max, unit, help) .name = dflt,
    *ret = (struct stream_limits){ STREAM_LIMIT_LIST(DEFAULT) };
#undef DEFAULT
}
