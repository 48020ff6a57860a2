/* SPDX-License-Identifier: Apache-2.0 */
/* See static_rig.h. */
#include "static_rig.h"
#include <stdlib.h>

struct static_table *static_rig_table(struct static_conf *rows, size_t n)
{
    static char const *templates[] = { "74..78xxxxx*", "471....xx*", "1.3" };
    struct cfg_groups const list = { rows, n };
    struct cfg_strings const forms = { .v = templates, .n = sizeof templates / sizeof *templates };
    struct cfg_faults *faults = cfg_faults_new();
    struct static_table *table = static_table_new(&list, &forms, faults);
    if (!table || cfg_faults_count(faults)) {
        cfg_faults_print(faults, stderr);
        abort();
    }
    cfg_faults_free(&faults);
    return table;
}
