/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of compose.def decides where it should, and before the rows under it; the document keeps
 * what the sources said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "compose.h"
#include "pidf.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTITY "pres:joe@example.test"
#define PRESENCE                                                                                   \
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-"    \
    "model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' "                                           \
    "xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid' "                                           \
    "xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid' entity='pres:joe@example.test'>"
#define TUPLE(id, basic)   "<tuple id='" id "'><status><basic>" basic "</basic></status></tuple>"
#define DOES(what)         "<dm:person id='p'><r:activities>" what "</r:activities></dm:person>"
#define PHONES(activities) "<dm:person><e:activities>" activities "</e:activities></dm:person>"

enum { MAX_SOURCES = 4 };

/* Says a state, or the body of a document. */
struct said {
    enum compose_kind kind;
    enum compose_state state;
    char const *body;
    int64_t time_ms;
    int priority;
    bool stale, suspended, overrides;
};

#define SIGNED_IN                                                                                  \
    {                                                                                              \
        .kind = COMPOSE_DEVICE, .state = COMPOSE_AVAILABLE, .time_ms = 1                           \
    }
#define SAYS(of, s)                                                                                \
    {                                                                                              \
        .kind = COMPOSE_##of, .state = COMPOSE_##s, .time_ms = 1                                   \
    }
#define BODY(of, b)                                                                                \
    {                                                                                              \
        .kind = COMPOSE_##of, .body = b, .time_ms = 1                                              \
    }
#define ENGAGED SAYS(LINE, ON_THE_PHONE)

