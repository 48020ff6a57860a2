/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of a list: which contacts are told, with which state, how much fits, and what is
 * left for the next one (RFC 4662). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message.h"
#include "pidf_write.h"
#include "presentity.h"
#include "publication.h"
#include "rls_list.h"
#include "server_rig.h"
#include "subscription.h"
#include "subscription_fsm.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN(note) "<tuple id='t'><status><basic>open</basic></status><note>" note "</note></tuple>"

enum { TEXT_BYTES = 16384 };

/* The list of a@x.test, without a dialog. */
struct rig {
    struct server_rig base;
    struct subscription s;
};

static void rig_init(struct rig *rig)
{
    server_rig_init(&rig->base);
    rig->s = (struct subscription){ .server = &rig->base.server,
                                    .presentity = presentity_get(&rig->base.server, "a@x.test"),
                                    .profile = pidf_profiles(),
                                    .state = SUBSCRIPTION_ENDING, /* is not told by itself */
                                    .is_full = true,
                                    .list = calloc(1, sizeof *rig->s.list) };
    assert_non_null(rig->s.presentity);
    assert_non_null(rig->s.list);
    TAILQ_INIT(&rig->s.list->leaves);
}

static void rig_fini(struct rig *rig)
{
    rls_free(&rig->s.list);
    presentity_release(rig->s.presentity);
    server_rig_fini(&rig->base);
}

/* With presentity if @p is_user. */
static struct rls_leaf *add(struct rig *rig, char const *address, bool is_user,
                            enum user_policy_verdict verdict)
{
    struct rls_leaf *leaf = calloc(1, sizeof *leaf + strlen(address) + 1);

    assert_non_null(leaf);
    memcpy(leaf->address, address, strlen(address) + 1);
    leaf->list = &rig->s;
    leaf->name = strdup("");
    leaf->decision.verdict = verdict;
    TAILQ_INSERT_TAIL(&rig->s.list->leaves, leaf, among);
    rig->s.list->n++;
    leaf->is_foreign = strstr(address, "@x.test") == NULL;
    if (is_user) {
        leaf->presentity = presentity_get(&rig->base.server, address);
        LIST_INSERT_HEAD(&leaf->presentity->leaves, leaf, link);
        leaf->presentity->n_leaves++;
    }
    return leaf;
}

/* The next body; its type in @p ret_type if not NULL. */
static char const *next(struct rig *rig, char *ret_type, size_t type_size)
{
    static char text[TEXT_BYTES];
    msg_t *notify = server_rig_notify();
    size_t len;

    assert_int_equal(rls_add(&rig->s, notify, rls_tag(&rig->s)), 0);
    char const *body = server_rig_body(notify, &len);
    assert_in_range(len, 1, sizeof text - 1);
    memcpy(text, body, len);
    text[len] = '\0';
    if (ret_type)
        (void)snprintf(ret_type, type_size, "%s", message_content_type(sip_object(notify)));
    assert_non_null(sip_object(notify)->sip_require);
    msg_destroy(notify);
    return text;
}

static void has(char const *text, char const *what)
{
    if (!strstr(text, what))
        fail_msg("lacks %s:\n%s", what, text);
}

static void lacks(char const *text, char const *what)
{
    if (strstr(text, what))
        fail_msg("has %s:\n%s", what, text);
}

