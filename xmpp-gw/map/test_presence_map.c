/* SPDX-License-Identifier: Apache-2.0 */
/* Presence both ways, each row of the tables, and what the tables cannot say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include "presence_map.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOE "joe@example.test"

/* --- PIDF to XMPP ----------------------------------------------------------------------------- */

#define DOC(in)                                                                                    \
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-"    \
    "model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' "                                           \
    "xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid' "                                           \
    "xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid' xmlns:so='urn:cisco:params:xml:ns:pidf:source' " \
    "entity='pres:joe@example.test'>" in "</presence>"
#define TUPLE(id, basic, in)                                                                       \
    "<tuple id='" id "'><status><basic>" basic "</basic></status>" in "</tuple>"
#define SHOWN(show)                                                                                \
    "<tuple id='ID-a'><status><basic>open</basic><show xmlns='jabber:client'>" show                \
    "</show></status></tuple>"
#define OPEN        TUPLE("ID-a", "open", "")
#define PERSON(in)  "<dm:person id='p'>" in "</dm:person>"
#define DOES(what)  PERSON("<r:activities><r:" what "/></r:activities>")
#define CISCO(what) PERSON("<e:activities><ce:" what "/></e:activities>")
#define IDLE        "<r:user-input last-input='2026-11-21T20:00:00Z'>idle</r:user-input>"

