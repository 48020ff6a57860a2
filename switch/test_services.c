/* SPDX-License-Identifier: Apache-2.0 */
/* Services as scripts of XML: a request, what its answer must contain, and which events follow.
 *
 * NS stands for the ed3 namespace, $C for the id of the youngest call, $X for the last monitor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "clock.h"
#include "exchange.h"
#include "phone.h"
#include "services.h"
#include "switch_conf.h"
#include <stdio.h>
#include <string.h>

enum { MAX_STEPS = 12, TEXT_MAX = 4096 };

struct step {
    char const *request; /* XML, or "phone LINE VERB" */
    char const *answer;  /* must be contained */
    char const *events;  /* types without "Event", by blanks */
};

struct script {
    char const *name;
    struct step steps[MAX_STEPS];
};

#define ERROR(kind, value) "<" kind ">" value "</" kind ">"
#define OPERATION(value)   ERROR("operation", value)
#define STATE(value)       ERROR("stateIncompatibility", value)
#define CONN(call, device) "<callID>" call "</callID><deviceID>" device "</deviceID>"
#define MAKE(from, to, how)                                                                        \
    "<MakeCall NS><callingDevice>" from "</callingDevice><calledDirectoryNumber>" to               \
    "</calledDirectoryNumber>" how "</MakeCall>"
#define PROMPT        "<autoOriginate>prompt</autoOriginate>"
#define DO_NOT_PROMPT "<autoOriginate>doNotPrompt</autoOriginate>"
#define ANSWER(conn)  "<AnswerCall NS><callToBeAnswered>" conn "</callToBeAnswered></AnswerCall>"
#define HOLD(conn)    "<HoldCall NS><callToBeHeld>" conn "</callToBeHeld></HoldCall>"
#define RETRIEVE(conn)                                                                             \
    "<RetrieveCall NS><callToBeRetrieved>" conn "</callToBeRetrieved></RetrieveCall>"
#define CLEAR(conn)                                                                                \
    "<ClearConnection NS><connectionToBeCleared>" conn "</connectionToBeCleared></"                \
    "ClearConnection>"
#define MONITOR(device)                                                                            \
    "<MonitorStart NS><monitorObject><deviceObject>" device                                        \
    "</deviceObject></monitorObject></MonitorStart>"
#define STOP(xref) "<MonitorStop NS><monitorCrossRefID>" xref "</monitorCrossRefID></MonitorStop>"
#define SNAPSHOT(device)                                                                           \
    "<SnapshotDevice NS><snapshotObject>" device "</snapshotObject></SnapshotDevice>"
#define RINGING                                                                                    \
    {                                                                                              \
        MAKE("2001", "2002", DO_NOT_PROMPT),                                                       \
            "<callingDevice><callID>$C</callID><deviceID>2001</deviceID></callingDevice>",         \
            "Originated Delivered"                                                                 \
    }

