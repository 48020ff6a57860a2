/* SPDX-License-Identifier: Apache-2.0 */
/* What a user's publications, lines and statements come to: every kind of source reaches the rule
 * that it is for, and what was set by hand ends when it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "composed.h"
#include "pidf_read.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include "server_rig.h"
#include <stdio.h>
#include <string.h>

enum { MAX_SAID = 3 };

/* Who says it; what follows HAND and CALENDAR is a state by command. */
enum way { NOBODY, CLIENT, PARTNER, PHONE, HAND, CALENDAR };

struct said {
    enum way way;
    char const *body;
    enum compose_state state;
    bool stale;
};

#define OPEN(id) "<tuple id='" id "'><status><basic>open</basic></status></tuple>"
#define SHUT(id) "<tuple id='" id "'><status><basic>closed</basic></status></tuple>"
#define DOES(what)                                                                                 \
    "<dm:person id='p'><e:activities><ce:" what "/></e:activities>"                                \
    "</dm:person>"
#define OFF_SCREEN "<inactive xmlns='urn:xmpp:csi:0'/>"
#define SIGNED_IN                                                                                  \
    {                                                                                              \
        .way = CLIENT, .body = OPEN("t")                                                           \
    }

/* What is said one after the other, the rule that decides, and the marks of all sources. */
static struct {
    char const *what;
    struct said said[MAX_SAID];
    char const *rule, *marks;
} const vectors[] = {
    { "nothing", { { .way = NOBODY } }, "nothing", "" },
    { "a client", { SIGNED_IN }, "device_available", "" },
    { "an idle client over which nobody stands",
      { { .way = CLIENT, .body = OPEN("t") DOES("away") } },
      "device_away",
      "" },
    { "a client that has signed out",
      { { .way = CLIENT, .body = SHUT("t") } },
      "device_closed",
      "" },
    { "a stale line alone",
      { { .way = PHONE, .body = SHUT("l"), .stale = true } },
      "stale",
      "stale" },
    { "a client off screen, by the tuple",
      { { .way = CLIENT,
          .body = "<tuple id='t'><status><basic>open</basic></status>" OFF_SCREEN "</tuple>" } },
      "device_away",
      "suspended" },
    { "by the status",
      { { .way = CLIENT,
          .body = "<tuple id='t'><status><basic>open</basic>" OFF_SCREEN "</status></tuple>" } },
      "device_away",
      "suspended" },
    { "by the device",
      { { .way = CLIENT, .body = OPEN("t") "<dm:device id='d'>" OFF_SCREEN "</dm:device>" } },
      "device_away",
      "suspended" },
    { "one of two services of a client is not off screen",
      { { .way = CLIENT,
          .body = OPEN("a") "<tuple id='t'><status><basic>open</basic></status>" OFF_SCREEN
                            "</tuple>" } },
      "device_available",
      "" },
    { "a line that rings",
      { { .way = PHONE, .body = OPEN("l") DOES("alerting") } },
      "line_idle",
      "" },
    { "an idle line", { { .way = PHONE, .body = OPEN("l") } }, "line_idle", "" },
    { "an engaged line", { { .way = PHONE, .body = SHUT("l") }, SIGNED_IN }, "line_engaged", "" },
    { "a line in do not disturb",
      { { .way = PHONE, .body = OPEN("l") DOES("dnd") } },
      "line_dnd",
      "" },
    { "a stale line",
      { { .way = PHONE, .body = SHUT("l"), .stale = true }, SIGNED_IN },
      "device_available",
      "stale" },
    { "by hand: away", { SIGNED_IN, { .way = HAND, .state = COMPOSE_AWAY } }, "manual_away", "" },
    { "by hand: busy", { SIGNED_IN, { .way = HAND, .state = COMPOSE_BUSY } }, "manual_busy", "" },
    { "by hand: dnd",
      { SIGNED_IN, { .way = HAND, .state = COMPOSE_DND } },
      "manual_dnd",
      "override" },
    { "by hand: unavailable",
      { SIGNED_IN, { .way = HAND, .state = COMPOSE_UNAVAILABLE } },
      "manual_unavailable",
      "override" },
    { "by hand: available, over an engaged line",
      { SIGNED_IN,
        { .way = PHONE, .body = SHUT("l") },
        { .way = HAND, .state = COMPOSE_AVAILABLE } },
      "manual_available",
      "" },
    { "published by hand",
      { { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") }, SIGNED_IN },
      "manual_away",
      "" },
    { "published by hand, to last",
      { { .way = CLIENT, .body = OPEN("pws-persistent") DOES("available") },
        SIGNED_IN,
        { .way = PHONE, .body = SHUT("l") } },
      "manual_available",
      "" },
    { "published by hand: dnd without the flag",
      { { .way = CLIENT, .body = OPEN("cisco-pws-1") DOES("dnd") }, SIGNED_IN },
      "device_available",
      "" },
    { "published by hand: dnd with the flag",
      { { .way = CLIENT, .body = OPEN("pws-override") DOES("dnd") }, SIGNED_IN },
      "manual_dnd",
      "override" },
    { "published by hand: gone, without the flag",
      { { .way = CLIENT, .body = SHUT("cisco-pws") }, SIGNED_IN },
      "device_available",
      "" },
    { "an id that only begins like it is a client's",
      { { .way = CLIENT, .body = OPEN("cisco-pwsx") DOES("away") } },
      "device_away",
      "" },
    { "one tuple of a client makes no state set by hand",
      { { .way = CLIENT, .body = OPEN("t") OPEN("pws-override") DOES("dnd") } },
      "device_dnd",
      "" },
    { "the later one by hand: by command",
      { { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") },
        SIGNED_IN,
        { .way = HAND, .state = COMPOSE_AVAILABLE } },
      "manual_available",
      "over" },
    { "a calendar",
      { SIGNED_IN, { .way = CALENDAR, .state = COMPOSE_BUSY } },
      "calendar_busy",
      "" },
    { "a free calendar",
      { SIGNED_IN, { .way = CALENDAR, .state = COMPOSE_AVAILABLE } },
      "device_available",
      "" },
    { "a calendar alone", { { .way = CALENDAR, .state = COMPOSE_BUSY } }, "calendar_alone", "" },
    { "a partner", { { .way = PARTNER, .body = OPEN("t") } }, "gateway_available", "" },
    { "a partner's away under a client",
      { { .way = PARTNER, .body = OPEN("t") DOES("away") }, SIGNED_IN },
      "device_available",
      "" },
    { "a partner says signed out",
      { { .way = PARTNER, .body = SHUT("t") } },
      "gateway_closed",
      "" },
    { "an application of others sets a state by hand",
      { { .way = PARTNER, .body = OPEN("pws-override") DOES("away") }, SIGNED_IN },
      "manual_away",
      "override" },
};

/* --- the rig ---------------------------------------------------------------------------------- */

static char const user[] = "a@x.test";

struct rig {
    struct server_rig base;
    struct presentity *p;
    struct phone_line line;
    struct phone_user of_line;
};

static void rig_init(struct rig *rig)
{
    *rig = (struct rig){ .line = { .users = &rig->of_line, .name = "line-1", .number = "1" },
                         .of_line = { .line = &rig->line, .address = "a@x.test" } };
    server_rig_init(&rig->base);
    rig->p = presentity_get(&rig->base.server, user);
    assert_non_null(rig->p);
    rig->p->n_holds++;
}

static void rig_fini(struct rig *rig)
{
    phone_line_report(&rig->base.server, &rig->line, PHONE_TRUNK, NULL);
    for (int kind = 0; kind < STATEMENT_KINDS; kind++)
        statement_end(rig->p, (enum statement_kind)kind);
    rig->p->n_holds--;
    presentity_release(rig->p);
    server_rig_fini(&rig->base);
}

static struct published *parse(char const *body)
{
    return server_rig_parse(user, body);
}

static struct publication *publish(struct rig *rig, struct said const *said)
{
    struct publication *pub = server_rig_publish(&rig->base, user, said->body);

    pub->by_partner = said->way == PARTNER;
    presentity_changed(rig->p);
    return pub;
}

static void phone(struct rig *rig, struct said const *said)
{
    struct pidf_fault fault;
    char xml[2000];
    struct pidf *doc;
    size_t len = server_rig_write(xml, sizeof xml, user, said->body);

    assert_int_equal(pidf_read(xml, len, &pidf_limits_default, &doc, &fault), 0);
    phone_line_report(&rig->base.server, &rig->line, PHONE_TRUNK, doc);
    rig->line.reports[PHONE_TRUNK].stale = said->stale;
    presentity_changed(rig->p);
}

static void state_that(struct rig *rig, enum statement_kind kind, enum compose_state state,
                       uint32_t expires_s)
{
    struct statement_said const said = {
        .kind = kind, .state = state, .time_ms = 1, .expires_s = expires_s
    };
    struct statement *statement = statement_new(rig->p, &said);

    assert_non_null(statement);
    statement_begin(statement);
}

static void say(struct rig *rig, struct said const *said)
{
    if (said->way == CLIENT || said->way == PARTNER)
        (void)publish(rig, said);
    else if (said->way == PHONE)
        phone(rig, said);
    else if (said->way != NOBODY)
        state_that(rig, said->way == HAND ? STATEMENT_MANUAL : STATEMENT_CALENDAR, said->state, 0);
}

static char const *rule_of(struct rig *rig)
{
    presentity_changed(rig->p);
    return composed_rule(rig->p->composed);
}

/* --- rules ------------------------------------------------------------------------------------ */

struct seen {
    unsigned n;
    char marks[40];
};

static void see(void *ctx, struct composed_source const *source)
{
    struct seen *seen = ctx;
    size_t len = strlen(seen->marks);

    (void)snprintf(seen->marks + len, sizeof seen->marks - len, "%s", source->marks);
    seen->n++;
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct rig rig;
        struct seen seen = { .n = 0 };
        unsigned n = 0;

        rig_init(&rig);
        for (; n < MAX_SAID && vectors[i].said[n].way != NOBODY; n++)
            say(&rig, &vectors[i].said[n]);
        if (strcmp(rule_of(&rig), vectors[i].rule) != 0)
            fail_msg("%s: %s, not %s", vectors[i].what, composed_rule(rig.p->composed),
                     vectors[i].rule);
        composed_sources(rig.p, see, &seen);
        assert_int_equal(seen.n, n);
        if (strcmp(seen.marks, vectors[i].marks) != 0)
            fail_msg("%s: marked \"%s\"", vectors[i].what, seen.marks);
        rig_fini(&rig);
    }
}

/* --- by hand ---------------------------------------------------------------------------------- */

static void test_over_at_the_last_sign_out(void **state)
{
    struct said const client = SIGNED_IN;
    struct said const by_hand = { .way = CLIENT, .body = OPEN("pws-override") DOES("dnd") };
    int64_t cleared = met_get(&presence_metrics, M_manual_cleared);
    struct rig rig;

    (void)state;
    rig_init(&rig);
    /* Before anybody signs in it waits. */
    struct publication *set = publish(&rig, &by_hand);
    assert_string_equal(rule_of(&rig), "nothing");
    struct publication *first = publish(&rig, &client), *second = publish(&rig, &client);
    assert_string_equal(rule_of(&rig), "manual_dnd");
    publication_end(&first);
    assert_string_equal(rule_of(&rig), "manual_dnd");
    publication_end(&second);
    assert_int_equal(met_get(&presence_metrics, M_manual_cleared) - cleared, 1);
    first = publish(&rig, &client);
    assert_string_equal(rule_of(&rig), "device_available");

    /* Refreshed with the same words, it stays over; with others, it counts again. */
    server_rig_renew(set, parse(by_hand.body));
    assert_string_equal(rule_of(&rig), "device_available");
    server_rig_renew(set, parse(OPEN("cisco-pws") DOES("away")));
    assert_string_equal(rule_of(&rig), "manual_away");

    state_that(&rig, STATEMENT_MANUAL, COMPOSE_BUSY, 0);
    assert_non_null(rig.p->statements[STATEMENT_MANUAL]);
    publication_end(&first);
    assert_null(rig.p->statements[STATEMENT_MANUAL]);
    rig_fini(&rig);
}

/* Publications come back in any order, and may have been over. */
static void test_restored(void **state)
{
    struct said const client = SIGNED_IN;
    struct said const away = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") };
    struct said const busy = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("busy") };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct publication *newer = publish(&rig, &away), *older = publish(&rig, &busy);
    older->changed_ms = newer->changed_ms - 1;
    presentity_settle_manual(rig.p);
    assert_int_equal(rig.p->manual, 0);
    (void)publish(&rig, &client);
    assert_string_equal(rule_of(&rig), "device_available");
    presentity_settle_manual(rig.p);
    assert_string_equal(composed_rule(rig.p->composed), "manual_away");
    older->changed_ms = newer->changed_ms + 1;
    presentity_settle_manual(rig.p);
    assert_string_equal(composed_rule(rig.p->composed), "manual_busy");
    rig_fini(&rig);
}

/* The statement of a restart, or until when all was over, beside a publication by hand. */
static void test_restored_by_command(void **state)
{
    static struct {
        int64_t said_ms, over_ms, published_ms; /* 0: there is none */
        bool has_client, stays;
        char const *rule;
    } const rows[] = {
        { 0, 0, 5, true, false, "manual_away" },      { 5, 0, 0, true, true, "manual_busy" },
        { 5, 0, 4, true, true, "manual_busy" },       { 5, 0, 5, true, true, "manual_busy" },
        { 5, 0, 6, true, false, "manual_away" },      { 5, 0, 0, false, false, "nothing" },
        { 0, 5, 0, true, false, "device_available" }, { 0, 5, 5, true, false, "device_available" },
        { 0, 5, 6, true, false, "manual_away" },
    };
    struct said const client = SIGNED_IN;
    struct said const away = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct statement_said const said = { .state = COMPOSE_BUSY, .time_ms = rows[i].said_ms };
        struct rig rig;

        rig_init(&rig);
        if (rows[i].has_client)
            (void)publish(&rig, &client);
        if (rows[i].published_ms)
            publish(&rig, &away)->changed_ms = rows[i].published_ms;
        if (rows[i].said_ms)
            statement_restore(statement_new(rig.p, &said));
        rig.p->cleared_ms = rows[i].over_ms;
        presentity_settle_manual(rig.p);
        if (strcmp(composed_rule(rig.p->composed), rows[i].rule) != 0)
            fail_msg("row %zu: %s", i, composed_rule(rig.p->composed));
        assert_int_equal(rig.p->statements[STATEMENT_MANUAL] != NULL, rows[i].stays);
        assert_int_equal(rig.p->cleared_ms, 0);
        rig_fini(&rig);
    }
}