static struct {
    char const *doc;
    char const *told; /* "resource show priority [idle] [(lang) status]; ..." */
} const rows[] = {
    { DOC(OPEN), "a available 0" },
    { DOC(TUPLE("ID-a", "closed", "")), "a unavailable 0" },
    /* show of the tuple, before anything else */
    { DOC(SHOWN("chat")), "a chat 0" },
    { DOC(SHOWN("away")), "a away 0" },
    { DOC(SHOWN("xa")), "a xa 0" },
    { DOC(SHOWN("dnd")), "a dnd 0" },
    { DOC(SHOWN("xa") DOES("busy")), "a xa 0" },
    /* activities */
    { DOC(OPEN DOES("busy")), "a dnd 0" },
    { DOC(OPEN CISCO("dnd")), "a dnd 0" },
    { DOC(OPEN CISCO("unavailable")), "a unavailable 0" },
    { DOC(OPEN CISCO("available")), "a available 0" },
    { DOC(OPEN DOES("on-the-phone")), "a dnd 0 on the phone" },
    { DOC(OPEN DOES("meeting")), "a dnd 0 meeting" },
    { DOC(OPEN DOES("appointment")), "a dnd 0 appointment" },
    { DOC(OPEN DOES("presentation")), "a dnd 0 presentation" },
    { DOC(OPEN DOES("performance")), "a dnd 0 performance" },
    { DOC(OPEN DOES("worship")), "a dnd 0 worship" },
    { DOC(OPEN DOES("vacation")), "a xa 0" },
    { DOC(OPEN DOES("holiday")), "a xa 0" },
    { DOC(OPEN DOES("permanent-absence")), "a xa 0" },
    { DOC(OPEN DOES("sleeping")), "a xa 0" },
    { DOC(OPEN DOES("away")), "a away 0" },
    { DOC(OPEN DOES("in-transit")), "a away 0" },
    { DOC(OPEN DOES("steering")), "a away 0" },
    { DOC(OPEN DOES("travel")), "a away 0" },
    { DOC(OPEN DOES("shopping")), "a away 0" },
    { DOC(OPEN DOES("meal")), "a away 0" },
    { DOC(OPEN DOES("breakfast")), "a away 0" },
    { DOC(OPEN DOES("lunch")), "a away 0" },
    { DOC(OPEN DOES("dinner")), "a away 0" },
    { DOC(OPEN DOES("playing")), "a available 0" },
    { DOC(OPEN DOES("unknown")), "a available 0" },
    /* the first row wins */
    { DOC(OPEN PERSON("<r:activities><r:lunch/><r:on-the-phone/><r:vacation/></r:activities>")),
      "a dnd 0 on the phone" },
    { DOC(OPEN PERSON("<r:activities><r:lunch/><r:busy/></r:activities>")), "a dnd 0" },
    { DOC(OPEN PERSON("<r:activities><r:lunch/></r:activities>" IDLE)),
      "a away 0 idle 2026-11-21T20:00:00Z" },
    { DOC(OPEN PERSON(IDLE)), "a away 0 idle 2026-11-21T20:00:00Z" },
    { DOC(OPEN PERSON("<r:user-input>idle</r:user-input>")), "a away 0" },
    { DOC(OPEN PERSON("<r:user-input>active</r:user-input>")), "a available 0" },
    { DOC(TUPLE("ID-a", "open", IDLE)), "a away 0 idle 2026-11-21T20:00:00Z" },
    /* notes: of the tuple, else of the person, else of the document */
    { DOC(TUPLE("ID-a", "open", "<note>x</note>") PERSON("<dm:note>y</dm:note>")),
      "a available 0 x" },
    { DOC(OPEN PERSON("<dm:note xml:lang='de'>y</dm:note>") "<note>z</note>"),
      "a available 0 (de) y" },
    { DOC(OPEN "<note>z</note>"), "a available 0 z" },
    { DOC(TUPLE("ID-a", "closed", "<note>gone</note>")), "a unavailable 0 gone" },
    { DOC(OPEN PERSON("<r:activities><r:on-the-phone/></r:activities><dm:note>busy now</dm:note>")),
      "a dnd 0 busy now" },
    /* priorities */
    { DOC(TUPLE("ID-a", "open", "<contact priority='0.007'>sip:a@b</contact>")), "a available 1" },
    { DOC(TUPLE("ID-a", "open", "<contact priority='0.992'>sip:a@b</contact>")),
      "a available 126" },
    { DOC(TUPLE("ID-a", "open", "<contact priority='1'>sip:a@b</contact>")), "a available 127" },
    { DOC(TUPLE("ID-a", "open", "<contact>sip:a@b</contact>")), "a available 0" },
    /* ids */
    { DOC(TUPLE("ID-K_C3_BCche", "open", "")), "K\xC3\xBC"
                                               "che available 0" },
    { DOC(TUPLE("t1_C3", "open", "")), "t1_C3 available 0" },
    { DOC(TUPLE("ID-_00_zz_4", "open", "")), "_00_zz_4 available 0" },
    { DOC(TUPLE("ID-_FF", "open", "")), "sip available 0" },
    { DOC(TUPLE("ID-", "open", "")), " available 0" },
    /* several: each for itself, the most available first */
    { DOC(TUPLE("ID-a", "closed", "") TUPLE("ID-b", "open", "")),
      "b available 0; a unavailable 0" },
    { DOC(TUPLE("ID-a", "open", "<contact priority='0.1'>sip:a@b</contact>")
              TUPLE("ID-b", "open", "<contact priority='0.2'>sip:a@b</contact>")),
      "b available 26; a available 13" },
    { DOC(TUPLE("ID-a", "open", "<r:activities><r:away/></r:activities>")
              TUPLE("ID-b", "open", "")),
      "b available 0; a away 0" },
    /* phones: a closed one is engaged */
    { DOC(OPEN TUPLE("phone", "closed", "<contact>tel:+4930123</contact>")), "a available 0" },
    { DOC(OPEN TUPLE("phone", "closed", "<contact>sip:1@b;user=phone</contact>")),
      "a available 0" },
    { DOC(OPEN TUPLE("phone", "closed", "<so:source>phone</so:source>")), "a available 0" },
    { DOC(OPEN TUPLE("client", "closed", "<so:source>im</so:source>")),
      "a available 0; client unavailable 0" },
    { DOC(TUPLE("phone", "closed", "") DOES("on-the-phone")), "phone dnd 0 on the phone" },
    { DOC(TUPLE("phone", "closed", "") CISCO("alerting")), "phone available 0" },
    { DOC(TUPLE("phone", "closed", "<r:activities><r:busy/></r:activities>")), "phone dnd 0" },
    { DOC(TUPLE("phone", "open", "<contact>tel:+4930123</contact>")), "phone available 0" },
    { DOC(TUPLE("ID-a", "closed", "") DOES("busy")), "a unavailable 0" },
    /* nothing at all */
    { DOC(""), " unavailable 0" },
    { DOC(DOES("lunch")), " away 0" },
    /* what must be understood and is not */
    { DOC(TUPLE("ID-a", "open",
                "<x xmlns='urn:x' xmlns:p='urn:ietf:params:xml:ns:pidf' "
                "p:mustUnderstand='true'/>") TUPLE("ID-b", "open", "")),
      "b available 0" },
};