/* What is told of one contact. */
static struct {
    char const *address;
    bool is_user, is_gone;
    enum user_policy_verdict verdict;
    char const *has, *lacks;
} const leaves[] = {
    { "b@x.test", true, false, USER_POLICY_ALLOW, "state=\"active\"", "reason" },
    { "b@x.test", true, false, USER_POLICY_ALLOW, "<note>here</note>", "reason" },
    { "b@x.test", true, false, USER_POLICY_BLOCK, "<basic>closed</basic>", "<note>here" },
    { "b@x.test", true, false, USER_POLICY_BLOCK, "state=\"active\"", "pending" },
    { "b@x.test", true, false, USER_POLICY_ASK, "state=\"pending\"", "<note>here" },
    { "b@x.test", true, false, USER_POLICY_REFUSE, "state=\"terminated\" reason=\"rejected\"",
      "<note>here" },
    { "c@x.test", false, false, USER_POLICY_ALLOW, "state=\"terminated\" reason=\"noresource\"",
      "<presence" },
    { "z@y.test", false, false, USER_POLICY_ALLOW, "<resource uri=\"sip:z@y.test\"/>",
      "<instance" },
    { "b@x.test", true, true, USER_POLICY_ALLOW, "state=\"terminated\" reason=\"noresource\"",
      "<note>here" },
    { "z@y.test", false, true, USER_POLICY_ALLOW, "state=\"terminated\" reason=\"noresource\"",
      "<presence" },
};

static void test_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        struct rig rig;
        struct publication *b;
        char type[40];

        print_message("# %zu\n", i);
        rig_init(&rig);
        b = server_rig_publish(&rig.base, "b@x.test", OPEN("here"));
        struct rls_leaf *leaf = add(&rig, leaves[i].address, leaves[i].is_user, leaves[i].verdict);
        leaf->is_gone = leaves[i].is_gone;
        rig.s.is_full = !leaves[i].is_gone;
        char const *text = next(&rig, type, sizeof type);
        assert_string_equal(type, "multipart/related");
        has(text, "uri=\"sip:a-list@x.test\" version=\"0\"");
        has(text, leaves[i].is_gone ? "fullState=\"false\"" : "fullState=\"true\"");
        has(text, leaves[i].has);
        lacks(text, leaves[i].lacks);
        assert_int_equal(rig.s.list->n, leaves[i].is_gone ? 0 : 1);
        rig_fini(&rig);
        (void)b;
    }
}

/* Full first, then those that have changed; a tag tells whether there are any. */
static void test_changes(void **state)
{
    struct publication *b;
    char const *text;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    b = server_rig_publish(&rig.base, "b@x.test", OPEN("one"));
    (void)server_rig_publish(&rig.base, "c@x.test", OPEN("other"));
    add(&rig, "b@x.test", true, USER_POLICY_ALLOW);
    struct rls_leaf *c = add(&rig, "c@x.test", true, USER_POLICY_ALLOW);
    add(&rig, "d@x.test", false, USER_POLICY_ALLOW);
    uint64_t tag = rls_tag(&rig.s);
    text = next(&rig, NULL, 0);
    has(text, "version=\"0\" fullState=\"true\"");
    has(text, "one");
    has(text, "other");
    has(text, "sip:d@x.test");
    assert_int_equal(rls_tag(&rig.s), tag);

    server_rig_renew(b, server_rig_parse("b@x.test", OPEN("two")));
    presentity_changed(b->presentity);
    assert_int_not_equal(rls_tag(&rig.s), tag);
    text = next(&rig, NULL, 0);
    has(text, "version=\"1\" fullState=\"false\"");
    has(text, "two");
    lacks(text, "sip:c@x.test");
    lacks(text, "sip:d@x.test");

    /* a policy, and a name, are changes, too */
    tag = rls_tag(&rig.s);
    c->decision.verdict = USER_POLICY_ASK;
    assert_int_not_equal(rls_tag(&rig.s), tag);
    text = next(&rig, NULL, 0);
    has(text, "version=\"2\" fullState=\"false\"");
    has(text, "state=\"pending\"");
    lacks(text, "sip:b@x.test");
    tag = rls_tag(&rig.s);
    free(c->name);
    c->name = strdup("Cecilia");
    assert_int_not_equal(rls_tag(&rig.s), tag);

    /* after a SUBSCRIBE all of it again */
    rig.s.is_full = true;
    text = next(&rig, NULL, 0);
    has(text, "version=\"3\" fullState=\"true\"");
    has(text, "<name>Cecilia</name>");
    has(text, "two");
    has(text, "sip:d@x.test");
    rig_fini(&rig);
}

