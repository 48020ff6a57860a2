/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the verbs of the call scripts and how events are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call_rig.h"
#include "clock.h"
#include "events.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const *const type_names[] = { "",
#define NAME(name, kind) #name,
                                          CSTA_TYPE_LIST(NAME)
#undef NAME
};
static char const *const state_names[] = { "-",
#define NAME(name) #name,
                                           CSTA_CONNECTION_STATE_LIST(NAME)
#undef NAME
};
static char const *const cause_names[] = { "-",
#define NAME(name) #name,
                                           CSTA_CAUSE_LIST(NAME)
#undef NAME
};
static char const *const forwarding_names[] = { "-",
#define NAME(name) #name,
                                                CSTA_FORWARDING_LIST(NAME)
#undef NAME
};

/* --- what is seen ----------------------------------------------------------------------------- */

static unsigned call_number(char const *id)
{
    return (unsigned)strtoul(strchr(id, '-') + 1, NULL, 10);
}

static char const *device_text(struct csta_device const *device)
{
    return device->kind == CSTA_DEVICE_IDENTIFIER   ? device->id
           : device->kind == CSTA_DEVICE_RESTRICTED ? "hidden"
                                                    : "?";
}

static void print_join(struct buf *out, struct csta_msg const *m)
{
    buf_printf(out, " %s+%s:", device_text(&m->subject), device_text(&m->destination));
    for (size_t i = 0; i < m->n_connections; i++) {
        struct csta_connection_item const *item = &m->connections[i];
        buf_printf(out, " %s/%u", item->endpoint ? item->endpoint : "hidden",
                   call_number(item->now.call_id));
        if (item->before.call_id)
            buf_printf(out, "<%u", call_number(item->before.call_id));
        buf_printf(out, "=%s", state_names[item->state]);
    }
}

static void print_more(struct buf *out, struct csta_msg const *m)
{
    if (m->calling.kind == CSTA_DEVICE_RESTRICTED)
        buf_puts(out, " caller=hidden");
    if (m->redirected.kind == CSTA_DEVICE_IDENTIFIER ||
        m->redirected.kind == CSTA_DEVICE_RESTRICTED)
        buf_printf(out, " from=%s", device_text(&m->redirected));
    if (m->type == CSTA_DivertedEvent)
        buf_printf(out, " to=%s", device_text(&m->destination));
    if (m->type == CSTA_NetworkReachedEvent)
        buf_printf(out, " by=%s", device_text(&m->subject));
    if (m->type == CSTA_QueuedEvent)
        buf_printf(out, " front=%u", m->calls_in_front);
    if (m->digits)
        buf_printf(out, " digits=%s", m->digits);
    if (m->n_connections > 0)
        print_join(out, m);
}

static void print_line_event(struct buf *out, struct csta_msg const *m)
{
    buf_printf(out, "%s %s", device_text(&m->subject), m->on ? "on" : "off");
    if (m->type == CSTA_ForwardingEvent)
        buf_printf(out, " %s %s %u", forwarding_names[m->forwarding],
                   m->directory_number ? m->directory_number : "-", m->ring_count);
    buf_puts(out, "\n");
}

static void print_event(struct monitor *monitor, struct csta_msg const *m)
{
    struct call_rig *rig = monitor->ctx;
    struct buf *out = &rig->seen;
    char const *name = type_names[m->type];
    char const *who = monitor->station ? monitor->station->name
                      : monitor->line  ? monitor->line->number
                                       : "call";
    buf_printf(out, "%s %.*s ", who, (int)(strlen(name) - strlen("Event")), name);
    if (!m->conn.call_id) {
        print_line_event(out, m);
        return;
    }
    buf_printf(out, "%u", call_number(m->conn.call_id));
    if (m->held.call_id)
        buf_printf(out, "+%u", call_number(m->held.call_id));
    buf_printf(out, " %s %s %s", m->conn.device_id ? m->conn.device_id : "-",
               state_names[m->local_state], cause_names[m->cause]);
    print_more(out, m);
    buf_puts(out, "\n");
}

static void on_event(void *ctx, struct call_event const *event)
{
    (void)ctx;
    events_tell(event, print_event);
}

static void on_line_event(void *ctx, struct line_event const *event)
{
    (void)ctx;
    events_tell_line(event, print_event);
}

static void ignore_line_event(void *ctx, struct line_event const *event)
{
    if (event->type != CSTA_HookswitchEvent)
        on_line_event(ctx, event);
}

static void on_move(void *ctx, struct call *from, struct call *to)
{
    (void)ctx;
    monitor_follow(from, to);
}