static void put_told(struct presence_resource const *told, struct buf *out)
{
    char const *lang = told->lang;
    struct tm tm;
    char text[32];

    buf_printf(out, "%s%s %s %d", out->len ? "; " : "", told->resource,
               presence_map_show_name(told->show), told->priority);
    if (told->idle_since_ms != PIDF_TIME_NONE) {
        time_t seconds = (time_t)(told->idle_since_ms / 1000);
        assert_true(strftime(text, sizeof text, "%FT%TZ", gmtime_r(&seconds, &tm)) > 0);
        buf_printf(out, " idle %s", text);
    }
    if (told->status)
        buf_printf(out, " %s%s%s%s", lang ? "(" : "", lang ? lang : "", lang ? ") " : "",
                   told->status);
}

static struct pidf *read_pidf(char const *xml)
{
    struct pidf_fault fault;
    struct pidf *doc;

    if (pidf_read(xml, strlen(xml), &pidf_limits_default, &doc, &fault) < 0)
        print_message("%s: %s\n", xml, fault.text);
    assert_non_null(doc);
    return doc;
}

static void assert_told(struct presence_map const *map, char const *xml, char const *expected)
{
    struct pidf *doc = read_pidf(xml);
    struct presence_list *list;
    struct buf out;

    assert_int_equal(presence_map_list(map, doc, &list), 0);
    pidf_free(&doc); /* nothing in the list hangs on it */
    buf_init(&out, 10000);
    for (size_t i = 0; i < list->n; i++)
        put_told(&list->all[i], &out);
    if (strcmp(buf_text(&out), expected) != 0)
        print_message("%s\n", xml);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    presence_map_list_free(&list);
}

static void test_from_pidf(void **state)
{
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_told(&map, rows[i].doc, rows[i].told);
}

static void test_not_understood(void **state)
{
    struct presence_list *list = NULL;
    struct presence_map map;
    struct pidf *doc = read_pidf(
        DOC(OPEN "<x xmlns='urn:x' xmlns:p='urn:ietf:params:xml:ns:pidf' p:mustUnderstand='1'/>"));

    (void)state;
    presence_map_init(&map);
    assert_int_equal(presence_map_list(&map, doc, &list), -EINVAL);
    assert_null(list);
    pidf_free(&doc);
}

/* --- XMPP to PIDF ----------------------------------------------------------------------------- */

/* The document as "standard" and "cisco" tell it, in short. */
static void put_part(struct pidf_part const *part, struct buf *out)
{
    buf_printf(out, "%s %s", pidf_kind_name(part->kind), part->id);
    if (part->kind == PIDF_TUPLE)
        buf_printf(out, " %s%s%s", pidf_basic_name(part->basic), part->show ? "/" : "",
                   pidf_show_name(part->show));
    for (enum pidf_activity a = 0; a < PIDF_ACTIVITY_NONE; a++)
        if (part->activities & pidf_activity_bit(a))
            buf_printf(out, " %s", pidf_activity_name(a));
    if (part->input == PIDF_INPUT_IDLE)
        buf_printf(out, " idle");
    if (part->contact)
        buf_printf(out, " %s", part->contact);
    if (part->priority != PIDF_PRIORITY_NONE)
        buf_printf(out, " %d", part->priority);
    for (struct pidf_note const *note = part->notes; note; note = note->next)
        buf_printf(out, " \"%s\"%s", note->text, note->lang ? note->lang : "");
    buf_puts(out, "\n");
}

