/* SPDX-License-Identifier: Apache-2.0 */
/* Application sessions over loopback: start, heartbeat, duration, order of messages, and that one
 * bad link leaves the others alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "association.h"
#include "clock.h"
#include "exchange.h"
#include "switch_conf.h"
#include "switch_metrics.h"
#include "test_app.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS3       "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
#define XMLNS     " xmlns=\"" NS3 "\""
#define XMLNS_354 " xmlns=\"http://www.ecma-international.org/standards/ecma-354/appl_session\""
#define START(user, password, version, duration)                                                   \
    "<StartApplicationSession" XMLNS_354 "><applicationInfo><applicationID>test</applicationID>"   \
    "<applicationSpecificInfo><login xmlns=\"urn:crosspoint:login\"><user>" user                   \
    "</user><password>" password "</password></login></applicationSpecificInfo></applicationInfo>" \
    "<requestedProtocolVersions><protocolVersion>" version                                         \
    "</protocolVersion></requestedProtocolVersions><requestedSessionDuration>" duration            \
    "</requestedSessionDuration></StartApplicationSession>"
#define CREDENTIALS "invalidApplicationInfo"
#define GOOD_START  START("CtiGW", "secret", NS3, "180")
#define MONITOR(device)                                                                            \
    "<MonitorStart" XMLNS "><monitorObject><deviceObject>" device                                  \
    "</deviceObject></monitorObject></MonitorStart>"
#define MAKE_CALL                                                                                  \
    "<MakeCall" XMLNS "><callingDevice>2001</callingDevice><calledDirectoryNumber>2002"            \
    "</calledDirectoryNumber><autoOriginate>doNotPrompt</autoOriginate></MakeCall>"
#define STATUS_REQUEST "<RequestSystemStatus" XMLNS "/>"
#define STATUS_ANSWER  "<SystemStatusResponse" XMLNS "/>"

enum { HEARTBEAT_S = 30, START_TIMEOUT_S = 10, SESSION_MAX_S = 3600 };

struct fixture {
    uv_loop_t loop;
    struct wheel *wheel;
    struct switch_conf conf;
    struct exchange ex;
    struct link_server *server;
    struct test_app a, b;
};

static struct switch_line_conf lines[] = { { .number = "2001" }, { .number = "2002" } };

static void open_app(struct fixture *f, struct test_app *app)
{
    test_app_open(app, &f->loop, f->wheel, link_server_address(f->server));
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    uv_loop_init(&f->loop);
    f->wheel = wheel_new(clock_now_ms());
    f->conf = (struct switch_conf){ .user = "CtiGW",
                                    .lines = { lines, 2 },
                                    .heartbeat_s = HEARTBEAT_S,
                                    .session_max_s = SESSION_MAX_S,
                                    .start_timeout_s = START_TIMEOUT_S,
                                    .max_monitors = 10,
                                    .max_monitors_per_line = 10,
                                    .max_calls = 10,
                                    .max_calls_per_line = 2,
                                    .call_waiting = true };
    assert_int_equal(exchange_init(&f->ex, &f->conf, "secret", f->wheel), 0);
    struct link_options options = {
        .loop = &f->loop,
        .wheel = f->wheel,
        .max_links = 10,
        .max_write_queue = 1 << 20,
        .frame_timeout_ms = 10000,
    };
    net_addr_parse(&options.listen, "127.0.0.1:0", 0);
    f->server = link_server_new(&options, &association_host, &f->ex);
    assert_non_null(f->server);
    open_app(f, &f->a);
    open_app(f, &f->b);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    link_server_free(&f->server);
    test_app_close(&f->a);
    test_app_close(&f->b);
    assert_true(TAILQ_EMPTY(&f->ex.associations));
    assert_int_equal(f->ex.monitors.n, 0);
    exchange_fini(&f->ex);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    wheel_free(&f->wheel);
    assert_int_equal(met_get(&switch_metrics, M_sessions), 0);
    assert_int_equal(met_get(&switch_metrics, M_monitors), 0);
    assert_int_equal(met_get(&switch_metrics, M_calls), 0);
    free(f);
    return 0;
}

static void expect(struct test_app *app, unsigned invoke_id, char const *text)
{
    assert_true(test_app_next(app));
    print_message("# %u %s\n", app->invoke_id, strchr(app->xml, '\n') + 1);
    assert_int_equal(app->invoke_id, invoke_id);
    assert_non_null(strstr(app->xml, text));
}

static void ask(struct test_app *app, unsigned invoke_id, char const *xml, char const *answer)
{
    test_app_send(app, invoke_id, xml);
    expect(app, invoke_id, answer);
}

static void start(struct test_app *app)
{
    ask(app, 0, GOOD_START, "<StartApplicationSessionPosResponse");
}

static void test_start(void **state)
{
    struct fixture *f = *state;
    ask(&f->a, 7, GOOD_START, "<actualSessionDuration>180<");
    assert_non_null(strstr(f->a.xml, "<actualProtocolVersion>" NS3 "<"));
    assert_non_null(strstr(f->a.xml, "<sessionID>"));
    ask(&f->b, 0, START("CtiGW", "secret", NS3, "999999"), "<actualSessionDuration>3600<");
    ask(&f->a, 8, STATUS_REQUEST, "<systemStatus>normal</systemStatus>");
}

/* clang-format off */
static struct {
    char const *name, *xml, *error; /* error NULL: closed without an answer */
    enum switch_metric counter;
} const refused[] = {
    { "wrong password", START("CtiGW", "guess", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "other case", START("CtiGW", "Secret", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "half of it", START("CtiGW", "sec", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "it twice", START("CtiGW", "secretsecret", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "no password", START("CtiGW", "", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "wrong user", START("ctigw", "secret", NS3, "180"), CREDENTIALS, M_sessions_refused },
    { "unknown version", START("CtiGW", "secret", "urn:other", "180"),
      "requestedProtocolVersionNotSupported", M_sessions_refused },
    { "a service first", MAKE_CALL, NULL, M_sessions_missing },
    { "garbage first", "this is not XML", NULL, M_sessions_missing },
    { "half a start", "<StartApplicationSession" XMLNS_354 "/>", NULL, M_sessions_missing },
};
/* clang-format on */

static void test_refused(void **state)
{
    struct fixture *f = *state;
    start(&f->a);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int64_t before = met_get(&switch_metrics, refused[i].counter);
        struct test_app app;
        print_message("# %s\n", refused[i].name);
        open_app(f, &app);
        test_app_send(&app, 3, refused[i].xml);
        if (refused[i].error) {
            expect(&app, 3, "<StartApplicationSessionNegResponse");
            assert_non_null(strstr(app.xml, refused[i].error));
        }
        assert_true(test_app_is_closed(&app));
        assert_int_equal(met_get(&switch_metrics, refused[i].counter), before + 1);
        test_app_close(&app);
    }
    assert_true(TAILQ_EMPTY(&f->ex.calls.all));
    ask(&f->a, 1, STATUS_REQUEST, "normal");
}

static void test_no_start_in_time(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_sessions_missing);
    start(&f->a);
    clock_advance_ms(START_TIMEOUT_S * 1000 + 100);
    assert_true(test_app_is_closed(&f->b));
    assert_int_equal(met_get(&switch_metrics, M_sessions_missing), before + 1);
    ask(&f->a, 1, STATUS_REQUEST, "normal");
}

/* The one who makes the call sees the response first; the other session sees its own events. */
static void test_response_before_events(void **state)
{
    struct fixture *f = *state;
    start(&f->a);
    start(&f->b);
    ask(&f->a, 1, MONITOR("2001"), "<monitorCrossRefID>");
    ask(&f->b, 1, MONITOR("2002"), "<monitorCrossRefID>");
    ask(&f->a, 2, MAKE_CALL, "<MakeCallResponse");
    expect(&f->a, CSTA_INVOKE_EVENT, "<OriginatedEvent");
    expect(&f->a, CSTA_INVOKE_EVENT, "<DeliveredEvent");
    assert_non_null(strstr(f->a.xml, "<localConnectionInfo>connected<"));
    expect(&f->b, CSTA_INVOKE_EVENT, "<DeliveredEvent");
    assert_non_null(strstr(f->b.xml, "<localConnectionInfo>alerting<"));

    ask(&f->b, 2,
        "<AnswerCall" XMLNS "><callToBeAnswered><deviceID>2002</deviceID></callToBeAnswered>"
        "</AnswerCall>",
        "<AnswerCallResponse");
    expect(&f->b, CSTA_INVOKE_EVENT, "<EstablishedEvent");
    expect(&f->a, CSTA_INVOKE_EVENT, "<EstablishedEvent");

    /* pipelined: each answer, then its events, in order */
    test_app_send(&f->a, 3,
                  "<HoldCall" XMLNS "><callToBeHeld><deviceID>2001</deviceID></callToBeHeld>"
                  "</HoldCall>");
    test_app_send(&f->a, 4,
                  "<RetrieveCall" XMLNS "><callToBeRetrieved><deviceID>2001</deviceID>"
                  "</callToBeRetrieved></RetrieveCall>");
    test_app_send(&f->a, 5,
                  "<ClearConnection" XMLNS "><connectionToBeCleared><deviceID>2001</deviceID>"
                  "</connectionToBeCleared></ClearConnection>");
    expect(&f->a, 3, "<HoldCallResponse");
    expect(&f->a, CSTA_INVOKE_EVENT, "<HeldEvent");
    expect(&f->a, 4, "<RetrieveCallResponse");
    expect(&f->a, CSTA_INVOKE_EVENT, "<RetrievedEvent");
    expect(&f->a, 5, "<ClearConnectionResponse");
    expect(&f->a, CSTA_INVOKE_EVENT, "<ConnectionClearedEvent");
    expect(&f->b, CSTA_INVOKE_EVENT, "<HeldEvent");
    expect(&f->b, CSTA_INVOKE_EVENT, "<RetrievedEvent");
    expect(&f->b, CSTA_INVOKE_EVENT, "<ConnectionClearedEvent");
    expect(&f->b, CSTA_INVOKE_EVENT, "<ConnectionClearedEvent");
}

/* Events come in the edition of their MonitorStart, errors in that of the request. */
static void test_editions(void **state)
{
    struct fixture *f = *state;
    start(&f->a);
    ask(&f->a, 1,
        "<MonitorStart xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed5\">"
        "<monitorObject><deviceObject>2002</deviceObject></monitorObject></MonitorStart>",
        "csta/ed5");
    ask(&f->a, 2, MAKE_CALL, "csta/ed3");
    expect(&f->a, CSTA_INVOKE_EVENT, "csta/ed5");
    ask(&f->a, 3,
        "<IntrudeCall xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed4\"/>",
        "<operation>serviceNotSupported</operation>");
    assert_non_null(strstr(f->a.xml, "csta/ed4"));
}

static struct {
    char const *name, *xml;
} const hostile[] = {
    { "garbage", "this is not XML" },
    { "cut off", "<MakeCall" XMLNS "><callingDevice>20" },
    { "DOCTYPE", "<!DOCTYPE a [<!ENTITY b \"c\">]><MakeCall" XMLNS ">&b;</MakeCall>" },
    { "other namespace", "<MakeCall xmlns=\"urn:other\"/>" },
    { "empty", "" },
};

static void test_hostile_link_alone_dies(void **state)
{
    struct fixture *f = *state;
    start(&f->a);
    ask(&f->a, 1, MONITOR("2001"), "<monitorCrossRefID>");
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        int64_t before = met_get(&switch_metrics, M_frames_not_csta);
        struct test_app app;
        print_message("# %s\n", hostile[i].name);
        open_app(f, &app);
        start(&app);
        ask(&app, 1, MONITOR("2001"), "<monitorCrossRefID>");
        test_app_send(&app, 2, hostile[i].xml);
        assert_true(test_app_is_closed(&app));
        test_app_close(&app);
        assert_int_equal(met_get(&switch_metrics, M_frames_not_csta), before + 1);
        assert_int_equal(f->ex.monitors.n, 1);
    }
    ask(&f->a, 2, MAKE_CALL, "<MakeCallResponse");
    expect(&f->a, CSTA_INVOKE_EVENT, "<OriginatedEvent");
}

static void test_stop_and_start_anew(void **state)
{
    struct fixture *f = *state;
    char stop[512];
    start(&f->a);
    struct association const *as = TAILQ_FIRST(&f->ex.associations);
    ask(&f->a, 1, MONITOR("2001"), "<monitorCrossRefID>");
    ask(&f->a, 2,
        "<StopApplicationSession" XMLNS_354 "><sessionID>x</sessionID></StopApplicationSession>",
        "<StopApplicationSessionNegResponse");
    assert_int_equal(f->ex.monitors.n, 1);
    snprintf(stop, sizeof stop,
             "<StopApplicationSession%s><sessionID>%s</sessionID></StopApplicationSession>",
             XMLNS_354, as->session_id);
    ask(&f->a, 3, stop, "<StopApplicationSessionPosResponse");
    assert_int_equal(f->ex.monitors.n, 0);
    start(&f->a);
    ask(&f->a, 4, STATUS_REQUEST, "normal");
}

static void test_duration(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_sessions_expired);
    char reset[512];
    ask(&f->a, 0, START("CtiGW", "secret", NS3, "50"), "<actualSessionDuration>50<");
    ask(&f->b, 0, START("CtiGW", "secret", NS3, "50"), "<actualSessionDuration>50<");
    struct association const *as = TAILQ_FIRST(&f->ex.associations);
    snprintf(reset, sizeof reset,
             "<ResetApplicationSessionTimer%s><sessionID>%s</sessionID><requestedSessionDuration>50"
             "</requestedSessionDuration></ResetApplicationSessionTimer>",
             XMLNS_354, as->session_id);
    clock_advance_ms(29000);
    ask(&f->a, 1, reset, "<actualSessionDuration>50<");
    ask(&f->b, 1, STATUS_REQUEST, "normal");
    clock_advance_ms(22000);
    assert_true(test_app_is_closed(&f->b));
    assert_int_equal(met_get(&switch_metrics, M_sessions_expired), before + 1);
    expect(&f->a, 0, "<SystemStatus ");
    ask(&f->a, 2, STATUS_REQUEST, "normal");
}

static void test_heartbeat(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_sessions_silent);
    start(&f->a);
    start(&f->b);
    ask(&f->a, 1, "<SystemStatus" XMLNS "><systemStatus>normal</systemStatus></SystemStatus>",
        "<SystemStatusResponse");
    clock_advance_ms(HEARTBEAT_S * 1000);
    expect(&f->a, 0, "<systemStatus>normal<");
    expect(&f->b, 0, "<systemStatus>normal<");
    test_app_send(&f->a, 0, STATUS_ANSWER);
    test_app_settle(&f->a);
    clock_advance_ms(HEARTBEAT_S * 1000);
    expect(&f->a, 1, "<systemStatus>normal<");
    assert_true(test_app_is_closed(&f->b));
    assert_int_equal(met_get(&switch_metrics, M_sessions_silent), before + 1);
    test_app_send(&f->a, 1, STATUS_ANSWER);
    ask(&f->a, 9, STATUS_REQUEST, "normal");
}

static void test_lost_link_takes_its_monitors(void **state)
{
    struct fixture *f = *state;
    struct test_app app;
    open_app(f, &app);
    start(&app);
    ask(&app, 1, MONITOR("2001"), "<monitorCrossRefID>");
    assert_int_equal(f->ex.monitors.n, 1);
    test_app_close(&app);
    assert_int_equal(f->ex.monitors.n, 0);
}

static void test_messages_that_nobody_asked_for(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_requests_unexpected);
    start(&f->a);
    test_app_send(&f->a, 1, "<AnswerCallResponse" XMLNS "/>");
    test_app_send(&f->a, 2, GOOD_START);
    ask(&f->a, 3, STATUS_REQUEST, "normal");
    assert_int_equal(met_get(&switch_metrics, M_requests_unexpected), before + 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_start, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_start_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_response_before_events, setup, teardown),
        cmocka_unit_test_setup_teardown(test_editions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_link_alone_dies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop_and_start_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_duration, setup, teardown),
        cmocka_unit_test_setup_teardown(test_heartbeat, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost_link_takes_its_monitors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_messages_that_nobody_asked_for, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