/* A publication takes the place of a statement for good; its end brings none back. */
static void test_published_after_a_statement(void **state)
{
    struct said const client = SIGNED_IN, hand = { .way = HAND, .state = COMPOSE_AVAILABLE };
    struct said const away = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") };
    struct said const busy = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("busy") };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    (void)publish(&rig, &client);
    say(&rig, &hand);
    struct publication *older = publish(&rig, &away);
    assert_string_equal(rule_of(&rig), "manual_away");
    assert_null(rig.p->statements[STATEMENT_MANUAL]);
    struct publication *newer = publish(&rig, &busy);
    assert_string_equal(rule_of(&rig), "manual_busy");
    publication_end(&newer);
    assert_string_equal(rule_of(&rig), "device_available");

    /* one that is over already ends nothing */
    say(&rig, &hand);
    publication_end(&older);
    assert_string_equal(rule_of(&rig), "manual_available");
    rig_fini(&rig);
}

/* To clear brings no older one back, and is heard by who has published it. */
static void test_clear(void **state)
{
    struct said const client = SIGNED_IN;
    struct said const by_hand = { .way = CLIENT, .body = OPEN("cisco-pws") DOES("away") };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    (void)publish(&rig, &client);
    (void)publish(&rig, &by_hand);
    assert_string_equal(rule_of(&rig), "manual_away");
    state_that(&rig, STATEMENT_MANUAL, COMPOSE_DND, 0);
    assert_string_equal(rule_of(&rig), "manual_dnd");
    statement_end(rig.p, STATEMENT_MANUAL);
    assert_string_equal(rule_of(&rig), "device_available");
    (void)publish(&rig, &by_hand);
    assert_string_equal(rule_of(&rig), "manual_away");
    statement_end(rig.p, STATEMENT_MANUAL);
    assert_string_equal(rule_of(&rig), "device_available");
    rig_fini(&rig);
}