static void assert_doc(struct presence_map const *map, struct presence_resource const *told,
                       size_t n, char const *profile, char const *expected)
{
    struct pidf *doc = presence_map_pidf(map, JOE, told, n, NULL), *again;
    struct buf xml, out;

    assert_non_null(doc);
    buf_init(&xml, 20000);
    buf_init(&out, 10000);
    assert_int_equal(pidf_write(doc, pidf_profile_find(profile), &xml), 0);
    again = read_pidf(buf_text(&xml)); /* so it is valid, with unique ids */
    assert_string_equal(again->entity, "sip:joe@example.test");
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = again->parts[kind]; part; part = part->next)
            put_part(part, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&xml);
    buf_fini(&out);
    pidf_free(&again);
    pidf_free(&doc);
}

static struct presence_resource make(char const *resource, enum presence_show show, int priority)
{
    return (struct presence_resource){ resource, show, priority, NULL, NULL, PIDF_TIME_NONE };
}

#define A   "tuple ID-a open"
#define URI " sip:joe@example.test;gr=a 0\n"

static void test_to_pidf(void **state)
{
    static struct {
        enum presence_show show;
        char const *standard, *cisco;
    } const shows[] = {
        { PRESENCE_UNAVAILABLE, "tuple ID-a closed\n", "tuple ID-a closed\n" },
        { PRESENCE_AVAILABLE, A URI "person person\n", A URI "person person available\n" },
        { PRESENCE_CHAT, A "/chat" URI "person person\n",
          A "/chat" URI "person person available\n" },
        { PRESENCE_AWAY, A "/away" URI "person person away\n",
          A "/away" URI "person person away\n" },
        { PRESENCE_XA, A "/xa" URI "person person away\n", A "/xa" URI "person person away\n" },
        { PRESENCE_DND, A "/dnd" URI "person person busy\n",
          A "/dnd" URI "person person busy dnd\n" },
    };
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    assert_int_equal(sizeof shows / sizeof *shows, PRESENCE_SHOWS);
    for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
        struct presence_resource told = make("a", shows[i].show, 0);
        assert_doc(&map, &told, 1, "standard", shows[i].standard);
        assert_doc(&map, &told, 1, "cisco", shows[i].cisco);
    }
}

static void test_several(void **state)
{
    struct presence_resource told[3] = {
        make("desk", PRESENCE_AWAY, 5),
        make("K\xC3\xBC"
             "che_1",
             PRESENCE_DND, -1),
        make("", PRESENCE_UNAVAILABLE, 0),
    };
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    told[0].status = "back soon";
    told[0].lang = "en";
    told[0].idle_since_ms = 0;
    told[2].status = "gone";
    assert_doc(&map, told, 3, "standard",
               "tuple ID-desk open/away idle sip:joe@example.test;gr=desk 39 \"back soon\"en\n"
               "tuple ID-K_C3_BCche_5F1 open/dnd sip:joe@example.test;gr=K%C3%BC"
               "che_1\n"
               "tuple ID- closed \"gone\"\n"
               "person person away idle \"back soon\"en\n");
    assert_doc(&map, NULL, 0, "standard", "tuple ID- closed\n");
    assert_null(presence_map_pidf(&map, "a b@c", told, 1, NULL));
    assert_null(presence_map_pidf(&map, "a\\5cb@c", told, 1, NULL));
}