/* Each vector holds what later rows want, too. decided: number of the source, -1: none. */
static struct {
    char const *what;
    struct said said[MAX_SOURCES];
    enum compose_rule rule;
    int decided;
    bool clear;
} const vectors[] = {
    { "manual dnd",
      { { .kind = COMPOSE_MANUAL, .state = COMPOSE_DND, .overrides = true, .time_ms = 1 },
        SIGNED_IN,
        ENGAGED,
        SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_manual_dnd,
      0,
      false },
    { "manual dnd without the flag",
      { SAYS(MANUAL, DND), SIGNED_IN },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "the newest manual state",
      { SAYS(MANUAL, AWAY),
        SIGNED_IN,
        { .kind = COMPOSE_MANUAL, .state = COMPOSE_AVAILABLE, .time_ms = 2 } },
      COMPOSE_RULE_manual_available,
      2,
      false },
    { "manual away",
      { SAYS(MANUAL, AWAY), SIGNED_IN, ENGAGED },
      COMPOSE_RULE_manual_away,
      0,
      false },
    { "manual busy",
      { SAYS(MANUAL, BUSY), SIGNED_IN, ENGAGED },
      COMPOSE_RULE_manual_busy,
      0,
      false },
    { "manual busy with the flag is do not disturb",
      { { .kind = COMPOSE_MANUAL, .state = COMPOSE_BUSY, .overrides = true, .time_ms = 1 },
        SIGNED_IN },
      COMPOSE_RULE_manual_dnd,
      0,
      false },
    { "manual unavailable",
      { { .kind = COMPOSE_MANUAL, .state = COMPOSE_UNAVAILABLE, .overrides = true, .time_ms = 1 },
        SIGNED_IN,
        ENGAGED },
      COMPOSE_RULE_manual_unavailable,
      0,
      false },
    { "manual unavailable without the flag",
      { SAYS(MANUAL, UNAVAILABLE), SIGNED_IN },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "manual available over phone and calendar",
      { SAYS(MANUAL, AVAILABLE), SIGNED_IN, ENGAGED, SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_manual_available,
      0,
      false },
    { "manual available over an idle client",
      { SAYS(MANUAL, AVAILABLE), SAYS(DEVICE, AWAY) },
      COMPOSE_RULE_manual_available,
      0,
      false },
    { "manual, and the last client has gone",
      { SAYS(MANUAL, AWAY), SAYS(DEVICE, UNAVAILABLE) },
      COMPOSE_RULE_device_closed,
      1,
      true },
    { "manual, and no client at all", { SAYS(MANUAL, AWAY) }, COMPOSE_RULE_nothing, -1, true },
    { "manual, no client, but a line",
      { SAYS(MANUAL, AVAILABLE), ENGAGED },
      COMPOSE_RULE_line_engaged,
      1,
      true },
    { "manual, no client, but a stale line",
      { SAYS(MANUAL, AWAY), { .kind = COMPOSE_LINE, .state = COMPOSE_AVAILABLE, .stale = true } },
      COMPOSE_RULE_stale,
      1,
      true },
    { "line dnd", { SAYS(LINE, DND), SIGNED_IN, ENGAGED }, COMPOSE_RULE_line_dnd, 0, false },
    { "line engaged",
      { ENGAGED, SIGNED_IN, SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_line_engaged,
      0,
      false },
    { "line engaged, nobody signed in", { ENGAGED }, COMPOSE_RULE_line_engaged, 0, false },
    { "one of two lines",
      { SAYS(LINE, AVAILABLE), ENGAGED, SIGNED_IN },
      COMPOSE_RULE_line_engaged,
      1,
      false },
    { "a closed line is engaged",
      { BODY(LINE, TUPLE("1", "closed")), SIGNED_IN },
      COMPOSE_RULE_line_engaged,
      0,
      false },
    { "closed and busy, as the call manager says it",
      { BODY(LINE, TUPLE("1", "closed") PHONES("<e:busy/>")) },
      COMPOSE_RULE_line_engaged,
      0,
      false },
    { "a line that is not there",
      { BODY(LINE, TUPLE("1", "closed") PHONES("<ce:unavailable/>")), SIGNED_IN },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "phone dnd in Cisco's words",
      { BODY(LINE, TUPLE("1", "open") PHONES("<ce:dnd/>")), SIGNED_IN },
      COMPOSE_RULE_line_dnd,
      0,
      false },
    { "dnd on an engaged phone",
      { BODY(LINE, TUPLE("1", "closed") PHONES("<ce:dnd/><e:on-the-phone/>")) },
      COMPOSE_RULE_line_dnd,
      0,
      false },
    { "a ringing phone changes no state",
      { BODY(LINE, TUPLE("1", "closed") PHONES("<ce:alerting/>")), SIGNED_IN },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "a client phones",
      { SAYS(DEVICE, ON_THE_PHONE), SAYS(DEVICE, BUSY), SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_device_on_the_phone,
      0,
      false },
    { "a client is busy",
      { SAYS(DEVICE, BUSY), SAYS(DEVICE, DND), SAYS(DEVICE, AWAY), SAYS(LINE, AVAILABLE) },
      COMPOSE_RULE_device_busy,
      0,
      false },
    { "a meeting is busy",
      { BODY(DEVICE, TUPLE("1", "open") DOES("<r:meeting/><r:away/>")) },
      COMPOSE_RULE_device_busy,
      0,
      false },
    { "a client's dnd",
      { SAYS(DEVICE, DND), SAYS(DEVICE, AWAY), SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_device_dnd,
      0,
      false },
    { "dnd in the words of XMPP",
      { BODY(DEVICE, "<tuple id='1'><status><basic>open</basic>"
                     "<show xmlns='jabber:client'>dnd</show></status></tuple>") },
      COMPOSE_RULE_device_dnd,
      0,
      false },
    { "all clients away",
      { SAYS(DEVICE, AWAY), SAYS(DEVICE, UNAVAILABLE), SAYS(CALENDAR, BUSY),
        SAYS(GATEWAY, AVAILABLE) },
      COMPOSE_RULE_device_away,
      0,
      false },
    { "an idle client",
      { BODY(DEVICE, TUPLE("1", "open") "<dm:person id='p'><r:user-input>idle</r:user-input>"
                                        "</dm:person>") },
      COMPOSE_RULE_device_away,
      0,
      false },
    { "xa is away",
      { BODY(DEVICE, "<tuple id='1'><status><basic>open</basic>"
                     "<show xmlns='jabber:client'>xa</show></status></tuple>") },
      COMPOSE_RULE_device_away,
      0,
      false },
    { "a suspended client",
      { { .kind = COMPOSE_DEVICE, .state = COMPOSE_AVAILABLE, .suspended = true } },
      COMPOSE_RULE_device_away,
      0,
      false },
    { "a suspended client that signed out",
      { { .kind = COMPOSE_DEVICE, .state = COMPOSE_UNAVAILABLE, .suspended = true } },
      COMPOSE_RULE_device_closed,
      0,
      false },
    { "the calendar", { SIGNED_IN, SAYS(CALENDAR, BUSY) }, COMPOSE_RULE_calendar_busy, 1, false },
    { "a free calendar",
      { SIGNED_IN, SAYS(CALENDAR, AVAILABLE) },
      COMPOSE_RULE_device_available,
      0,
      false },
    { "the most available of three",
      { SAYS(DEVICE, AWAY), SAYS(DEVICE, DND), SIGNED_IN },
      COMPOSE_RULE_device_available,
      2,
      false },
    { "the newest of two",
      { SIGNED_IN, { .kind = COMPOSE_DEVICE, .state = COMPOSE_AVAILABLE, .time_ms = 2 } },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "priority of two",
      { SIGNED_IN,
        { .kind = COMPOSE_DEVICE, .state = COMPOSE_AVAILABLE, .time_ms = 1, .priority = 1 } },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "a client over a partner",
      { SIGNED_IN, SAYS(GATEWAY, DND) },
      COMPOSE_RULE_device_available,
      0,
      false },
    { "partner available",
      { SAYS(GATEWAY, AVAILABLE), SAYS(GATEWAY, BUSY), SAYS(DEVICE, UNAVAILABLE) },
      COMPOSE_RULE_gateway_available,
      0,
      false },
    { "partner phones",
      { SAYS(GATEWAY, ON_THE_PHONE), SAYS(GATEWAY, BUSY) },
      COMPOSE_RULE_gateway_on_the_phone,
      0,
      false },
    { "a partner's engaged phone",
      { BODY(GATEWAY, TUPLE("1", "closed") PHONES("<e:on-the-phone/>")) },
      COMPOSE_RULE_gateway_on_the_phone,
      0,
      false },
    { "a client that phoned and has gone",
      { BODY(DEVICE, TUPLE("1", "closed") PHONES("<e:on-the-phone/>")) },
      COMPOSE_RULE_device_closed,
      0,
      false },
    { "partner busy",
      { SAYS(GATEWAY, BUSY), SAYS(GATEWAY, DND) },
      COMPOSE_RULE_gateway_busy,
      0,
      false },
    { "partner dnd",
      { SAYS(GATEWAY, DND), SAYS(GATEWAY, AWAY) },
      COMPOSE_RULE_gateway_dnd,
      0,
      false },
    { "partner away",
      { SAYS(GATEWAY, AWAY), { .kind = COMPOSE_LINE, .stale = true } },
      COMPOSE_RULE_gateway_away,
      0,
      false },
    { "stale",
      { { .kind = COMPOSE_LINE, .state = COMPOSE_ON_THE_PHONE, .stale = true },
        SAYS(LINE, AVAILABLE),
        SAYS(DEVICE, UNAVAILABLE),
        SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_stale,
      0,
      false },
    { "a stale line says nothing",
      { { .kind = COMPOSE_LINE, .state = COMPOSE_ON_THE_PHONE, .stale = true }, SIGNED_IN },
      COMPOSE_RULE_device_available,
      1,
      false },
    { "signed out",
      { SAYS(DEVICE, UNAVAILABLE), SAYS(GATEWAY, UNAVAILABLE), SAYS(LINE, AVAILABLE) },
      COMPOSE_RULE_device_closed,
      0,
      false },
    { "partner signed out",
      { SAYS(GATEWAY, UNAVAILABLE), SAYS(LINE, AVAILABLE) },
      COMPOSE_RULE_gateway_closed,
      0,
      false },
    { "an idle line signs nobody in",
      { SAYS(LINE, AVAILABLE), SAYS(CALENDAR, BUSY) },
      COMPOSE_RULE_line_idle,
      0,
      false },
    { "a ringing line signs nobody in",
      { BODY(LINE, TUPLE("1", "open") PHONES("<ce:alerting/>")) },
      COMPOSE_RULE_line_idle,
      0,
      false },
    { "a calendar alone", { SAYS(CALENDAR, BUSY) }, COMPOSE_RULE_calendar_alone, 0, false },
    { "nothing", { { .kind = COMPOSE_KINDS } }, COMPOSE_RULE_nothing, -1, false },
    { "a document without tuple and person",
      { BODY(DEVICE, "") },
      COMPOSE_RULE_device_closed,
      0,
      false },
    { "a person alone", { BODY(DEVICE, DOES("<r:busy/>")) }, COMPOSE_RULE_device_busy, 0, false },
    { "what must be understood and is not",
      { BODY(DEVICE, "<tuple id='1'><status><basic>open</basic></status>"
                     "<x xmlns='urn:x' p:mustUnderstand='true' "
                     "xmlns:p='urn:ietf:params:xml:ns:pidf'/></tuple>") },
      COMPOSE_RULE_device_closed,
      0,
      false },
};

/* The sources of one test, named s0, s1, ... */
struct rig {
    struct pidf *docs[MAX_SOURCES];
    char names[MAX_SOURCES][8];
    struct compose_source sources[MAX_SOURCES];
    struct compose_input in;
    struct compose_result result;
};

static struct pidf *read_body(char const *body)
{
    char xml[4096];
    struct pidf_fault fault;
    struct pidf *doc;

    int len = snprintf(xml, sizeof xml, "%s%s</presence>", PRESENCE, body);
    if (pidf_read(xml, (size_t)len, &pidf_limits_default, &doc, &fault) < 0)
        fail_msg("%s", fault.text);
    return doc;
}

static bool is_said(struct said const *said)
{
    return said->kind != COMPOSE_KINDS && (said->body || said->state || said->stale);
}

static void rig_init(struct rig *rig, struct said const *said)
{
    memset(rig, 0, sizeof *rig);
    rig->in.entity = ENTITY;
    rig->in.sources = rig->sources;
    for (unsigned i = 0; i < MAX_SOURCES && is_said(&said[i]); i++) {
        snprintf(rig->names[i], sizeof rig->names[i], "s%u", i);
        rig->docs[i] = said[i].body ? read_body(said[i].body)
                                    : compose_statement(ENTITY, "t", said[i].state, NULL);
        assert_non_null(rig->docs[i]);
        rig->sources[i] = (struct compose_source){
            .kind = said[i].kind,
            .name = rig->names[i],
            .doc = rig->docs[i],
            .time_ms = said[i].time_ms,
            .priority = said[i].priority,
            .stale = said[i].stale,
            .suspended = said[i].suspended,
            .overrides = said[i].overrides,
        };
        rig->in.n_sources++;
    }
    assert_int_equal(compose_run(&rig->in, &rig->result), 0);
}

static void rig_fini(struct rig *rig)
{
    compose_result_fini(&rig->result);
    for (unsigned i = 0; i < MAX_SOURCES; i++)
        pidf_free(&rig->docs[i]);
}

/* The composed document in the dialect of @p profile. */
static char const *written(struct rig const *rig, char const *profile, struct buf *out)
{
    buf_init(out, 65536);
    assert_int_equal(pidf_write(rig->result.doc, pidf_profile_find(profile), out), 0);
    return buf_text(out);
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct rig rig;
        rig_init(&rig, vectors[i].said);
        struct compose_source const *decided =
            vectors[i].decided < 0 ? NULL : &rig.sources[vectors[i].decided];
        if (rig.result.rule != vectors[i].rule)
            fail_msg("%s: %s, not %s", vectors[i].what, compose_rule_name(rig.result.rule),
                     compose_rule_name(vectors[i].rule));
        assert_int_equal(rig.result.state, compose_rule_state(vectors[i].rule));
        if (rig.result.decided_by != decided || rig.result.clear_manual != vectors[i].clear)
            fail_msg("%s: decided by %s, clear %d", vectors[i].what,
                     rig.result.decided_by ? rig.result.decided_by->name : "none",
                     rig.result.clear_manual);
        rig_fini(&rig);
    }
}

static void test_every_rule_has_a_vector(void **state)
{
    (void)state;
    for (enum compose_rule rule = 0; rule < COMPOSE_RULES; rule++) {
        size_t i = 0;
        while (i < sizeof vectors / sizeof *vectors && vectors[i].rule != rule)
            i++;
        if (i == sizeof vectors / sizeof *vectors)
            fail_msg("no vector for %s", compose_rule_name(rule));
        assert_true(strlen(compose_rule_text(rule)) > 10);
    }
}

/* The order in which the sources are given decides nothing, and changes no byte. */
static void test_order_of_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct compose_source turned[MAX_SOURCES];
        struct rig rig;
        struct buf first, second;
        rig_init(&rig, vectors[i].said);
        struct compose_source const *decided = rig.result.decided_by;
        written(&rig, "cisco", &first);
        compose_result_fini(&rig.result);
        for (unsigned j = 0; j < rig.in.n_sources; j++)
            turned[j] = rig.sources[rig.in.n_sources - 1 - j];
        rig.in.sources = turned;
        assert_int_equal(compose_run(&rig.in, &rig.result), 0);
        if (rig.result.rule != vectors[i].rule)
            fail_msg("%s, turned: %s", vectors[i].what, compose_rule_name(rig.result.rule));
        assert_string_equal(rig.result.decided_by ? rig.result.decided_by->name : "",
                            decided ? decided->name : "");
        assert_string_equal(written(&rig, "cisco", &second), buf_text(&first));
        buf_fini(&second);
        buf_fini(&first);
        rig_fini(&rig);
    }
}

/* What is written of a state: the words that must be there, and one that must not. */
static struct {
    struct said said[MAX_SOURCES];
    char const *has[4], *has_not;
} const documents[] = {
    { { SIGNED_IN, ENGAGED },
      { "<tuple id=\"t\">", "<tuple id=\"s1-t\">", "<rpid:on-the-phone/>" },
      "closed" },
    { { BODY(LINE, TUPLE("a", "closed") PHONES("<e:busy/>")) },
      { "<tuple id=\"a\"><status><basic>open", "<rpid:on-the-phone/>" },
      "closed" },
    { { SAYS(LINE, AVAILABLE) },
      { "<tuple id=\"offline\"><status><basic>closed</basic></status></tuple><tuple "
        "id=\"t\"><status><basic>open" },
      "away" },
    { { { .kind = COMPOSE_MANUAL, .state = COMPOSE_DND, .overrides = true }, SIGNED_IN, ENGAGED },
      { "<dm:person id=\"person\"><rpid:activities><rpid:busy/></rpid:activities>" },
      "closed" },
    { { SAYS(MANUAL, AVAILABLE), SIGNED_IN,
        BODY(LINE, TUPLE("a", "open") PHONES("<ce:alerting/><e:on-the-phone/>")) },
      { "<dm:person id=\"person\"><dm:timestamp>" },
      "<rpid:away" },
    { { SAYS(MANUAL, AVAILABLE), SIGNED_IN,
        BODY(CALENDAR, TUPLE("c", "open") DOES("<r:meeting/>")) },
      { "<dm:person id=\"person\"><dm:timestamp>" },
      "meeting" },
    { { SIGNED_IN, BODY(CALENDAR, TUPLE("c", "open") DOES("<r:meeting/>")) },
      { "<rpid:activities><rpid:busy/><rpid:meeting/></rpid:activities>" },
      "id=\"c\"" },
    /* foreign tuples, elements, notes, devices: all there, and untouched */
    { { BODY(DEVICE, "<tuple id='x'><status><basic>open</basic><s xmlns='urn:s'>1</s></status><f:g "
                     "xmlns:f='urn:f'/>"
                     "<contact priority='0.8'>sip:a@b</contact><note xml:lang='de'>Hallo</note>"
                     "<timestamp>2001-10-27T16:49:29Z</timestamp></tuple><top "
                     "xmlns='urn:top'/><note>all</note>"),
        BODY(GATEWAY,
             TUPLE("x", "closed") "<dm:device id='d'><dm:deviceID>urn:d</dm:deviceID></dm:device>"
                                  "<dm:person id='p'><mood xmlns='urn:m'/><dm:note>busy "
                                  "bee</dm:note></dm:person>") },
      { "<tuple id=\"x\"><status><basic>open</basic><s xmlns=\"urn:s\">1</s></status><f:g "
        "xmlns:f=\"urn:f\"></f:g>"
        "<contact priority=\"0.800\">sip:a@b</contact><note xml:lang=\"de\">Hallo</note>"
        "<timestamp>2001-10-27T16:49:29Z</timestamp></tuple><tuple "
        "id=\"s1-x\"><status><basic>closed",
        "<mood xmlns=\"urn:m\"></mood><dm:note>busy bee</dm:note>",
        "<dm:device id=\"d\"><dm:deviceID>urn:d</dm:deviceID></dm:device>",
        "<note>all</note><top xmlns=\"urn:top\"></top></presence>" },
      "s1-d" },
    /* stale: nothing of it */
    { { { .kind = COMPOSE_LINE, .stale = true, .body = TUPLE("x", "open") "<note>gone</note>" } },
      { "<tuple id=\"offline\"><status><basic>closed</basic></status></tuple></presence>" },
      "gone" },
    /* a manual state that is over is not told either */
    { { BODY(MANUAL,
             "<tuple id='m'><status><basic>open</basic></status><note>back at 5</note></tuple>"),
        SAYS(LINE, AVAILABLE) },
      { "offline" },
      "back at 5" },
    { { BODY(MANUAL,
             "<tuple id='m'><status><basic>open</basic></status><note>back at 5</note></tuple>"),
        SIGNED_IN },
      { "<dm:note>back at 5</dm:note>" },
      "id=\"m\"" },
    /* heard, though it decides nothing */
    { { BODY(MANUAL, TUPLE("m", "open") DOES("<ce:dnd/>") "<note>ssh</note>"), SIGNED_IN },
      { "<note>ssh</note>" },
      "busy" },
    /* nor one that a newer one has replaced, nor one beside a stale line alone */
    { { { .kind = COMPOSE_MANUAL, .time_ms = 1, .body = TUPLE("m", "open") "<note>old</note>" },
        { .kind = COMPOSE_MANUAL, .time_ms = 2, .body = TUPLE("m", "open") "<note>new</note>" },
        SIGNED_IN },
      { "<note>new</note>" },
      "old" },
    { { BODY(MANUAL, TUPLE("m", "open") "<note>back at 5</note>"),
        { .kind = COMPOSE_LINE, .stale = true } },
      { "<tuple id=\"offline\"><status><basic>closed</basic></status></tuple></presence>" },
      "back at 5" },
    /* ids that collide with what we make, and twice */
    { { BODY(DEVICE, TUPLE("person", "open")), BODY(DEVICE, TUPLE("person", "open")),
        BODY(DEVICE, TUPLE("s1-person", "open")) },
      { "<tuple id=\"person\">", "<tuple id=\"s1-person\">", "<tuple id=\"s2-s1-person\">",
        "<dm:person id=\"composed-person\">" },
      "s0" },
};

static void test_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct rig rig;
        struct buf out;
        rig_init(&rig, documents[i].said);
        char const *xml = written(&rig, "standard", &out);
        for (size_t j = 0; j < 4 && documents[i].has[j]; j++)
            if (!strstr(xml, documents[i].has[j]))
                fail_msg("document %zu has no %s:\n%s", i, documents[i].has[j], xml);
        if (strstr(xml, documents[i].has_not))
            fail_msg("document %zu has %s:\n%s", i, documents[i].has_not, xml);
        buf_fini(&out);
        rig_fini(&rig);
    }
}

static void test_ringing_is_told(void **state)
{
    struct said const said[MAX_SOURCES] = {
        BODY(LINE, TUPLE("a", "closed") PHONES("<ce:alerting/>")), SIGNED_IN
    };
    struct rig rig;
    struct buf out;

    (void)state;
    rig_init(&rig, said);
    assert_non_null(strstr(written(&rig, "cisco", &out),
                           "<e:activities><ce:alerting/><ce:available/></e:activities>"));
    buf_fini(&out);
    rig_fini(&rig);
}

/* Who may not see somebody sees the same as of one whom nothing is known of. */
static void test_polite_block(void **state)
{
    struct said const nothing[MAX_SOURCES] = { { .kind = COMPOSE_KINDS } };
    struct rig rig;
    struct buf composed, polite;
    struct pidf *doc = pidf_new_offline(ENTITY);

    (void)state;
    assert_non_null(doc);
    rig_init(&rig, nothing);
    buf_init(&polite, 4096);
    for (struct pidf_profile const *profile = pidf_profiles(); profile->name; profile++) {
        buf_reset(&polite);
        assert_int_equal(pidf_write(doc, profile, &polite), 0);
        assert_string_equal(written(&rig, profile->name, &composed), buf_text(&polite));
        buf_fini(&composed);
    }
    buf_fini(&polite);
    pidf_free(&doc);
    rig_fini(&rig);
}

/* The same sources give the same bytes, and composing leaves the sources as they were. */
static void test_pure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct rig rig;
        struct buf first, second;
        rig_init(&rig, documents[i].said);
        written(&rig, "cisco", &first);
        compose_result_fini(&rig.result);
        assert_int_equal(compose_run(&rig.in, &rig.result), 0);
        assert_string_equal(written(&rig, "cisco", &second), buf_text(&first));
        buf_fini(&second);
        buf_fini(&first);
        rig_fini(&rig);
    }
}

