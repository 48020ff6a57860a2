/* SPDX-License-Identifier: Apache-2.0 */
/* Every service, asked thousands of times with members in no order: each gets an answer, every
 * answer and every event can be written, and nothing is left over at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "events.h"
#include "fsm.h"
#include "log.h"
#include "services_rig.h"
#include "station.h"
#include <string.h>

enum { ROUNDS = 60, STEPS = 2000 };

struct storm {
    struct services_rig rig;
    uint32_t seed;
    size_t answered[CSTA_TYPES], told[CSTA_TYPES]; /* without an error; events */
};

/* The same storm on every machine (xorshift32). */
static uint32_t draw(struct storm *s, uint32_t below)
{
    s->seed ^= s->seed << 13;
    s->seed ^= s->seed >> 17;
    s->seed ^= s->seed << 5;
    return s->seed % below;
}

static void write_message(struct storm *s, struct csta_msg const *message)
{
    struct buf xml;
    buf_init(&xml, 65536);
    assert_int_equal(csta_encode(message, &xml), 0);
    assert_true(buf_ok(&xml));
    s->told[message->type]++;
    buf_fini(&xml);
}

static void send_event(struct monitor *monitor, struct csta_msg const *message)
{
    write_message(monitor->ctx, message);
}

static void on_event(void *ctx, struct call_event const *event)
{
    (void)ctx;
    events_tell(event, send_event);
}

static void on_end(void *ctx, struct call *call)
{
    struct storm *s = ctx;
    events_tell_end(call, send_event);
    monitor_end(&s->rig.ex.monitors, call);
}

static void on_line_event(void *ctx, struct line_event const *event)
{
    (void)ctx;
    events_tell_line(event, send_event);
}

static void tell(void *ctx, struct csta_msg const *message)
{
    write_message(ctx, message);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static char const *draw_device(struct storm *s)
{
    static char const *const devices[] = {
        "2001", "2002", "2003", "2004", "SEPA", "2004;device=SEPB", "+391", "99", "bob", NULL
    };
    return devices[draw(s, sizeof devices / sizeof *devices)];
}

static struct csta_conn draw_conn(struct storm *s)
{
    struct csta_conn id = { NULL, draw_device(s) };
    struct call const *call;
    struct call_conn const *conn;
    uint32_t n = 0;
    TAILQ_FOREACH(call, &s->rig.ex.calls.all, link)
    {
        TAILQ_FOREACH(conn, &call->conns, on_call)
        {
            if (draw(s, ++n) == 0)
                id = (struct csta_conn){ call->id, conn->line->number };
        }
    }
    if (draw(s, 10) == 0)
        id.call_id = draw(s, 2) ? NULL : "none";
    if (draw(s, 10) == 0)
        id.device_id = draw_device(s);
    return id;
}

static char const *draw_xref(struct storm *s)
{
    struct monitor const *monitor = TAILQ_FIRST(&s->rig.monitors);
    return monitor && draw(s, 4) ? monitor->xref : "none";
}

static struct csta_msg draw_request(struct storm *s)
{
    static char const *const digits[] = { "1", "2002", "#", "*12", "+39", "x", "" };
    struct csta_msg m = { .edition = CSTA_ED2 + draw(s, 5) };
    do
        m.type = 1 + draw(s, CSTA_TYPES - 1);
    while (!csta_is_service(m.type) || m.type == CSTA_ClearCall);
    /* Calls shall come to something. */
    if (draw(s, 4) == 0)
        m.type = CSTA_MakeCall;
    else if (draw(s, 4) == 0)
        m.type = CSTA_AnswerCall;
    m.conn = draw_conn(s);
    m.held = draw_conn(s);
    m.device = draw_device(s);
    m.directory_number = draw_device(s);
    m.auto_originate = draw(s, CSTA_ORIGINATES);
    m.consult_options = draw(s, CSTA_CONSULTS);
    m.participation = draw(s, CSTA_PARTICIPATIONS);
    m.digits = digits[draw(s, sizeof digits / sizeof *digits)];
    m.monitor_xref = draw_xref(s);
    m.filter.bits[draw(s, 2)] = draw(s, 8) ? 0 : draw(s, UINT32_MAX);
    m.on = draw(s, 2);
    m.forwarding = draw(s, CSTA_FORWARDINGS);
    m.ring_count = draw(s, 120);
    m.volume = draw(s, 120);
    m.apparatus = draw(s, 2) ? NULL : "2";
    m.requested_category = draw(s, CSTA_REQUESTED_CATEGORIES);
    return m;
}

/* Of a line's two calls, one is held: what the services on two calls want. */
static void pair_up(struct storm *s, struct csta_msg *m)
{
    struct call_conn const *a, *b;
    struct line const *line;
    TAILQ_FOREACH(line, &s->rig.ex.lines.all, link)
    {
        a = TAILQ_FIRST(&line->conns);
        b = TAILQ_LAST(&line->conns, line_conns);
        if (a == b || draw(s, 2))
            continue;
        bool first_is_held = a->state == CALL_HOLD;
        m->held = (struct csta_conn){ first_is_held ? a->call->id : b->call->id, line->number };
        m->conn = (struct csta_conn){ first_is_held ? b->call->id : a->call->id, line->number };
    }
}

static void ask(struct storm *s)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct services_client client = { &s->rig.monitors, &s->rig.registration, tell, s };
    struct csta_msg request = draw_request(s), reply;
    su_home_init(home);
    if (draw(s, 2))
        pair_up(s, &request);
    services_run(&s->rig.ex, &client, &request, home, &reply);
    assert_int_equal(reply.edition, request.edition);
    assert_true(reply.type == csta_response_of(request.type) || reply.type == CSTA_CSTAErrorCode);
    s->answered[request.type] += reply.type != CSTA_CSTAErrorCode;
    write_message(s, &reply);
    su_home_deinit(home);
}