/* What is told of somebody to SIP and back. */
static void test_round(void **state)
{
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    for (enum presence_show show = 0; show < PRESENCE_SHOWS; show++)
        for (int priority = 0; priority < 128; priority++) {
            struct presence_resource told = make("a b/c_\xC3\xBC", show, priority);
            struct pidf *doc = presence_map_pidf(&map, JOE, &told, 1, NULL);
            struct presence_list *list;
            assert_non_null(doc);
            assert_int_equal(presence_map_list(&map, doc, &list), 0);
            assert_int_equal(list->n, 1);
            assert_string_equal(list->all[0].resource, told.resource);
            assert_int_equal(list->all[0].show, show);
            assert_int_equal(list->all[0].priority, show ? priority : 0);
            assert_null(list->all[0].status);
            presence_map_list_free(&list);
            pidf_free(&doc);
        }
}

static void test_priorities(void **state)
{
    (void)state;
    for (int priority = 0, last = -1; priority < 128; priority++) {
        int mapped = presence_map_priority_to_pidf(priority);
        assert_true(mapped > last && mapped <= PIDF_PRIORITY_MAX);
        assert_int_equal(presence_map_priority_to_xmpp(mapped), priority);
        last = mapped;
    }
    assert_int_equal(presence_map_priority_to_pidf(1), 7);
    assert_int_equal(presence_map_priority_to_pidf(126), 992);
    assert_int_equal(presence_map_priority_to_pidf(127), 1000);
    assert_int_equal(presence_map_priority_to_pidf(-1), PIDF_PRIORITY_NONE);
    assert_int_equal(presence_map_priority_to_xmpp(PIDF_PRIORITY_NONE), 0);
}

static void test_best(void **state)
{
    struct presence_resource told[] = {
        make("a", PRESENCE_UNAVAILABLE, 100),
        make("b", PRESENCE_XA, 1),
        make("c", PRESENCE_AWAY, 1),
        make("d", PRESENCE_DND, 1),
        make("e", PRESENCE_AVAILABLE, 1),
        make("f", PRESENCE_CHAT, 1),
        make("g", PRESENCE_XA, 2),
    };

    (void)state;
    assert_null(presence_map_best(told, 0));
    for (size_t n = 1; n <= sizeof told / sizeof *told; n++)
        assert_ptr_equal(presence_map_best(told, n), &told[n - 1]);
}

/* --- stanzas ---------------------------------------------------------------------------------- */

#define P(attributes, in)                                                                          \
    "<presence from='joe@example.test/a' to='x@y'" attributes ">" in "</presence>"