static void test_calendar_ends(void **state)
{
    struct said const client = SIGNED_IN;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    (void)publish(&rig, &client);
    state_that(&rig, STATEMENT_CALENDAR, COMPOSE_BUSY, 30);
    assert_string_equal(composed_rule(rig.p->composed), "calendar_busy");
    server_rig_pass(&rig.base, 29000);
    assert_string_equal(composed_rule(rig.p->composed), "calendar_busy");
    server_rig_pass(&rig.base, 1100);
    assert_string_equal(composed_rule(rig.p->composed), "device_available");
    rig_fini(&rig);
}

/* Of two clients that say the same at the same time, the one of the higher contact. */
static void test_priority(void **state)
{
    struct published *low = parse(OPEN("t"));
    struct published *high = parse("<tuple id='t'><status><basic>open</basic></status>"
                                   "<contact priority='0.5'>sip:a@b</contact></tuple>");

    (void)state;
    assert_int_equal(published_nature(low)->priority, 0);
    assert_int_equal(published_nature(high)->priority, 500);
    published_free(&low);
    published_free(&high);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_over_at_the_last_sign_out),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_calendar_ends),
        cmocka_unit_test(test_priority),
        cmocka_unit_test(test_restored_by_command),
        cmocka_unit_test(test_published_after_a_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
