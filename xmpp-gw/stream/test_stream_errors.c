/* SPDX-License-Identifier: Apache-2.0 */
/* All conditions of RFC 6120, read as they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_errors.h"
#include "xml_tree.h"
#include <stdlib.h>
#include <string.h>

#define NS_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"

static enum stream_error read_one(char const *name, char const *ns)
{
    struct xml_tree *tree = xml_tree_new(4096);
    struct xml_element *error =
        xml_tree_add(tree, NULL, "error", "http://etherx.jabber.org/streams");

    xml_tree_add(tree, error, "text", NS_ERRORS);
    if (name)
        xml_tree_add(tree, error, name, ns);
    enum stream_error got = stream_errors_read(xml_tree_root(tree));
    xml_tree_free(&tree);
    return got;
}

static void test_conditions(void **state)
{
    (void)state;
    assert_int_equal(STREAM_ERRORS - 1, 25);
    for (int i = 1; i < STREAM_ERRORS; i++) {
        enum stream_error error = (enum stream_error)i;
        assert_int_equal(read_one(stream_errors_name(error), NS_ERRORS), error);
    }
    assert_int_equal(read_one("host-unknown", NS_ERRORS), STREAM_ERROR_host_unknown);
    assert_int_equal(read_one("host-unknown", "urn:other"), STREAM_ERROR_undefined_condition);
    assert_int_equal(read_one("new-one", NS_ERRORS), STREAM_ERROR_undefined_condition);
    assert_int_equal(read_one(NULL, NULL), STREAM_ERROR_undefined_condition);
    assert_string_equal(stream_errors_name(STREAM_NO_ERROR), "");
    assert_string_equal(stream_errors_name(STREAM_ERRORS), "");
}

static void test_xml(void **state)
{
    (void)state;
    assert_int_equal(stream_errors_of_xml(XML_PUSH_OK), STREAM_NO_ERROR);
    for (int i = XML_PUSH_OK + 1; i <= XML_PUSH_NO_MEMORY; i++)
        assert_int_not_equal(stream_errors_of_xml((enum xml_push_fault)i), STREAM_NO_ERROR);
    assert_string_equal(stream_errors_name(stream_errors_of_xml(XML_PUSH_TOO_LARGE)),
                        "policy-violation");
    assert_string_equal(stream_errors_name(stream_errors_of_xml(XML_PUSH_RESTRICTED)),
                        "restricted-xml");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_xml),
    };
    return cmocka_run_group_tests_name("stream_errors", tests, NULL, NULL);
}