static void test_stanzas(void **state)
{
    static struct {
        char const *stanza, *again; /* NULL: the same */
        char const *told;           /* NULL: it is not about that */
    } const stanzas[] = {
        { "<presence from='joe@example.test/a' to='x@y'/>", NULL, "a available 0" },
        { P("", "<show>chat</show>"), NULL, "a chat 0" },
        { P("", "<show>away</show>"), NULL, "a away 0" },
        { P("", "<show>xa</show><priority>127</priority>"), NULL, "a xa 127" },
        { P("", "<show>dnd</show><status>x</status><priority>-128</priority>"), NULL,
          "a dnd -128 x" },
        { P(" type='unavailable'", "<status xml:lang='de'>weg</status>"), NULL,
          "a unavailable 0 (de) weg" },
        { P("", "<idle xmlns='" STANZA_NS_IDLE "' since='2026-11-21T20:00:00Z'/>"), NULL,
          "a available 0 idle 2026-11-21T20:00:00Z" },
        { P("", "<show>nonsense</show><priority>128</priority><status/><idle xmlns='" STANZA_NS_IDLE
                "' since='x'/>"),
          "<presence from='joe@example.test/a' to='x@y'/>", "a available 0" },
        { P(" type='unavailable'", "<show>away</show><priority>5</priority>"),
          "<presence from='joe@example.test/a' to='x@y' type='unavailable'/>", "a unavailable 0" },
        { "<presence from='joe@example.test' to='x@y'/>", NULL, " available 0" },
        { P(" type='probe'", ""), NULL, NULL },
        { P(" type='subscribe'", ""), NULL, NULL },
        { P(" type='error'", ""), NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof stanzas / sizeof *stanzas; i++) {
        struct xml_tree *tree = stanza_rig_read(stanzas[i].stanza);
        struct presence_resource told;
        assert_int_equal(presence_map_read_stanza(xml_tree_root(tree), &told),
                         stanzas[i].told != NULL);
        if (stanzas[i].told) {
            struct buf out;
            buf_init(&out, 1000);
            put_told(&told, &out);
            assert_string_equal(buf_text(&out), stanzas[i].told);
            buf_fini(&out);
            struct xml_tree *again = presence_map_stanza(JOE, "x@y", &told);
            char *text = stanza_rig_text(again);
            assert_string_equal(text, stanzas[i].again ? stanzas[i].again : stanzas[i].stanza);
            free(text);
            xml_tree_free(&again);
        }
        xml_tree_free(&tree);
    }
}

/* --- rows of a configuration ------------------------------------------------------------------ */

static void test_rows_of_file(void **state)
{
    struct presence_resource told = make("a", PRESENCE_XA, 0);
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    assert_null(presence_map_set_row(&map, "xa", "open", "", "vacation", ""));
    assert_doc(&map, &told, 1, "cisco", A URI "person person vacation\n");
    presence_map_clear_rules(&map);
    assert_told(&map, DOC(OPEN DOES("lunch")), "a available 0");
    assert_null(presence_map_add_rule(&map, "activity lunch dinner", "chat", true));
    assert_null(presence_map_add_rule(&map, "any", "xa", false));
    assert_null(presence_map_add_rule(&map, "any", "dnd", false));
    assert_told(&map, DOC(OPEN DOES("lunch")), "a chat 0 lunch");
    assert_told(&map, DOC(OPEN DOES("busy")), "a xa 0");
    assert_told(&map, DOC(TUPLE("ID-a", "closed", "")), "a unavailable 0"); /* no row for that */
}

static void test_bad_rows(void **state)
{
    static char const *const whens[] = {
        "",
        "show",
        "show ",
        "show x",
        "activity",
        "activity ",
        "activity  busy",
        "activity busy ",
        "activity nonsense",
        "idle ",
        "ANY",
        "activity a-word-of-more-than-thirty-nine-characters-here"
    };
    struct presence_map map;

    (void)state;
    presence_map_init(&map);
    presence_map_clear_rules(&map);
    for (size_t i = 0; i < sizeof whens / sizeof *whens; i++)
        assert_non_null(presence_map_add_rule(&map, whens[i], "away", false));
    assert_non_null(presence_map_add_rule(&map, "any", "gone", false));
    assert_int_equal(map.n_rules, 0);
    for (int i = 0; i < PRESENCE_MAX_RULES; i++)
        assert_null(presence_map_add_rule(&map, "any", "away", false));
    assert_non_null(presence_map_add_rule(&map, "any", "away", false));
    assert_non_null(presence_map_set_row(&map, "x", "open", "", "", ""));
    assert_non_null(presence_map_set_row(&map, "away", "x", "", "", ""));
    assert_non_null(presence_map_set_row(&map, "away", "closed", "", "", ""));
    assert_non_null(presence_map_set_row(&map, "unavailable", "open", "", "", ""));
    assert_non_null(presence_map_set_row(&map, "away", "open", "x", "", ""));
    assert_non_null(presence_map_set_row(&map, "away", "open", "", "x", ""));
    assert_non_null(presence_map_set_row(&map, "away", "open", "", "dnd", ""));
    assert_non_null(presence_map_set_row(&map, "away", "open", "", "", "x"));
    assert_null(presence_map_set_row(&map, "away", "open", "away", "away", "dnd"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_from_pidf),    cmocka_unit_test(test_not_understood),
        cmocka_unit_test(test_to_pidf),      cmocka_unit_test(test_several),
        cmocka_unit_test(test_round),        cmocka_unit_test(test_priorities),
        cmocka_unit_test(test_best),         cmocka_unit_test(test_stanzas),
        cmocka_unit_test(test_rows_of_file), cmocka_unit_test(test_bad_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
