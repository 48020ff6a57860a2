/* SPDX-License-Identifier: Apache-2.0 */
/* Block lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "blocking.h"
#include "jid.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <stdlib.h>
#include <string.h>

#define IQ(type, in) "<iq from='a@b/c' id='1' type='" type "'>" in "</iq>"
#define NS           "xmlns='" STANZA_NS_BLOCKING "'"

static struct {
    char const *iq;
    bool is_request;
    enum stanza_condition fault; /* STANZA_ERRORS: none */
    enum blocking_verb verb;
    char const *items;
} const rows[] = {
    { IQ("get", "<blocklist " NS "/>"), true, STANZA_ERRORS, BLOCKING_LIST, "" },
    { IQ("set", "<block " NS "><item jid='Romeo@Montague.net'/><item jid='x.net'/></block>"), true,
      STANZA_ERRORS, BLOCKING_BLOCK, "romeo@montague.net x.net " },
    { IQ("set", "<unblock " NS "><item jid='a@b/R'/></unblock>"), true, STANZA_ERRORS,
      BLOCKING_UNBLOCK, "a@b/R " },
    { IQ("set", "<unblock " NS "/>"), true, STANZA_ERRORS, BLOCKING_UNBLOCK, "" },
    { IQ("set", "<block " NS "/>"), true, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("set", "<block " NS "><x/></block>"), true, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("set", "<block " NS "><item/></block>"), true, STANZA_ERROR_JID_MALFORMED, 0, "" },
    { IQ("set", "<block " NS "><item jid='a b@c'/></block>"), true, STANZA_ERROR_JID_MALFORMED, 0,
      "" },
    { IQ("set", "<block " NS "><item jid='a'/><item jid='b'/><item jid='c'/></block>"), true,
      STANZA_ERROR_POLICY_VIOLATION, 0, "" },
    { IQ("get", "<block " NS "><item jid='a'/></block>"), true, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("set", "<blocklist " NS "/>"), true, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("set", "<x " NS "/>"), true, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("result", "<blocklist " NS "/>"), false, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("get", "<blocklist xmlns='urn:x'/>"), false, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { IQ("get", ""), false, STANZA_ERROR_BAD_REQUEST, 0, "" },
    { "<message><blocklist " NS "/></message>", false, STANZA_ERROR_BAD_REQUEST, 0, "" },
};

enum { MAX_ITEMS = 2 };

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct xml_tree *tree = stanza_rig_read(rows[i].iq);
        struct blocking_request *request;
        char items[200] = "";
        assert_int_equal(blocking_is_request(xml_tree_root(tree)), rows[i].is_request);
        struct stanza_error const *error = blocking_read(xml_tree_root(tree), MAX_ITEMS, &request);
        xml_tree_free(&tree);
        assert_int_equal(error ? error->condition : STANZA_ERRORS, rows[i].fault);
        assert_int_equal(request == NULL, error != NULL);
        for (size_t k = 0; request && k < request->n; k++) {
            strncat(items, request->items[k], 90);
            strncat(items, " ", 2);
        }
        assert_string_equal(items, rows[i].items);
        assert_int_equal(request ? request->verb : 0, rows[i].verb);
        blocking_free(&request);
    }
}

static void assert_text(struct xml_tree *tree, char const *expected)
{
    assert_non_null(tree);
    char *text = stanza_rig_text(tree);
    assert_string_equal(text, expected);
    free(text);
    xml_tree_free(&tree);
}

static void test_build(void **state)
{
    char const *const items[] = { "a@b", "c" };
    struct xml_tree *tree = stanza_rig_read(rows[0].iq);
    struct blocking_request *request;

    (void)state;
    assert_text(blocking_list(xml_tree_root(tree), items, 2),
                "<iq to='a@b/c' id='1' type='result'><blocklist " NS
                "><item jid='a@b'/><item jid='c'/></blocklist></iq>");
    assert_text(blocking_list(xml_tree_root(tree), items, 0),
                "<iq to='a@b/c' id='1' type='result'><blocklist " NS "/></iq>");
    xml_tree_free(&tree);
    tree = stanza_rig_read(rows[1].iq);
    assert_null(blocking_read(xml_tree_root(tree), MAX_ITEMS, &request));
    xml_tree_free(&tree);
    assert_text(blocking_push("a@b/d", "p1", request),
                "<iq to='a@b/d' type='set' id='p1'><block " NS
                "><item jid='romeo@montague.net'/><item jid='x.net'/></block></iq>");
    blocking_free(&request);
}

static void test_matches(void **state)
{
    static struct {
        char const *entry, *who;
        bool matches;
    } const pairs[] = {
        { "a@b", "a@b", true },     { "a@b", "a@b/c", true },    { "a@b", "x@b", false },
        { "a@b/c", "a@b/c", true }, { "a@b/c", "a@b/d", false }, { "a@b/c", "a@b", false },
        { "b", "b", true },         { "b", "a@b/c", true },      { "b", "b/c", true },
        { "b", "a@x.b", false },    { "b/c", "b/c", true },      { "b/c", "a@b/c", false },
        { "b/c", "b", false },      { "a@b", "b", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct jid entry, who;
        assert_int_equal(jid_parse(pairs[i].entry, &entry), JID_FINE);
        assert_int_equal(jid_parse(pairs[i].who, &who), JID_FINE);
        assert_int_equal(blocking_matches(&entry, &who), pairs[i].matches);
    }
}

#define REFUSED(name)                                                                              \
    "<" name " from='x' to='a' id='1' type='error'><error type='cancel'><service-unavailable "     \
    "xmlns='" STANZA_NS_ERROR "'/></error></" name ">"

static void test_refuse(void **state)
{
    static struct {
        char const *stanza, *answer; /* NULL: silence */
    } const stanzas[] = {
        { "<message from='a' to='x' id='1'><body>hi</body></message>", REFUSED("message") },
        { "<iq from='a' to='x' id='1' type='get'><q xmlns='u'/></iq>", REFUSED("iq") },
        { "<iq from='a' to='x' id='1' type='set'><q xmlns='u'/></iq>", REFUSED("iq") },
        { "<iq from='a' to='x' id='1' type='result'/>", NULL },
        { "<presence from='a' to='x'/>", NULL },
        { "<presence from='a' to='x' type='subscribe'/>", NULL },
        { "<message from='a' to='x' type='error'/>", NULL },
    };
    struct stanza_error error = blocking_own_error();
    struct xml_tree *tree;

    (void)state;
    for (size_t i = 0; i < sizeof stanzas / sizeof *stanzas; i++) {
        tree = stanza_rig_read(stanzas[i].stanza);
        struct xml_tree *answer = blocking_refuse(xml_tree_root(tree));
        if (stanzas[i].answer)
            assert_text(answer, stanzas[i].answer);
        else
            assert_null(answer);
        xml_tree_free(&tree);
    }
    tree = stanza_rig_read(stanzas[0].stanza);
    assert_text(stanza_error_answer(xml_tree_root(tree), &error, false),
                "<message from='x' to='a' id='1' type='error'><error type='cancel'><not-acceptable "
                "xmlns='" STANZA_NS_ERROR "'/><blocked xmlns='urn:xmpp:blocking:errors'/></error>"
                "</message>");
    xml_tree_free(&tree);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
