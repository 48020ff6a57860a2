/* SPDX-License-Identifier: Apache-2.0 */
/* The rig: transport double, owner double, script player. */
#include "transaction_rig.h"
#include "buf.h"
#include "clock.h"
#include "fsm.h"
#include "message.h"
#include "transport.h"
#include "wheel.h"
#include <errno.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The double of transport.c: this struct is the "transport". */
struct transport {
    struct rig *rig;
    struct net_addr local;
    struct transport_waiter *waiter;
    int error;
};

struct rig {
    struct transport transport;
    struct stack_limits limits;
    struct wheel *wheel;
    struct transaction_layer *layer;
    enum transport_kind kind;
    char const *branch;
    uint64_t start_ms;
    struct buf trace, sent;
    char taken[256];
    struct destination sent_to;
    struct server_transaction *st;
    struct client_transaction *ct;
    msg_t *request; /* the last one given to the owner */
    char sent_via[256], sent_method[32];
    int admission, admissions;
    bool switches, refused, hung_up, reuses;
};

static void trace(struct rig *rig, char const *prefix, char const *word)
{
    buf_printf(&rig->trace, "%s%s%s", rig->trace.len ? " " : "", prefix, word);
}

/* --- transport double ---------------------------------------------------------------------------
 */

void transport_note(struct transport *t, struct origin const *from, char const *text, size_t len)
{
    (void)t, (void)from, (void)text, (void)len;
}

int transport_pick_listener(struct transport const *t, enum transport_kind kind,
                            struct net_addr const *peer, uint16_t prefer)
{
    (void)peer, (void)prefer;
    if (kind == TRANSPORT_TCP && t->rig->switches)
        return 1;
    return kind == t->rig->kind ? 0 : -EADDRNOTAVAIL;
}

uint16_t transport_listeners(struct transport const *t)
{
    return t->rig->switches ? 2 : 1;
}

void transport_vouch(struct transport *t, uint64_t connection)
{
    (void)t;
    (void)connection;
}

bool transport_has_connection(struct transport const *t, uint64_t connection)
{
    (void)connection;
    return !t->rig->hung_up;
}

bool transport_is_refused(struct transport const *t, enum transport_kind kind,
                          struct net_addr const *addr)
{
    (void)kind, (void)addr;
    return t->rig->refused;
}

char const *transport_listener_host(struct transport const *t, uint16_t listener)
{
    (void)t, (void)listener;
    return "node.example.test";
}

struct net_addr const *transport_listener_addr(struct transport const *t, uint16_t listener)
{
    (void)listener;
    return &t->local;
}

enum transport_kind transport_listener_kind(struct transport const *t, uint16_t listener)
{
    return listener == 1 ? TRANSPORT_TCP : t->rig->kind;
}

/* The Via of a request that leaves, to answer it later. */
static void remember_via(struct rig *rig)
{
    char const *text = rig->sent.data, *via = strstr(text, "Via: ");
    size_t method = strcspn(text, " ");

    if (strncmp(text, "SIP/", 4) == 0 || !via || strncmp(text, "CANCEL", 6) == 0 ||
        strncmp(text, "ACK", 3) == 0)
        return;
    snprintf(rig->sent_method, sizeof rig->sent_method, "%.*s", (int)method, text);
    snprintf(rig->sent_via, sizeof rig->sent_via, "%.*s", (int)strcspn(via, "\r\n"), via);
}

int transport_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                   struct transport_waiter *waiter)
{
    struct rig *rig = t->rig;
    char word[16];

    if (t->error)
        return t->error;
    buf_reset(&rig->sent);
    buf_add(&rig->sent, bytes, len);
    rig->sent_to = *to;
    if (waiter) {
        waiter->linked = true;
        waiter->reused = rig->reuses;
        t->waiter = waiter;
    }
    char const *text = buf_text(&rig->sent);
    if (strncmp(text, "SIP/2.0 ", 8) == 0)
        text += 8;
    snprintf(word, sizeof word, "%.*s%s", (int)strcspn(text, " "), text,
             rig->switches && to->kind == TRANSPORT_TCP ? "/TCP" : "");
    trace(rig, ">", word);
    remember_via(rig);
    return 0;
}