static void on_end(void *ctx, struct call *call)
{
    struct call_rig *rig = ctx;
    events_tell_end(call, print_event);
    monitor_end(&rig->monitors, call);
}

/* --- the switch ------------------------------------------------------------------------------- */

static void watch(struct call_rig *rig, struct monitor_options options)
{
    struct monitor *monitor;
    options.owner = &rig->list;
    options.ctx = rig;
    assert_int_equal(monitor_start(&rig->monitors, &options, &monitor), MONITOR_OK);
}

static void add_lines(struct call_rig *rig)
{
    static char const *const one[] = { "SEP1" }, *const two[] = { "SEP4A", "SEP4B" };
    static struct line_options const lines[] = {
        { "2001", one, 1, 0, false }, { "2002", NULL, 0, 0, false }, { "2003", NULL, 0, 0, false },
        { "2004", two, 2, 0, false }, { "2005", NULL, 0, 2, false }, { "2006", one, 1, 0, false },
        { "2007", NULL, 0, 0, true },
    };
    static char const *const watched[] = { "2001",  "2002", "2003", "2004", "SEP4A",
                                           "SEP4B", "2005", "2006", "2007" };
    static struct line_trunk const trunk = { "T1", "+", 2 };
    rig->lines.trunks = &trunk;
    rig->lines.n_trunks = 1;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(line_add(&rig->lines, &lines[i]), 0);
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        struct monitor_options options = { .call = NULL };
        assert_true(line_resolve(&rig->lines, watched[i], &options.at));
        watch(rig, options);
    }
}

void call_rig_init(struct call_rig *rig, struct call_rig_script const *script)
{
    line_table_init(&rig->lines);
    rig->lines.on_event = script->hookswitch ? on_line_event : ignore_line_event;
    monitor_table_init(&rig->monitors, 100, 100);
    TAILQ_INIT(&rig->list);
    rig->wheel = wheel_new(clock_now_ms());
    buf_init(&rig->seen, 65536);
    struct call_options options = {
        .lines = &rig->lines,
        .wheel = rig->wheel,
        .no_answer_ms = script->rings_for_ever ? 0 : 30000,
        .ring_ms = 5000,
        .rings = 4,
        .dial_ms = 4000,
        .max_calls = 4,
        .max_calls_per_line = 2,
        .max_members = 3,
        .max_diversions = 3,
        .call_waiting = !script->no_call_waiting,
        .offered = script->offered,
        .accept_ms = script->accept_ms,
        .on_event = on_event,
        .on_move = on_move,
        .on_end = on_end,
        .ctx = rig,
    };
    call_table_init(&rig->calls, &options);
    add_lines(rig);
}

void call_rig_fini(struct call_rig *rig)
{
    call_table_fini(&rig->calls);
    monitor_stop_all(&rig->monitors, &rig->list);
    monitor_table_fini(&rig->monitors);
    line_table_fini(&rig->lines);
    wheel_free(&rig->wheel);
    buf_fini(&rig->seen);
}

/* --- verbs ------------------------------------------------------------------------------------ */

struct words {
    char w[4][NUMBER_MAX + 1]; /* verb, who, call or number, more */
    enum call_actor actor;
    struct line_ref at;
};

static struct call *find_call(struct call_rig *rig, char const *number)
{
    struct call *call;
    TAILQ_FOREACH(call, &rig->calls.all, link)
    {
        if (call_number(call->id) == strtoul(number, NULL, 10))
            return call;
    }
    return NULL;
}

static struct call_conn *find_conn(struct call_rig *rig, struct words const *words,
                                   char const *number)
{
    struct call *call = find_call(rig, number);
    struct call_conn *conn = call ? call_conn_of(call, words->at.line) : NULL;
    assert_non_null(conn);
    return conn;
}

static enum call_fault op_make(struct call_rig *rig, struct words const *words)
{
    struct call *call;
    enum call_mode mode = *words->w[0] == 'm'   ? CALL_DIRECT
                          : *words->w[0] == 'p' ? CALL_PROMPT
                                                : CALL_MANUAL;
    return call_make(&rig->calls, words->at, words->w[2], mode, NULL, &call);
}

static enum call_fault op_accept(struct call_rig *rig, struct words const *words)
{
    return call_accept(find_conn(rig, words, words->w[2]));
}

static enum call_fault op_answer(struct call_rig *rig, struct words const *words)
{
    return call_answer(find_conn(rig, words, words->w[2]), words->at.station, words->actor);
}

static enum call_fault op_hold(struct call_rig *rig, struct words const *words)
{
    return call_hold(find_conn(rig, words, words->w[2]), words->actor);
}

