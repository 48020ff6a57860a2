/* SPDX-License-Identifier: Apache-2.0 */
/* The list of drivers, from drivers.def. */
#include "driver.h"
#include <string.h>

#define DRIVER(name) extern const struct driver driver_##name;
#include "drivers.def"
#undef DRIVER

static struct driver const *const drivers[] = {
#define DRIVER(name) &driver_##name,
#include "drivers.def"
#undef DRIVER
};

struct driver const *driver_find(char const *name)
{
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++)
        if (strcmp(drivers[i]->name, name) == 0)
            return drivers[i];
    return NULL;
}