void transport_forget(struct transport_waiter *waiter)
{
    waiter->linked = false;
}

/* --- owner double -------------------------------------------------------------------------------
 */

static void server_gone(void *owner, struct server_transaction *st)
{
    struct rig *rig = owner;

    if (rig->st == st)
        rig->st = NULL;
    trace(rig, "", "gone");
}

static void on_request(void *ctx, struct server_transaction *st)
{
    struct rig *rig = ctx;

    rig->st = st;
    msg_destroy(rig->request);
    rig->request = msg_ref_create(server_transaction_request(st));
    server_transaction_own(st, rig, server_gone);
    trace(rig, "", "request");
}

static void on_ack(void *ctx, struct origin const *from, msg_t *msg)
{
    (void)from, (void)msg;
    trace(ctx, "", "ack");
}

static void on_cancel(void *ctx, struct server_transaction *st)
{
    (void)st;
    trace(ctx, "", "cancel");
}

/* A keep-alive has no request. */
static int admit(void *ctx, struct origin const *from, sip_t const *request,
                 char const **ret_phrase)
{
    struct rig *rig = ctx;

    (void)from;
    rig->admissions += request != NULL;
    *ret_phrase = rig->admission > 0 ? "Go Away" : NULL;
    return rig->admission;
}

static struct transaction_handlers const handlers = { on_request, on_ack, on_cancel, admit };

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    char word[8];

    (void)ct;
    snprintf(word, sizeof word, "%d", sip_object(response)->sip_status->st_status);
    trace(ctx, "", word);
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    (void)ct;
    trace(ctx, "", why == TRANSACTION_TIMEOUT ? "timeout" : "transport");
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct rig *rig = ctx;

    if (rig->ct == ct)
        rig->ct = NULL;
    trace(rig, "", "gone");
}

static struct client_handlers const client_handlers = { on_response, on_failure, on_gone };

/* --- life ---------------------------------------------------------------------------------------
 */

struct rig *rig_new(enum transport_kind kind, char const *branch)
{
    struct rig *rig = calloc(1, sizeof *rig);

    assert_non_null(rig);
    stack_limits_default(&rig->limits);
    rig->limits.t1_ms = RIG_T1_MS;
    rig->limits.t2_ms = 8 * RIG_T1_MS;
    rig->limits.t4_ms = 10 * RIG_T1_MS;
    rig->limits.timer_c_ms = 200 * RIG_T1_MS;
    rig->kind = kind;
    rig->branch = branch;
    rig->transport.rig = rig;
    assert_int_equal(net_addr_parse(&rig->transport.local, "192.0.2.9:5070", 0), 0);
    buf_init(&rig->trace, 65536);
    buf_init(&rig->sent, 65536);
    rig->start_ms = clock_now_ms();
    rig->wheel = wheel_new(rig->start_ms);
    rig->layer = transaction_layer_new(&rig->transport, rig->wheel, &rig->limits, &handlers, rig);
    assert_non_null(rig->layer);
    return rig;
}

void rig_let_switch(struct rig *rig)
{
    rig->switches = true;
    rig->limits.udp_switch_bytes = 200;
}

void rig_free(struct rig **prig)
{
    struct rig *rig = *prig;

    *prig = NULL;
    transaction_layer_free(&rig->layer);
    wheel_free(&rig->wheel);
    msg_destroy(rig->request);
    buf_fini(&rig->trace);
    buf_fini(&rig->sent);
    free(rig);
}

void rig_close(struct rig *rig)
{
    transaction_layer_free(&rig->layer);
}

void rig_set_admission(struct rig *rig, int admission)
{
    rig->admission = admission;
}

int rig_admissions(struct rig const *rig)
{
    return rig->admissions;
}

struct stack_limits *rig_limits(struct rig *rig)
{
    return &rig->limits;
}