/* --- the storm -------------------------------------------------------------------------------- */

static void round_init(struct storm *s, uint32_t round)
{
    services_rig_init(&s->rig);
    s->seed = round * 2654435761u;
    s->rig.ex.calls.options.on_event = on_event;
    s->rig.ex.calls.options.on_end = on_end;
    s->rig.ex.calls.options.offered = round & 1;
    s->rig.ex.calls.options.call_waiting = round & 2;
    s->rig.ex.calls.options.accept_ms = round & 4 ? 3000 : 0;
    s->rig.ex.calls.options.ctx = s;
    s->rig.ex.lines.on_event = on_line_event;
    s->rig.ex.lines.ctx = s;
}

/* What calls need: nobody keeps them away for long, phones break and are repaired. */
static void calm_down(struct storm *s)
{
    struct station *station;
    struct line *line;
    TAILQ_FOREACH(line, &s->rig.ex.lines.all, link)
    {
        feature_init(&line->features);
        line->queue = 1;
        line->busy = draw(s, 4) == 0;
        call_line_freed(&s->rig.ex.calls, line);
    }
    TAILQ_FOREACH(station, &s->rig.ex.lines.stations, link)
    {
        call_set_service(&s->rig.ex.calls, station, draw(s, 4) > 0);
    }
}

static void pass_time(struct storm *s)
{
    clock_advance_ms(draw(s, 6000));
    wheel_run(s->rig.wheel, clock_now_ms() + WHEEL_TICK_MS);
}

static void test_storm(void **state)
{
    static struct storm s;
    (void)state;
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        round_init(&s, round);
        for (size_t i = 0; i < STEPS; i++) {
            ask(&s);
            if (draw(&s, 10) == 0)
                pass_time(&s);
            if (draw(&s, 50) == 0)
                calm_down(&s);
            assert_int_equal(fsm_unlisted(), 0);
        }
        while (!TAILQ_EMPTY(&s.rig.ex.calls.all))
            call_clear_all(TAILQ_FIRST(&s.rig.ex.calls.all));
        monitor_stop_all(&s.rig.ex.monitors, &s.rig.monitors);
        assert_int_equal(s.rig.ex.monitors.n, 0);
        services_rig_fini(&s.rig);
    }
    /* A storm in which nothing happens shows nothing. */
    for (enum csta_type type = 1; type < CSTA_TYPES; type++) {
        bool is_asked = csta_is_service(type) && type != CSTA_ClearCall;
        size_t n = is_asked ? s.answered[type] : s.told[type];
        if (!is_asked && !csta_is_event(type))
            continue;
        print_message("# %s %zu\n", csta_type_str(type), n);
        assert_true(n > 0);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