static enum call_fault op_retrieve(struct call_rig *rig, struct words const *words)
{
    return call_retrieve(find_conn(rig, words, words->w[2]), words->actor);
}

static enum call_fault op_lift(struct call_rig *rig, struct words const *words)
{
    return call_lift(find_conn(rig, words, words->w[2]));
}

static enum call_fault op_clear(struct call_rig *rig, struct words const *words)
{
    call_clear(find_conn(rig, words, words->w[2]));
    return CALL_OK;
}

static enum call_fault op_clear_call(struct call_rig *rig, struct words const *words)
{
    call_clear_all(find_conn(rig, words, words->w[2])->call);
    return CALL_OK;
}

static enum call_fault op_digits(struct call_rig *rig, struct words const *words)
{
    return call_dial(find_conn(rig, words, words->w[2]), words->w[3]);
}

static enum call_fault op_dtmf(struct call_rig *rig, struct words const *words)
{
    return call_send_digits(find_conn(rig, words, words->w[2]), words->w[3]);
}

static enum call_fault op_consult(struct call_rig *rig, struct words const *words)
{
    struct call *call;
    return call_consult(find_conn(rig, words, words->w[2]), words->w[3], CALL_FOR_ANYTHING, &call);
}

static enum call_fault op_consult_to_talk(struct call_rig *rig, struct words const *words)
{
    struct call *call;
    return call_consult(find_conn(rig, words, words->w[2]), words->w[3], CALL_FOR_TALK, &call);
}

static enum call_fault op_alternate(struct call_rig *rig, struct words const *words)
{
    return call_alternate(find_conn(rig, words, words->w[2]), find_conn(rig, words, words->w[3]));
}

static enum call_fault op_reconnect(struct call_rig *rig, struct words const *words)
{
    return call_reconnect(find_conn(rig, words, words->w[3]), find_conn(rig, words, words->w[2]));
}

static enum call_fault op_transfer(struct call_rig *rig, struct words const *words)
{
    return call_transfer(find_conn(rig, words, words->w[2]), find_conn(rig, words, words->w[3]),
                         &rig->join);
}

static enum call_fault op_conference(struct call_rig *rig, struct words const *words)
{
    return call_conference(find_conn(rig, words, words->w[2]), find_conn(rig, words, words->w[3]),
                           &rig->join);
}

static enum call_fault op_send_to(struct call_rig *rig, struct words const *words)
{
    return call_send_to(find_conn(rig, words, words->w[2]), words->w[3], NULL, &rig->join);
}

static enum call_fault take_in(struct call_rig *rig, struct words const *words, bool silent)
{
    struct line_ref whom;
    assert_true(line_resolve(&rig->lines, words->w[3], &whom));
    return call_take_in(find_conn(rig, words, words->w[2]), whom, silent, &rig->join);
}

static enum call_fault op_take_in(struct call_rig *rig, struct words const *words)
{
    return take_in(rig, words, false);
}

static enum call_fault op_listen_in(struct call_rig *rig, struct words const *words)
{
    return take_in(rig, words, true);
}

static enum call_fault op_deflect(struct call_rig *rig, struct words const *words)
{
    return call_deflect(find_conn(rig, words, words->w[2]), words->w[3]);
}

static enum call_fault op_pick_up(struct call_rig *rig, struct words const *words)
{
    struct line_ref at;
    assert_true(line_resolve(&rig->lines, words->w[3], &at));
    return call_pick_up(find_conn(rig, words, words->w[2]), at);
}

static enum call_fault op_watch(struct call_rig *rig, struct words const *words)
{
    watch(rig, (struct monitor_options){ .call = find_conn(rig, words, words->w[2])->call });
    return CALL_OK;
}

static enum call_fault op_busy(struct call_rig *rig, struct words const *words)
{
    (void)rig;
    words->at.line->busy = true;
    return CALL_OK;
}

static enum call_fault op_free(struct call_rig *rig, struct words const *words)
{
    words->at.line->busy = false;
    call_line_freed(&rig->calls, words->at.line);
    return CALL_OK;
}

static enum call_fault op_dnd(struct call_rig *rig, struct words const *words)
{
    feature_set_dnd(&rig->lines, words->at.line, strcmp(words->w[2], "on") == 0);
    return CALL_OK;
}

static enum call_fault op_message(struct call_rig *rig, struct words const *words)
{
    feature_set_message_waiting(&rig->lines, words->at.line, strcmp(words->w[2], "on") == 0);
    return CALL_OK;
}

static struct station *phone_of(struct words const *words)
{
    return words->at.station ? words->at.station : words->at.line->stations[0];
}