/* What has no room is named in the full document, and told in those that follow; one always fits.
 */
static void test_room(void **state)
{
    static char const *const users[] = { "b@x.test", "c@x.test", "d@x.test" };
    char const *text;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < 3; i++) {
        (void)server_rig_publish(&rig.base, users[i],
                                 i == 0   ? OPEN("first")
                                 : i == 1 ? OPEN("second")
                                          : OPEN("third"));
        add(&rig, users[i], true, USER_POLICY_ALLOW);
    }
    rig.base.conf.max_list_bytes = 1;
    text = next(&rig, NULL, 0);
    has(text, "first");
    has(text, "<resource uri=\"sip:c@x.test\"/><resource uri=\"sip:d@x.test\"/>");
    assert_true(rls_has_more(&rig.s));
    text = next(&rig, NULL, 0);
    has(text, "fullState=\"false\"");
    has(text, "second");
    lacks(text, "sip:d@x.test");
    assert_true(rls_has_more(&rig.s));
    text = next(&rig, NULL, 0);
    has(text, "third");
    lacks(text, "sip:c@x.test");
    assert_false(rls_has_more(&rig.s));
    text = next(&rig, NULL, 0);
    lacks(text, "<resource");

    /* with room, all in one; in a document of changes what has none waits unnamed */
    rig.base.conf.max_list_bytes = 32768;
    rig.s.is_full = true;
    text = next(&rig, NULL, 0);
    has(text, "first");
    has(text, "third");
    assert_false(rls_has_more(&rig.s));
    rig_fini(&rig);
}

/* However many there are, no body is larger than a message may be, with what stands around the
 * documents: one that is could not be sent. */
static void test_message(void **state)
{
    enum { MANY = 60, MESSAGE = 8192 };
    struct rig rig;
    unsigned n = 0;

    (void)state;
    rig_init(&rig);
    rig.base.conf.max_list_bytes = MESSAGE;
    rig.base.conf.limits.max_message_bytes = MESSAGE;
    for (unsigned i = 0; i < MANY; i++) {
        char address[20];
        (void)snprintf(address, sizeof address, "u%02u@x.test", i);
        (void)server_rig_publish(&rig.base, address, OPEN("x"));
        struct rls_leaf *leaf = add(&rig, address, true, USER_POLICY_ALLOW);
        free(leaf->name);
        leaf->name = strdup(i % 2 ? "" : "<<<<<<<<<<");
    }
    do {
        assert_in_range(strlen(next(&rig, NULL, 0)), 1, n ? MESSAGE - 1000 : TEXT_BYTES);
        assert_in_range(++n, 1, MANY);
    } while (rls_has_more(&rig.s));
    rig_fini(&rig);
}

/* Who is gone and back again before anybody was told is told as one who is there. */
static void test_gone_and_back(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    (void)server_rig_publish(&rig.base, "b@x.test", OPEN("here"));
    struct rls_leaf *b = add(&rig, "b@x.test", true, USER_POLICY_ALLOW);
    (void)next(&rig, NULL, 0);
    uint64_t tag = rls_tag(&rig.s);
    b->is_gone = true;
    assert_int_not_equal(rls_tag(&rig.s), tag);
    b->is_gone = false;
    assert_int_equal(rls_tag(&rig.s), tag);
    lacks(next(&rig, NULL, 0), "sip:b@x.test");

    /* in a full document those that are gone are not named, and forgotten */
    b->is_gone = true;
    rig.s.is_full = true;
    lacks(next(&rig, NULL, 0), "sip:b@x.test");
    assert_int_equal(rig.s.list->n, 0);
    rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_leaves),
                                        cmocka_unit_test(test_changes), cmocka_unit_test(test_room),
                                        cmocka_unit_test(test_message),
                                        cmocka_unit_test(test_gone_and_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