/* clang-format off */
static struct script const scripts[] = {
    { "system services", {
        { "<RequestSystemStatus NS/>", "<systemStatus>normal</systemStatus>", "" },
        { "<SystemStatus NS><systemStatus>normal</systemStatus></SystemStatus>",
          "<SystemStatusResponse", "" },
        { "<GetCSTAFeatures NS/>", "<answerCall/><clearConnection/><holdCall/><makeCall/>"
          "<retrieveCall/>", "" },
        { "<GetCSTAFeatures NS/>", "<connectionCleared/><delivered/><established/><failed/><held/>"
          "<originated/><retrieved/><serviceInitiated/>", "" },
        { "<GetCSTAFeatures NS/>", "<monitorStart/><monitorStop/>", "" },
        { "<GetCSTAFeatures NS/>", "<snapshotDevice/>", "" },
    } },
    { "monitors", {
        { MONITOR("2001"), "<monitorCrossRefID>$X</monitorCrossRefID>", "" },
        { MONITOR("SEP001122334455"), "<monitorExistingCalls>true</monitorExistingCalls>", "" },
        { MONITOR("tel:2001;phone-context=dialstring"), ERROR("subscribedResourceAvailability",
                                                        "objectMonitorLimitExceeded"), "" },
        { MONITOR("2002"), "<MonitorStartResponse", "" },
        { MONITOR("2003"), ERROR("systemResourceAvailibility", "overallMonitorLimitExceeded"), "" },
        { STOP("$X"), "<MonitorStopResponse", "" },
        { STOP("$X"), OPERATION("invalidMonitorCrossRefID"), "" },
        { MONITOR("7777"), OPERATION("invalidDeviceID"), "" },
        { STOP("no-such"), OPERATION("invalidMonitorCrossRefID"), "" },
    } },
    { "a call from end to end", {
        RINGING,
        { ANSWER(CONN("$C", "2002")), "<AnswerCallResponse", "Established" },
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { RETRIEVE(CONN("$C", "2001")), "<RetrieveCallResponse", "Retrieved" },
        { CLEAR(CONN("$C", "2001")), "<ClearConnectionResponse",
          "ConnectionCleared ConnectionCleared" },
        { CLEAR(CONN("$C", "2001")), OPERATION("invalidCallID"), "" },
    } },
    { "the client's device string comes back", {
        { MAKE("tel:2001;phone-context=dialstring", "tel:20-02", ""),
          "<deviceID>tel:2001;phone-context=dialstring</deviceID>", "Originated Delivered" },
    } },
    { "MakeCall errors", {
        { MAKE("7777", "2002", ""), OPERATION("invalidDeviceID"), "" },
        { MAKE("2001", "alice", ""), OPERATION("invalidCalledDeviceID"), "" },
        { MAKE("2001", "2002", PROMPT), "<MakeCallResponse", "ServiceInitiated" },
        { MAKE("2001", "2002", ""), STATE("invalidCallingDeviceState"), "" },
        { "phone 2001 answer", NULL, "Originated Delivered" },
        { MAKE("2001", "2002", ""), STATE("invalidCallingDeviceState"), "" },
        { "phone 2003 busy", NULL, "" },
        { MAKE("2003", "2002", ""), STATE("invalidCallingDeviceState"), "" },
    } },
    { "no appearance left", {
        RINGING,
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { MAKE("2001", "2003", ""), "<MakeCallResponse", "Originated Delivered" },
        { HOLD(CONN("$C", "2001")), "<HoldCallResponse", "Held" },
        { MAKE("2001", "2003", ""), ERROR("systemResourceAvailibility", "resourceBusy"), "" },
    } },
    { "the far end is busy or unknown: the call is made, and fails", {
        { "phone 2002 busy", NULL, "" },
        { MAKE("2001", "2002", ""), "<MakeCallResponse", "Originated Failed" },
        { HOLD(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { SNAPSHOT("2001"), "<localConnectionState>fail</localConnectionState>", "" },
        { CLEAR(CONN("$C", "2001")), "<ClearConnectionResponse", "ConnectionCleared" },
        { MAKE("2001", "tel:+390298765", ""), "<MakeCallResponse", "Originated Failed" },
    } },
    { "wrong states", {
        RINGING,
        { ANSWER(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { HOLD(CONN("$C", "2002")), STATE("invalidConnectionState"), "" },
        { RETRIEVE(CONN("$C", "2001")), STATE("invalidConnectionState"), "" },
        { "phone 2002 answer", NULL, "Established" },
        { ANSWER(CONN("$C", "2002")), STATE("invalidConnectionState"), "" },
    } },
    { "wrong names", {
        RINGING,
        { ANSWER(CONN("no-such-call", "2002")), OPERATION("invalidCallID"), "" },
        { ANSWER(CONN("$C", "7777")), OPERATION("invalidDeviceID"), "" },
        { ANSWER(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { HOLD(CONN("no-such-call", "2001")), OPERATION("invalidCallID"), "" },
        { RETRIEVE(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { CLEAR(CONN("$C", "2003")), OPERATION("invalidConnectionID"), "" },
        { SNAPSHOT("7777"), OPERATION("invalidDeviceID"), "" },
    } },
    { "connections named by one part", {
        { ANSWER("<deviceID>2002</deviceID>"), STATE("noCallToAnswer"), "" },
        { HOLD("<deviceID>2002</deviceID>"), STATE("noActiveCall"), "" },
        { RETRIEVE("<deviceID>2002</deviceID>"), STATE("noHeldCall"), "" },
        { CLEAR("<deviceID>2002</deviceID>"), STATE("noConnectionToClear"), "" },
        RINGING,
        { ANSWER("<callID>$C</callID>"), "<AnswerCallResponse", "Established" },
        { HOLD("<callID>$C</callID>"), OPERATION("invalidConnectionID"), "" },
        { HOLD("<deviceID>2002</deviceID>"), "<HoldCallResponse", "Held" },
        { RETRIEVE("<callID>$C</callID>"), "<RetrieveCallResponse", "Retrieved" },
        { CLEAR("<deviceID>2002</deviceID>"), "<ClearConnectionResponse",
          "ConnectionCleared ConnectionCleared" },
    } },
    { "snapshots", {
        { SNAPSHOT("2001"), "<SnapshotDeviceResponse", "" },
        RINGING,
        { SNAPSHOT("2001"), "<callID>$C</callID><deviceID>2001</deviceID></connectionIdentifier>"
          "<endpointDevice><deviceID>2002</deviceID></endpointDevice>", "" },
        { SNAPSHOT("2001"), "<localConnectionState>connected</localConnectionState>", "" },
        { SNAPSHOT("SEP001122334466"), "<localConnectionState>alerting</localConnectionState>",
          "" },
    } },
    { "what is missing or unknown", {
        { "<MakeCall NS><callingDevice>2001</callingDevice></MakeCall>",
          OPERATION("invalidParameterValue"), "" },
        { "<MonitorStart NS/>", OPERATION("invalidParameterValue"), "" },
        { "<IntrudeCall NS/>", OPERATION("serviceNotSupported"), "" },
    } },
};
/* clang-format on */

struct fixture {
    struct exchange ex;
    struct wheel *wheel;
    struct switch_conf conf;
    struct monitor_list monitors;
    struct buf events, text;
    char xref[CALL_ID_TEXT];
};

static void on_event(void *ctx, struct call_event const *event)
{
    struct fixture *f = ctx;
    char const *name = csta_type_str(event->type);
    buf_printf(&f->events, "%s%.*s", f->events.len ? " " : "",
               (int)(strlen(name) - strlen("Event")), name);
}

static void fixture_init(struct fixture *f)
{
    static char const *devices[][1] = { { "SEP001122334455" }, { "SEP001122334466" } };
    static struct switch_line_conf lines[3] = {
        { .number = "2001", .devices.v = devices[0], .devices.n = 1 },
        { .number = "2002", .devices.v = devices[1], .devices.n = 1 },
        { .number = "2003" },
    };
    *f = (struct fixture){ .conf = { .lines = { lines, 3 },
                                     .max_monitors = 3,
                                     .max_monitors_per_line = 2,
                                     .max_calls = 10,
                                     .max_calls_per_line = 2,
                                     .call_waiting = true } };
    f->wheel = wheel_new(clock_now_ms());
    TAILQ_INIT(&f->monitors);
    buf_init(&f->events, TEXT_MAX);
    buf_init(&f->text, TEXT_MAX);
    assert_int_equal(exchange_init(&f->ex, &f->conf, "secret", f->wheel), 0);
    f->ex.calls.options.on_event = on_event;
    f->ex.calls.options.ctx = f;
}

static void fixture_fini(struct fixture *f)
{
    monitor_stop_all(&f->ex.monitors, &f->monitors);
    exchange_fini(&f->ex);
    wheel_free(&f->wheel);
    buf_fini(&f->events);
    buf_fini(&f->text);
}

/* Puts the real values for NS, $C and $X. */
static char const *expand(struct fixture *f, char const *text)
{
    struct call const *call = TAILQ_LAST(&f->ex.calls.all, calls);
    buf_reset(&f->text);
    for (char const *p = text; *p;) {
        if (strncmp(p, "NS", 2) == 0 && (p[2] == '>' || p[2] == '/')) {
            buf_printf(&f->text, "xmlns=\"%s\"", csta_namespace(CSTA_ED3));
            p += 2;
        } else if (strncmp(p, "$C", 2) == 0) {
            buf_puts(&f->text, call ? call->id : "none");
            p += 2;
        } else if (strncmp(p, "$X", 2) == 0) {
            buf_puts(&f->text, f->xref);
            p += 2;
        } else {
            buf_add(&f->text, p++, 1);
        }
    }
    return buf_text(&f->text);
}

static void run_request(struct fixture *f, char const *xml, struct buf *ret)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct services_client client = { &f->monitors, f };
    struct csta_msg request, reply;
    struct csta_fault fault;
    su_home_init(home);
    if (csta_decode(home, xml, strlen(xml), &request, &fault) < 0)
        services_refuse(&fault, &reply);
    else
        services_run(&f->ex, &client, &request, home, &reply);
    if (reply.monitor_xref)
        snprintf(f->xref, sizeof f->xref, "%s", reply.monitor_xref);
    assert_int_equal(reply.edition, CSTA_ED3);
    assert_int_equal(csta_encode(&reply, ret), 0);
    su_home_deinit(home);
}

static void press_key(struct fixture *f, char const *text)
{
    char number[8], verb[16];
    snprintf(number, sizeof number, "%.4s", text + strlen("phone "));
    snprintf(verb, sizeof verb, "%s", text + strlen("phone 2001 "));
    assert_int_equal(phone_act(&f->ex, line_find(&f->ex.lines, number), verb, NULL), PHONE_OK);
}

static void run_step(struct fixture *f, struct step const *step)
{
    buf_reset(&f->events);
    if (strncmp(step->request, "phone ", 6) == 0) {
        press_key(f, step->request);
    } else {
        struct buf answer;
        buf_init(&answer, TEXT_MAX);
        run_request(f, expand(f, step->request), &answer);
        print_message("# %s\n", strchr(buf_text(&answer), '\n') + 1);
        assert_non_null(strstr(buf_text(&answer), expand(f, step->answer)));
        buf_fini(&answer);
    }
    assert_string_equal(buf_text(&f->events), step->events);
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct fixture f;
        fixture_init(&f);
        for (struct step const *s = scripts[i].steps;
             s < scripts[i].steps + MAX_STEPS && s->request; s++) {
            print_message("# %s: %s\n", scripts[i].name, s->request);
            run_step(&f, s);
        }
        fixture_fini(&f);
    }
}

/* One session cannot stop another one's monitor. */
static void test_foreign_monitor(void **state)
{
    struct fixture f;
    struct monitor_list other = TAILQ_HEAD_INITIALIZER(other);
    (void)state;
    fixture_init(&f);
    struct monitor *monitor;
    struct line *line = line_find(&f.ex.lines, "2001");
    assert_int_equal(monitor_start(&f.ex.monitors, line, &other, NULL, CSTA_ED3, &monitor), 0);
    assert_null(monitor_find(&f.ex.monitors, monitor->xref, &f.monitors));
    assert_ptr_equal(monitor_find(&f.ex.monitors, monitor->xref, &other), monitor);
    monitor_stop_all(&f.ex.monitors, &other);
    assert_int_equal(line->n_monitors, 0);
    fixture_fini(&f);
}

static struct {
    char const *line, *verb, *number;
    enum phone_fault fault;
} const keys[] = {
    { "2001", "answer", NULL, PHONE_WRONG_STATE },
    { "2001", "hangup", NULL, PHONE_WRONG_STATE },
    { "2001", "hold", NULL, PHONE_WRONG_STATE },
    { "2001", "retrieve", NULL, PHONE_WRONG_STATE },
    { "2001", "sing", NULL, PHONE_NO_VERB },
    { "2001", "dial", NULL, PHONE_NO_NUMBER },
    { "2001", "dial", "bob", PHONE_NO_NUMBER },
    { "2001", "dial", "2002", PHONE_OK },
    { "2001", "dial", "2003", PHONE_WRONG_STATE },
    { "2002", "answer", NULL, PHONE_OK },
    { "2002", "hold", NULL, PHONE_OK },
    { "2002", "retrieve", NULL, PHONE_OK },
    { "2003", "dial", "2002", PHONE_OK },
    { "2002", "hold", NULL, PHONE_OK },
    { "2002", "dial", "2003", PHONE_NO_ROOM },
    { "2002", "answer", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_OK },
    { "2002", "hangup", NULL, PHONE_WRONG_STATE },
};

static void test_keys(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        print_message("# %s %s\n", keys[i].line, keys[i].verb);
        struct line *line = line_find(&f.ex.lines, keys[i].line);
        assert_int_equal(phone_act(&f.ex, line, keys[i].verb, keys[i].number), keys[i].fault);
    }
    assert_true(TAILQ_EMPTY(&f.ex.calls.all));
    fixture_fini(&f);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_foreign_monitor),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
