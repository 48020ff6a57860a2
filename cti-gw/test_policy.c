/* SPDX-License-Identifier: Apache-2.0 */
/* Which services the policies leave to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy.h"
#include "policy_conf.h"
#include <string.h>

#define LIST(...)                                                                                  \
    {                                                                                              \
        .v = (char const *[]){ __VA_ARGS__ },                                                      \
        .n = sizeof((char const *[]){ __VA_ARGS__ }) / sizeof(char const *)                        \
    }

static struct policy_conf policies[] = {
    { .name = "all", .deny = LIST("ClearConnection") },
    { .name = "no-hold", .deny = LIST("HoldCall", "RetrieveCall"), .users = LIST("joe", "ann") },
    { .name = "desk", .allow = LIST("MakeCall", "MonitorStart"), .groups = LIST("reception") },
    { .name = "desk2", .allow = LIST("MakeCall", "AnswerCall"), .groups = LIST("second") },
};
static struct cfg_groups const list = { .v = policies, .n = 4 };

static struct cfg_strings const none = { 0 };
static struct cfg_strings const reception = LIST("others", "reception");
static struct cfg_strings const both = LIST("reception", "second");

static struct {
    char const *id;
    struct cfg_strings const *groups;
    enum csta_type service;
    char const *denier;
} const vectors[] = {
    { "bob", &none, CSTA_HoldCall, NULL },
    { "bob", NULL, CSTA_HoldCall, NULL },
    { "bob", &none, CSTA_ClearConnection, "all" },
    { "joe", &none, CSTA_HoldCall, "no-hold" },
    { "ann", &none, CSTA_RetrieveCall, "no-hold" },
    { "Joe", &none, CSTA_HoldCall, NULL },
    { "joe", &none, CSTA_MakeCall, NULL },
    { "joe", &none, CSTA_ClearConnection, "all" },
    { "bob", &reception, CSTA_MakeCall, NULL },
    { "bob", &reception, CSTA_MonitorStart, NULL },
    { "bob", &reception, CSTA_AnswerCall, "desk" },
    { "joe", &reception, CSTA_HoldCall, "no-hold" },
    /* two lists of what is allowed leave what both allow */
    { "bob", &both, CSTA_MakeCall, NULL },
    { "bob", &both, CSTA_MonitorStart, "desk2" },
    { "bob", &both, CSTA_AnswerCall, "desk" },
    /* never taken */
    { "bob", &both, CSTA_GetCSTAFeatures, NULL },
    { "bob", &both, CSTA_RequestSystemStatus, NULL },
    { "bob", &both, CSTA_SystemStatus, NULL },
    { "bob", &both, CSTA_MonitorStop, NULL },
    /* events and answers are no services */
    { "bob", &both, CSTA_DeliveredEvent, NULL },
    { "bob", &both, CSTA_HoldCallResponse, NULL },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct policy policy = policy_of(&list, vectors[i].id, vectors[i].groups);
        char const *denier =
            policy_denier(&list, vectors[i].id, vectors[i].groups, vectors[i].service);
        struct csta_set set = { { 0 } };

        print_message("# %s %s\n", vectors[i].id, csta_type_str(vectors[i].service));
        assert_int_equal(policy_allows(&policy, vectors[i].service), !vectors[i].denier);
        csta_set_add(&set, vectors[i].service);
        policy_apply(&policy, &set);
        assert_int_equal(csta_set_has(&set, vectors[i].service), !vectors[i].denier);
        if (vectors[i].denier)
            assert_string_equal(denier, vectors[i].denier);
        else
            assert_null(denier);
    }
}

static void test_a_zeroed_policy_takes_nothing(void **state)
{
    struct policy const policy = { 0 };

    (void)state;
    for (unsigned type = 1; type < CSTA_TYPES; type++)
        assert_true(policy_allows(&policy, (enum csta_type)type));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_a_zeroed_policy_takes_nothing),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
