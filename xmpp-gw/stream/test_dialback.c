/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by the vector of XEP-0185, elements by the examples of XEP-0220. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "dialback.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <stdlib.h>
#include <string.h>

#define SECRET "s3cr3tf0rd14lb4ck"
#define ID     "D60000229F"
#define KEY    "37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643"

static void test_key(void **state)
{
    char key[DIALBACK_KEY_BYTES], longest[3000];
    (void)state;

    assert_true(dialback_key(SECRET, "xmpp.example.com", "example.org", ID, key));
    assert_string_equal(key, KEY);
    assert_true(dialback_key_is(KEY, SECRET, "xmpp.example.com", "example.org", ID));
    assert_false(dialback_key_is(KEY, SECRET, "example.org", "xmpp.example.com", ID));
    assert_false(dialback_key_is(KEY, SECRET, "xmpp.example.com", "example.org", "d60000229F"));
    assert_false(dialback_key_is(KEY, "secret", "xmpp.example.com", "example.org", ID));
    assert_false(dialback_key_is("", SECRET, "xmpp.example.com", "example.org", ID));
    assert_false(dialback_key_is(KEY "0", SECRET, "xmpp.example.com", "example.org", ID));
    assert_false(dialback_key_is("37c6", SECRET, "xmpp.example.com", "example.org", ID));
    /* An id that is cut would be that of several streams. */
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(dialback_key(SECRET, "a", "b", longest, key));
    assert_false(dialback_key_is(key, SECRET, "a", "b", longest));
}

#define ERROR(type, name)                                                                          \
    "<error type='" type "'><" name " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

static struct {
    char const *xml; /* is written so, too */
    struct dialback read;
} const vectors[] = {
    { "<db:result from='a' to='b'>k&amp;y</db:result>",
      { DIALBACK_RESULT, DIALBACK_REQUEST, "a", "b", "", "k&y", 0 } },
    { "<db:result from='b' to='a' type='valid'/>",
      { DIALBACK_RESULT, DIALBACK_VALID, "b", "a", "", "", 0 } },
    { "<db:result from='b' to='a' type='invalid'/>",
      { DIALBACK_RESULT, DIALBACK_INVALID, "b", "a", "", "", 0 } },
    { "<db:verify from='b' to='a' id='1'>key</db:verify>",
      { DIALBACK_VERIFY, DIALBACK_REQUEST, "b", "a", "1", "key", 0 } },
    { "<db:verify from='a' to='b' id='1&#39;' type='valid'/>",
      { DIALBACK_VERIFY, DIALBACK_VALID, "a", "b", "1'", "", 0 } },
    { "<db:verify from='a' to='b' id='1' type='invalid'/>",
      { DIALBACK_VERIFY, DIALBACK_INVALID, "a", "b", "1", "", 0 } },
    { "<db:result from='b' to='a' type='error'>" ERROR("cancel", "item-not-found") "</db:result>",
      { DIALBACK_RESULT, DIALBACK_ERROR, "b", "a", "", "", DIALBACK_item_not_found } },
    { "<db:verify from='b' to='a' id='1' type='error'>" ERROR(
          "wait", "remote-server-timeout") "</db:verify>",
      { DIALBACK_VERIFY, DIALBACK_ERROR, "b", "a", "1", "", DIALBACK_remote_server_timeout } },
};

static void on_event(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    struct xml_tree **ret = ctx;

    if (event == XML_PUSH_CHILD)
        *ret = tree;
    else
        xml_tree_free(&tree);
}

static struct xml_tree *parse(char const *xml)
{
    static char const head[] = "<s xmlns='jabber:server' xmlns:db='" DIALBACK_NS "'>";
    struct xml_tree *tree = NULL;
    struct xml_push *push = xml_push_new(&xml_limits_default, on_event, &tree);

    assert_non_null(push);
    assert_int_equal(xml_push_feed(push, head, sizeof head - 1), 0);
    assert_int_equal(xml_push_feed(push, xml, strlen(xml)), 0);
    xml_push_free(&push);
    assert_non_null(tree);
    return tree;
}

static void assert_equal(struct dialback const *got, struct dialback const *wanted)
{
    assert_int_equal(got->kind, wanted->kind);
    assert_int_equal(got->type, wanted->type);
    assert_int_equal(got->error, wanted->error);
    assert_string_equal(got->from, wanted->from);
    assert_string_equal(got->to, wanted->to);
    assert_string_equal(got->id, wanted->id);
    assert_string_equal(got->key, wanted->key);
}

static void test_elements(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct xml_tree *tree = parse(vectors[i].xml);
        struct dialback got;
        struct buf out;
        assert_true(dialback_read(xml_tree_root(tree), &got));
        assert_equal(&got, &vectors[i].read);
        buf_init(&out, 4096);
        dialback_write(&got, &out);
        assert_string_equal(buf_text(&out), vectors[i].xml);
        buf_fini(&out);
        xml_tree_free(&tree);
    }
}

static char const *const bad[] = {
    "<result from='a' to='b'>key</result>",
    "<db:other from='a' to='b'>key</db:other>",
    "<db:result from='a' to='b'/>",
    "<db:result from='a'>key</db:result>",
    "<db:result to='b'>key</db:result>",
    "<db:result from='' to='b'>key</db:result>",
    "<db:result from='a' to=''>key</db:result>",
    "<db:result from='a' to='b' type='other'>key</db:result>",
    "<db:result from='a' to='b' type=''>key</db:result>",
    "<db:verify from='a' to='b'>key</db:verify>",
    "<db:verify from='a' to='b' id=''>key</db:verify>",
    "<db:verify from='a' to='b' type='valid'/>",
};

static void test_bad_elements(void **state)
{
    struct dialback got;
    (void)state;

    assert_false(dialback_read(NULL, &got));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct xml_tree *tree = parse(bad[i]);
        if (dialback_read(xml_tree_root(tree), &got))
            fail_msg("%s", bad[i]);
        xml_tree_free(&tree);
    }
}

static void test_unknown_error(void **state)
{
    struct xml_tree *tree = parse("<db:result from='a' to='b' type='error'><error><gone/></error>"
                                  "</db:result>");
    struct dialback got;
    (void)state;

    assert_true(dialback_read(xml_tree_root(tree), &got));
    assert_int_equal(got.error, DIALBACK_undefined);
    for (int i = 1; i < DIALBACK_ERRORS; i++) {
        assert_true(*dialback_error_name((enum dialback_error)i));
        assert_true(*dialback_error_text((enum dialback_error)i));
    }
    assert_string_equal(dialback_error_name(DIALBACK_NO_ERROR), "");
    xml_tree_free(&tree);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_bad_elements),
        cmocka_unit_test(test_unknown_error),
    };
    return cmocka_run_group_tests_name("dialback", tests, NULL, NULL);
}
