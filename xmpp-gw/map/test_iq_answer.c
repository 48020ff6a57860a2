/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, and their answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iq_answer.h"
#include "stanza_error.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IQ(type, in) "<iq from='a@b/c' to='d@e' id='1' type='" type "'>" in "</iq>"
#define RESULT(in)   "<iq from='d@e' to='a@b/c' id='1' type='result'>" in "</iq>"
#define FAILED(type, condition)                                                                    \
    "<iq from='d@e' to='a@b/c' id='1' type='error'><error type='" type "'><" condition             \
    " xmlns='" STANZA_NS_ERROR "'/></error></iq>"
#define UNAVAILABLE FAILED("cancel", "service-unavailable")
#define BAD         FAILED("modify", "bad-request")
#define QUERY(ns)   "<query xmlns='" ns "'/>"
#define VERSION                                                                                    \
    RESULT("<query xmlns='" STANZA_NS_VERSION "'><name>Crosspoint</name><version>1.2</version>"    \
           "</query>")
#define TIME                                                                                       \
    RESULT("<time xmlns='" STANZA_NS_TIME "'><tzo>+00:00</tzo><utc>2026-11-21T22:00:00Z</utc>"     \
           "</time>")
#define LAST  RESULT("<query xmlns='" STANZA_NS_LAST "' seconds='77'/>")
#define PING  "<ping xmlns='" STANZA_NS_PING "'/>"
#define ITEMS RESULT("<query xmlns='" STANZA_NS_DISCO_ITEMS "'/>")
#define PONG  "<iq from='d@e' to='a@b/c' id='1' type='result'/>"

static struct {
    char const *iq;
    char const *answers[DISCO_KINDS]; /* of the domain, an account, a device */
} const rows[] = {
    { IQ("get", PING), { PONG, PONG, PONG } },
    { IQ("get", QUERY(STANZA_NS_VERSION)), { VERSION, UNAVAILABLE, VERSION } },
    { IQ("get", "<time xmlns='" STANZA_NS_TIME "'/>"), { TIME, UNAVAILABLE, TIME } },
    { IQ("get", QUERY(STANZA_NS_LAST)), { LAST, LAST, LAST } },
    { IQ("get", QUERY(STANZA_NS_DISCO_ITEMS)), { ITEMS, ITEMS, ITEMS } },
    { IQ("get", "<query xmlns='" STANZA_NS_DISCO_ITEMS "' node='x'/>"),
      { FAILED("cancel", "item-not-found"), FAILED("cancel", "item-not-found"),
        FAILED("cancel", "item-not-found") } },
    { IQ("get", "<query xmlns='" STANZA_NS_DISCO_INFO "' node='x'/>"),
      { FAILED("cancel", "item-not-found"), FAILED("cancel", "item-not-found"),
        FAILED("cancel", "item-not-found") } },
    { IQ("set", PING), { UNAVAILABLE, UNAVAILABLE, UNAVAILABLE } },
    { IQ("get", QUERY("jabber:iq:roster")), { UNAVAILABLE, UNAVAILABLE, UNAVAILABLE } },
    { IQ("get", ""), { BAD, BAD, BAD } },
    { IQ("get", PING PING), { BAD, BAD, BAD } },
    { IQ("nonsense", PING), { BAD, BAD, BAD } },
    { IQ("result", PING), { NULL, NULL, NULL } },
    { IQ("error", PING), { NULL, NULL, NULL } },
};

static struct iq_answer_about about_of(enum disco_kind kind)
{
    return (struct iq_answer_about){
        .kind = kind,
        .exists = true,
        .may_see = true,
        .name = "Crosspoint",
        .version = "1.2",
        .now_ms = INT64_C(1795298400000) + 999,
        .idle_s = 77,
    };
}

/* For the caller to free; NULL: no answer. */
static char *answer(char const *iq, struct iq_answer_about const *about)
{
    struct xml_tree *question = stanza_rig_read(iq);
    assert_non_null(question);
    struct xml_tree *tree = iq_answer(xml_tree_root(question), about);
    char *text = tree ? stanza_rig_text(tree) : NULL;

    xml_tree_free(&tree);
    xml_tree_free(&question);
    return text;
}

static void assert_answer(char const *iq, struct iq_answer_about const *about, char const *expected)
{
    char *text = answer(iq, about);

    if (expected && text)
        assert_string_equal(text, expected);
    else
        assert_true(!expected && !text);
    free(text);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum disco_kind kind = 0; kind < DISCO_KINDS; kind++) {
            struct iq_answer_about about = about_of(kind);
            assert_answer(rows[i].iq, &about, rows[i].answers[kind]);
        }
}

/* Whoever may not see a user hears the same as if there were none. */
static void test_strangers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum disco_kind kind = DISCO_ACCOUNT; kind < DISCO_KINDS; kind++) {
            struct iq_answer_about hidden = about_of(kind), nobody = about_of(kind);
            hidden.may_see = false;
            nobody.exists = nobody.may_see = false;
            char *text = answer(rows[i].iq, &hidden);
            assert_answer(rows[i].iq, &nobody, text);
            if (text)
                assert_true(strstr(text, "type='error'") != NULL);
            free(text);
        }
}

static void test_info(void **state)
{
    struct iq_answer_about about = about_of(DISCO_DEVICE);
    char node[DISCO_NODE_BYTES], iq[500];

    (void)state;
    char *text = answer(IQ("get", QUERY(STANZA_NS_DISCO_INFO)), &about);
    assert_non_null(strstr(text, "<identity category='client' type='phone' name='Crosspoint'/>"));
    assert_null(strstr(text, "node="));
    free(text);
    assert_int_equal(disco_node("Crosspoint", node), 0);
    snprintf(iq, sizeof iq, IQ("get", "<query xmlns='" STANZA_NS_DISCO_INFO "' node='%s'/>"), node);
    text = answer(iq, &about);
    assert_non_null(strstr(text, node));
    assert_non_null(strstr(text, "type='result'"));
    free(text);
    about.kind = DISCO_DOMAIN;
    assert_answer(iq, &about, FAILED("cancel", "item-not-found"));
}

static void test_nobody_knows(void **state)
{
    struct iq_answer_about about = about_of(DISCO_ACCOUNT);

    (void)state;
    about.idle_s = -1;
    assert_answer(IQ("get", QUERY(STANZA_NS_LAST)), &about, UNAVAILABLE);
    assert_answer("<iq from='a@b/c' to='d@e' type='get'>" PING "</iq>", &about,
                  "<iq from='d@e' to='a@b/c' type='error'><error type='modify'><bad-request "
                  "xmlns='" STANZA_NS_ERROR "'/></error></iq>");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_nobody_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