static void test_print(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 65536);
    compose_print_rules(&out);
    for (enum compose_rule rule = 0; rule < COMPOSE_RULES; rule++) {
        assert_non_null(strstr(buf_text(&out), compose_rule_name(rule)));
        assert_non_null(strstr(buf_text(&out), compose_rule_text(rule)));
    }
    assert_non_null(strstr(buf_text(&out), " 1  manual_dnd            dnd "));
    assert_non_null(
        strstr(buf_text(&out), "available, on-the-phone, busy, dnd, away, unavailable."));
    buf_fini(&out);
    for (enum compose_kind kind = 0; kind < COMPOSE_KINDS; kind++)
        assert_true(*compose_kind_name(kind));
}

/* The manual page has every rule, in this order and in these words. */
static void test_manual_page(void **state)
{
    char const *folder = getenv("srcdir");
    char path[1024], row[256], page[65536];

    (void)state;
    snprintf(path, sizeof path, "%s/../man/crosspoint-presence.8", folder ? folder : ".");
    FILE *f = fopen(path, "r");
    if (!f && !folder)
        skip(); /* by hand, from elsewhere */
    assert_non_null(f);
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    fclose(f);
    char const *at = strstr(page, ".Sh PRECEDENCE\n");
    for (enum compose_rule rule = 0; rule < COMPOSE_RULES && at; rule++) {
        snprintf(row, sizeof row, ".It\n.Ic %s :\n.Em %s ;\n%s.\n", compose_rule_name(rule),
                 compose_state_name(compose_rule_state(rule)), compose_rule_text(rule));
        at = strstr(at, row);
        if (!at)
            fail_msg("%s has no, or not here:\n%s", path, row);
    }
    assert_non_null(at);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_every_rule_has_a_vector),
        cmocka_unit_test(test_order_of_sources),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_ringing_is_told),
        cmocka_unit_test(test_polite_block),
        cmocka_unit_test(test_pure),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_manual_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
