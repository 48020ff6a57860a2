/* SPDX-License-Identifier: Apache-2.0 */
/* Names of types and values, classes of types, and the quick look at a root's name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csta_tables.h"
#include <string.h>

static void test_type_names(void **state)
{
    (void)state;
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++)
        assert_int_equal(csta_type_parse(csta_type_str(type)), type);
    assert_string_equal(csta_type_str(CSTA_MakeCall), "MakeCall");
    assert_string_equal(csta_type_str(CSTA_NONE), "none");
    assert_string_equal(csta_type_str(CSTA_TYPES), "none");
    assert_string_equal(csta_type_str(CSTA_TransferedEvent), "TransferedEvent");
    assert_int_equal(csta_type_parse("TransferredEvent"), CSTA_TransferedEvent);
    assert_int_equal(csta_type_parse("HookSwitchEvent"), CSTA_HookswitchEvent);
    assert_int_equal(csta_type_parse("none"), CSTA_NONE);
    assert_int_equal(csta_type_parse(""), CSTA_NONE);
    assert_int_equal(csta_type_parse("makeCall"), CSTA_NONE);
    assert_int_equal(csta_type_parse("MakeCallX"), CSTA_NONE);
}

static void test_classes(void **state)
{
    (void)state;
    for (enum csta_type type = CSTA_NONE; type <= CSTA_TYPES; type++) {
        char const *name = csta_type_str(type);
        enum csta_type response = csta_response_of(type);
        assert_int_equal(csta_is_event(type), strstr(name, "Event") != NULL);
        assert_int_equal(csta_is_session(type), strstr(name, "Session") != NULL);
        assert_int_equal(csta_is_service(type), response != CSTA_NONE);
        if (response) {
            assert_memory_equal(csta_type_str(response), name, strlen(name));
            assert_string_equal(csta_type_str(response) + strlen(name), "Response");
        }
    }
    assert_int_equal(csta_response_of(CSTA_MakeCall), CSTA_MakeCallResponse);
    assert_int_equal(csta_response_of(CSTA_MakeCallResponse), CSTA_NONE);
}

static void test_value_names(void **state)
{
    (void)state;
    assert_string_equal(csta_cause_str(CSTA_CAUSE_newCall), "newCall");
    assert_string_equal(csta_cause_str(CSTA_CAUSE_ABSENT), "none");
    assert_string_equal(csta_cause_str(CSTA_CAUSES), "none");
    assert_string_equal(csta_connection_state_str(CSTA_STATE_hold), "hold");
    assert_string_equal(csta_system_status_str(CSTA_STATUS_normal), "normal");
    assert_string_equal(csta_error_category_str(CSTA_ERROR_systemResourceAvailibility),
                        "systemResourceAvailibility");
    assert_string_equal(csta_forwarding_str(CSTA_FORWARD_forwardNoAnsExt), "forwardNoAnsExt");
    assert_string_equal(csta_forwarding_str(CSTA_FORWARD_ABSENT), "none");
    for (unsigned i = 1; i < CSTA_CAUSES; i++)
        assert_int_equal(csta_spelling_parse(&csta_spell_cause, csta_cause_str(i)), i);
    assert_int_equal(csta_spelling_parse(&csta_spell_cause, "none"), 0);
    assert_int_equal(csta_spelling_parse(&csta_spell_state, ""), 0);
    assert_int_equal(csta_spelling_parse(&csta_spell_simple_state, "callReceived"),
                     CSTA_STATE_alerting);
    assert_int_equal(csta_spelling_parse(&csta_spell_device, "numberDialed"),
                     CSTA_DEVICE_IDENTIFIER);
}

static void test_namespaces(void **state)
{
    (void)state;
    for (enum csta_edition edition = CSTA_ED2; edition <= CSTA_ED6; edition++)
        assert_int_equal(csta_edition_parse(csta_namespace(edition)), edition);
    assert_string_equal(csta_namespace(CSTA_ED2), "http://www.ecma.ch/standards/ecma-323/csta/ed2");
    assert_string_equal(csta_namespace(CSTA_ED5),
                        "http://www.ecma-international.org/standards/ecma-323/csta/ed5");
    assert_string_equal(csta_namespace(0), "");
    assert_string_equal(csta_namespace(7), "");
    assert_int_equal(csta_edition_parse(""), 0);
    assert_int_equal(csta_edition_parse("http://www.ecma.ch/standards/ecma-323/csta/ed1"), 0);
    assert_int_equal(
        csta_edition_parse("http://www.ecma-international.org/standards/ecma-323/csta/ed2"), 0);
    assert_int_equal(csta_edition_parse(csta_namespace_354), 0);
}

static struct {
    char const *xml;
    char const *name;
} const peeks[] = {
    { "<MakeCall xmlns='x'>", "MakeCall" },
    { "<MakeCall/>", "MakeCall" },
    { "<MakeCall", "MakeCall" },
    { "<?xml version=\"1.0\"?>\n<!-- c -->\n<csta:HeldEvent a='b'>", "HeldEvent" },
    { "\xEF\xBB\xBF<a>", "a" },
    { "<a\n>", "a" },
    { "", "" },
    { "text", "" },
    { "<", "" },
    { "<?xml", "" },
    { "<!--", "" },
    { "<?xml?>", "" },
    { "<p:", "" },
    { "<a\x1b[31m>", "a" },
    { "<abcdefghijklmnopqrstuvwxyz/>", "abcdefghijklmno" },
    { "<p:abcdefghijklmnopqrstuvwxyz/>", "abcdefghijklmno" },
    { "<prefixlongerthanthis:b/>", "b" },
};

static void test_peek(void **state)
{
    char name[16];
    (void)state;

    for (size_t i = 0; i < sizeof peeks / sizeof peeks[0]; i++) {
        memset(name, '#', sizeof name);
        csta_peek_name(peeks[i].xml, strlen(peeks[i].xml), name, sizeof name);
        if (strcmp(name, peeks[i].name) != 0)
            fail_msg("row %zu: \"%s\"", i, name);
    }
    csta_peek_name("<a/>", 4, name, 1);
    assert_string_equal(name, "");
    name[0] = '#';
    csta_peek_name("<a/>", 4, name, 0);
    assert_int_equal(name[0], '#');
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_type_names),  cmocka_unit_test(test_classes),
        cmocka_unit_test(test_value_names), cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_peek),
    };
    return cmocka_run_group_tests_name("csta_names", tests, NULL, NULL);
}
