/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors. */
#include "csta_fault_map.h"
#include <string.h>

static struct {
    struct csta_error error;
    int status;
} const rows[CTI_FAULTS] = {
#define FAULT(name, category, value, status)                                                       \
    [CTI_FAULT_##name] = { { CSTA_ERROR_##category, value }, status },
#include "csta_fault_map.def"
#undef FAULT
};

struct csta_msg csta_fault_map(enum cti_fault fault, enum csta_edition edition)
{
    return (struct csta_msg){ .type = CSTA_CSTAErrorCode,
                              .edition = edition,
                              .error = rows[fault].error };
}

static bool is_same(struct csta_error const *a, struct csta_error const *b)
{
    if (a->category != b->category || !a->value != !b->value)
        return false;
    return !a->value || strcmp(a->value, b->value) == 0;
}

int csta_fault_map_status(struct csta_error const *error)
{
    for (size_t i = 0; i < CTI_FAULTS; i++)
        if (is_same(&rows[i].error, error))
            return rows[i].status;
    return 400;
}