static enum call_fault op_fail(struct call_rig *rig, struct words const *words)
{
    call_set_service(&rig->calls, phone_of(words), false);
    return CALL_OK;
}

static enum call_fault op_repair(struct call_rig *rig, struct words const *words)
{
    call_set_service(&rig->calls, phone_of(words), true);
    return CALL_OK;
}

/* "forward 2001 forwardBusy 2002", "forward 2001 forwardBusy" switches off. */
static enum call_fault op_forward(struct call_rig *rig, struct words const *words)
{
    struct feature_forward wanted = { .active = words->w[3][0] != '\0' };
    unsigned type = CSTA_FORWARDINGS - 1;
    while (type > 0 && strcmp(forwarding_names[type], words->w[2]) != 0)
        type--;
    assert_true(events_parse_forwarding((enum csta_forwarding)type, &wanted));
    snprintf(wanted.to, sizeof wanted.to, "%s", words->w[3]);
    enum feature_fault fault = feature_set_forward(&rig->lines, words->at.line, &wanted);
    return fault == FEATURE_OK ? CALL_OK : CALL_FAULT_DESTINATION;
}

static struct {
    char const *verb;
    enum call_fault (*run)(struct call_rig *rig, struct words const *words);
} const verbs[] = {
    { "make", op_make },
    { "prompt", op_make },
    { "dial", op_make },
    { "accept", op_accept },
    { "answer", op_answer },
    { "hold", op_hold },
    { "retrieve", op_retrieve },
    { "lift", op_lift },
    { "clear", op_clear },
    { "clear-call", op_clear_call },
    { "digits", op_digits },
    { "dtmf", op_dtmf },
    { "consult", op_consult },
    { "consult-to-talk", op_consult_to_talk },
    { "alternate", op_alternate },
    { "reconnect", op_reconnect },
    { "transfer", op_transfer },
    { "conference", op_conference },
    { "send-to", op_send_to },
    { "take-in", op_take_in },
    { "listen-in", op_listen_in },
    { "deflect", op_deflect },
    { "pick-up", op_pick_up },
    { "watch", op_watch },
    { "busy", op_busy },
    { "free", op_free },
    { "dnd", op_dnd },
    { "message", op_message },
    { "fail", op_fail },
    { "repair", op_repair },
    { "forward", op_forward },
};

/* A number outside may be one who has called, or one who is just about to. */
static void find_who(struct call_rig *rig, struct words *words)
{
    if (line_resolve(&rig->lines, words->w[1], &words->at))
        return;
    words->at = (struct line_ref){ line_guest(&rig->lines, words->w[1]), NULL };
    assert_non_null(words->at.line);
}

enum call_fault call_rig_run(struct call_rig *rig, char const *op)
{
    struct words words = { .actor = CALL_BY_SERVICE };
    if (strncmp(op, "hand-", 5) == 0) {
        words.actor = CALL_BY_HAND;
        op += 5;
    }
    for (size_t n = 0; *op && n < sizeof words.w / sizeof *words.w; n++) {
        size_t len = strcspn(op, " ");
        snprintf(words.w[n], sizeof words.w[n], "%.*s", (int)len, op);
        op += len + (op[len] == ' ');
    }
    if (strcmp(words.w[0], "wait") == 0) {
        clock_advance_ms(strtoul(words.w[1], NULL, 10));
        wheel_run(rig->wheel, clock_now_ms() + WHEEL_TICK_MS);
        return CALL_OK;
    }
    find_who(rig, &words);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].verb, words.w[0]) == 0)
            return verbs[i].run(rig, &words);
    fail_msg("no verb %s", words.w[0]);
    return CALL_OK;
}

void call_rig_play(struct call_rig_script const *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct call_rig rig = { .list.tqh_first = NULL };
        call_rig_init(&rig, &scripts[i]);
        for (struct call_rig_step const *s = scripts[i].steps;
             s < scripts[i].steps + CALL_RIG_STEPS && s->op; s++) {
            print_message("# %s: %s\n", scripts[i].name, s->op);
            buf_reset(&rig.seen);
            assert_int_equal(call_rig_run(&rig, s->op), s->fault);
            assert_string_equal(buf_text(&rig.seen), s->events ? s->events : "");
        }
        call_rig_fini(&rig);
    }
}

struct scripts {
    struct call_rig_script const *v;
    size_t n;
};

static void test_scripts(void **state)
{
    struct scripts const *scripts = *state;
    call_rig_play(scripts->v, scripts->n);
}

int call_rig_main(struct call_rig_script const *scripts, size_t n)
{
    struct scripts all = { scripts, n };
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_prestate(test_scripts, &all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
