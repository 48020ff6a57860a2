/* SPDX-License-Identifier: Apache-2.0 */
/* Every service has a rule, and every device that a request can name is somebody's in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csta_tables.h"
#include "service_rules.h"
#include <stdio.h>
#include <string.h>

static void test_every_service(void **state)
{
    (void)state;
    for (enum csta_type type = CSTA_NONE; type < CSTA_TYPES; type++) {
        struct service_rule const *rule = service_rules_of(type);
        assert_int_equal(rule != NULL, csta_is_service(type));
        if (rule && !rule->here && !rule->own && type != CSTA_MonitorStop)
            fail_msg("%s has no rule", csta_type_str(type));
    }
    assert_non_null(service_rules_of(CSTA_GetCSTAFeatures)->here);
    assert_null(service_rules_of(CSTA_MakeCall)->here);
    assert_int_equal(service_rules_of(CSTA_TransferCall)->own, SERVICE_CONN | SERVICE_HELD);
    assert_int_equal(service_rules_of(CSTA_DirectedPickupCall)->own, SERVICE_DEVICE);
}

static bool has_member(struct csta_row const *rows, size_t base, size_t offset)
{
    for (struct csta_row const *row = rows; row->name; row++)
        if (row->kind != ROW_LIST && (row->rows ? has_member(row->rows, base + row->offset, offset)
                                                : base + row->offset == offset))
            return true;
    return false;
}

/* The codec's rows say which members a request has; those that name a device are ruled on, and no
 * others are. */
static void test_every_member(void **state)
{
    struct csta_msg msg;
    (void)state;

    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct service_rule const *rule = service_rules_of(type);
        if (!rule || rule->here)
            continue;
        assert_int_equal(rule->own & rule->others, 0);
        for (unsigned member = 1; member < SERVICE_MEMBERS; member <<= 1) {
            char const **text = service_rules_member(&msg, (enum service_member)member);
            size_t offset = (size_t)((char *)text - (char *)&msg);
            bool named = has_member(csta_rows(type), 0, offset);
            if (named != (((rule->own | rule->others) & member) != 0))
                fail_msg("%s: member %u", csta_type_str(type), member);
        }
    }
}

/* Who writes a driver reads driver.h: each service is a row of its table, or named among those that
 * never reach a driver. */
static void test_every_slot_is_documented(void **state)
{
    static char text[32768];
    FILE *file = fopen(DRIVER_HEADER, "r");
    (void)state;

    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    char const *table = strstr(text, "The slots of driver.service");
    char const *own = strstr(text, "The gateway answers these itself");
    assert_true(table && own && own > table);
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct service_rule const *rule = service_rules_of(type);
        char row[80];
        if (!rule)
            continue;
        (void)snprintf(row, sizeof row, rule->here ? " %s" : "\n * %s", csta_type_str(type));
        char const *at = strstr(rule->here ? own : table, row);
        if (!at || strchr(" ,.\n", at[strlen(row)]) == NULL || (!rule->here && at > own))
            fail_msg("driver.h says nothing of %s", csta_type_str(type));
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_every_service),
        cmocka_unit_test(test_every_member),
        cmocka_unit_test(test_every_slot_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