struct transaction_layer *rig_layer(struct rig *rig)
{
    return rig->layer;
}

char const *rig_last_sent(struct rig const *rig)
{
    return buf_text(&rig->sent);
}

struct destination const *rig_last_to(struct rig const *rig)
{
    return &rig->sent_to;
}

struct server_transaction *rig_server(struct rig const *rig)
{
    return rig->st;
}

char const *rig_take_trace(struct rig *rig)
{
    snprintf(rig->taken, sizeof rig->taken, "%s", buf_text(&rig->trace));
    buf_reset(&rig->trace);
    return rig->taken;
}

/* --- steps --------------------------------------------------------------------------------------
 */

void rig_receive_text(struct rig *rig, char const *text)
{
    struct origin from = { .kind = rig->kind, .local = rig->transport.local };
    msg_t *msg = message_parse(text, strlen(text));

    assert_non_null(msg);
    assert_int_equal(net_addr_parse(&from.peer, "192.0.2.1:5060", 0), 0);
    from.connection = rig->kind == TRANSPORT_UDP ? 0 : 7;
    transaction_receive(rig->layer, &from, msg);
}

static void receive_request(struct rig *rig, char const *line)
{
    char text[1024], words[128], *rest = words;
    static char const *const protocol[TRANSPORT_KINDS] = { "UDP", "TCP", "TLS" };

    snprintf(words, sizeof words, "%s", line);
    char const *method = strsep(&rest, " "), *cseq = strsep(&rest, " ");
    char const *tag = strsep(&rest, " "), *call_id = strsep(&rest, " ");
    snprintf(text, sizeof text,
             "%s sip:bob@example.test SIP/2.0\r\n"
             "Via: SIP/2.0/%s 192.0.2.1:5060%s%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:alice@example.test>;tag=a1\r\n"
             "To: <sip:bob@example.test>%s%s\r\nCall-ID: %s\r\nCSeq: %s %s\r\n"
             "Content-Length: 0\r\n\r\n",
             method, protocol[rig->kind], rig->branch ? ";branch=" : "",
             rig->branch ? rig->branch : "", tag && *tag ? ";tag=" : "", tag ? tag : "",
             call_id ? call_id : "call-1", cseq, method);
    rig_receive_text(rig, text);
}

/* "180", or "200 CANCEL" to answer another method than the last request's. */
static void receive_response(struct rig *rig, char const *line)
{
    char text[1024];
    char const *method = strchr(line, ' ');

    snprintf(text, sizeof text,
             "SIP/2.0 %.3s Some Phrase\r\n%s\r\nFrom: <sip:alice@example.test>;tag=a1\r\n"
             "To: <sip:bob@example.test>;tag=b1\r\nCall-ID: call-1\r\nCSeq: 5 %s\r\n"
             "Content-Length: 0\r\n\r\n",
             line, rig->sent_via, method ? method + 1 : rig->sent_method);
    rig_receive_text(rig, text);
}

static void respond(struct rig *rig, int status)
{
    assert_non_null(rig->st);
    (void)server_transaction_respond(rig->st, message_response(rig->request, status, NULL, "b1"));
}

static void send_request(struct rig *rig, char const *method)
{
    struct destination to = { .kind = rig->kind, .listener = TRANSPORT_AUTO_LISTENER };
    char text[512];

    snprintf(text, sizeof text,
             "%s sip:bob@example.test SIP/2.0\r\nRoute: <sip:192.0.2.7;lr>\r\nMax-Forwards: 70\r\n"
             "From: <sip:alice@example.test>;tag=a1\r\nTo: <sip:bob@example.test>\r\n"
             "Call-ID: call-1\r\nCSeq: 5 %s\r\nContent-Length: 0\r\n\r\n",
             method, method);
    assert_int_equal(net_addr_parse(&to.addr, "192.0.2.7:5060", 0), 0);
    rig->ct = client_transaction_new(rig->layer, message_parse(text, strlen(text)), &to,
                                     &(struct client_extra){ "loop", "" }, &client_handlers, rig);
}

