/* SPDX-License-Identifier: Apache-2.0 */
/* For tests and the benchmark: a table of static routes from rows written down in C. */
#pragma once
#include "cfg.h"
#include "static_conf.h"
#include "static_table.h"

/* That a row overrides a default is what the macro is for. */
#pragma GCC diagnostic ignored "-Woverride-init"

/** A row with the defaults of the configuration; other members follow as designated initialisers.
 */
#define STATIC_RIG_ROW(...)                                                                        \
    {                                                                                              \
        .name = "", .description = "", .next_hop = "a.test", .port = 5060, .priority = 1,          \
        .weight = 10, .transport = STATIC_CONF_TCP, .allow_less_specific = true,                   \
        .in_service = true, __VA_ARGS__                                                            \
    }

/** Compiles @p rows (borrowed) with the templates of the guide's examples; faults end the program,
 *  warnings do not. */
struct static_table *static_rig_table(struct static_conf *rows, size_t n);