static void run_until(struct rig *rig, uint64_t at_ms)
{
    uint64_t until = rig->start_ms + at_ms, now;

    while ((now = clock_now_ms()) < until) {
        uint64_t next = wheel_next_ms(rig->wheel, now);
        clock_advance_ms(next < until - now ? next + 1 : until - now);
        wheel_run(rig->wheel, clock_now_ms());
    }
}

static void die(struct rig *rig, bool opened, int error)
{
    struct transport_waiter *waiter = rig->transport.waiter;

    assert_non_null(waiter);
    if (!waiter->linked)
        return;
    waiter->linked = false;
    waiter->opened = opened;
    rig->refused = !opened;
    waiter->on_failed(waiter, error);
}

void rig_do(struct rig *rig, struct rig_step const *step)
{
    switch (step->op) {
    case RIG_END:
        break;
    case RIG_RECEIVE:
        if (step->text[0] >= '0' && step->text[0] <= '9')
            receive_response(rig, step->text);
        else
            receive_request(rig, step->text);
        break;
    case RIG_RESPOND:
    case RIG_MISUSE:
        respond(rig, (int)strtol(step->text, NULL, 10));
        break;
    case RIG_DROP:
        server_transaction_drop(rig->st);
        rig->st = NULL;
        break;
    case RIG_AT:
        run_until(rig, step->at);
        break;
    case RIG_SEND:
        send_request(rig, step->text);
        break;
    case RIG_CANCEL:
        client_transaction_cancel(rig->ct);
        break;
    case RIG_DETACH:
        client_transaction_detach(rig->ct);
        break;
    case RIG_BROKEN:
        rig->transport.error = step->text ? 0 : -ENOTCONN;
        break;
    case RIG_DIE:
        die(rig, true, step->text ? -ETIMEDOUT : -ECONNRESET);
        break;
    case RIG_LARGE:
        rig_let_switch(rig);
        break;
    case RIG_REUSE:
        rig->reuses = !step->text;
        break;
    case RIG_HANG_UP:
        rig->hung_up = true;
        break;
    case RIG_CLOSED:
        die(rig, false, -ECONNREFUSED);
        break;
    }
}

void rig_play(struct rig_script const *script)
{
    struct rig *rig = rig_new(script->kind, script->branch);
    bool last_gone = false;

    for (size_t i = 0; script->steps[i].op != RIG_END; i++) {
        struct rig_step const *step = &script->steps[i];
        char const *expect = step->expect ? step->expect : "";
        uint64_t unlisted = fsm_unlisted();
        rig_do(rig, step);
        if (fsm_unlisted() - unlisted != (step->op == RIG_MISUSE))
            fail_msg("%s, step %zu: listed or not?", script->name, i + 1);
        char const *happened = rig_take_trace(rig);
        if (strcmp(happened, expect) != 0)
            fail_msg("%s, step %zu: \"%s\" instead of \"%s\"", script->name, i + 1, happened,
                     expect);
        last_gone = strstr(expect, "gone");
    }
    if (last_gone && transaction_count(rig->layer) != 0)
        fail_msg("%s: %zu transactions are left", script->name, transaction_count(rig->layer));
    rig_free(&rig);
}

/* --- whole tests --------------------------------------------------------------------------------
 */

void rig_play_all(struct rig_script const *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rig_play(&scripts[i]);
}

void rig_expect_sound(struct fsm_table const *table)
{
    char fault[128];

    if (fsm_lint(table, fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

static struct {
    struct fsm_table const *table;
    struct rig_script const *scripts;
    size_t n;
} whole;

static void test_table_is_sound(void **state)
{
    (void)state;
    rig_expect_sound(whole.table);
}

static void test_scripts(void **state)
{
    (void)state;
    rig_play_all(whole.scripts, whole.n);
}

int rig_main(struct fsm_table const *table, struct rig_script const *scripts, size_t n)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_scripts),
    };

    whole.table = table;
    whole.scripts = scripts;
    whole.n = n;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
