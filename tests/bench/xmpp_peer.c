/* SPDX-License-Identifier: Apache-2.0 */
/* xmpp_peer IP DOMAINS CERTIFICATE KEY CA bidi|single: what stands on both sides of crosspoint-xmpp
 * at IP, in one process. Towards its server_listen (5269) it is the servers of d0.load.test,
 * d1.load.test ..., on one port (15269), by xmpp-gw/stream; towards its listen (5084) it is the
 * proxy (5060, TCP), which answers each MESSAGE at once.
 *
 * It reads commands, and answers each with a line of JSON when the last message has come through;
 * its streams stay:
 *   to-xmpp COUNT WINDOW RATE   MESSAGEs from u0..u999@sip.test to j@ each domain in turn
 *   to-sip COUNT WINDOW RATE    stanzas the other way
 * RATE 0: as fast as they come through with WINDOW of them under way; else RATE a second. A message
 * has come through when whoever sent it is told so: by the answer to the MESSAGE, by the
 * acknowledgement of the stanza. Its latency is what lies between its sending and its arrival on
 * the other side. A message that is not heard of for SILENCE_S ends the program. */
#include "buf.h"
#include "load_times.h"
#include "load_wire.h"
#include "log.h"
#include "loop_wheel.h"
#include "message.h"
#include "secure_context.h"
#include "stack.h"
#include "streams.h"
#include "wheel.h"
#include "xml_tree.h"
#include <errno.h>
#include <signal.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SILENCE_S = 10,
    USERS = 1000,
    NAME_BYTES = 40,
    TEXT_BYTES = 200,
    REQUEST_BYTES = 4096,
    STANZA_BYTES = 16384,
    COMMAND_BYTES = 200,
    PARTNER_PORT = 15269
};
#define NS_A_SECOND UINT64_C(1000000000)
#define MS          1e6 /* in ns */

/* One message. */
struct trip {
    struct run *run;
    struct outgoing *outgoing; /* of a MESSAGE */
    uint64_t sent_ns, arrived_ns;
    unsigned long number;
};

/* What one command asks for. */
struct run {
    struct peer *peer;
    bool to_sip;
    unsigned long number; /* of the run: others' messages are none of ours */
    unsigned long count, window, rate, begun, finished, failed;
    uint64_t started_ns, heard_ns;
    double cpu_s;
    struct trip *trips; /* NULL: nothing is under way */
    char fault[TEXT_BYTES];
};

struct peer {
    uv_loop_t loop;
    struct loop_wheel lw;
    uv_check_t check;
    uv_timer_t pace;
    uv_poll_t input;
    struct stack_limits sip_limits;
    struct stack *stack;
    url_t *gateway;
    struct streams_own *own;
    char (*names)[NAME_BYTES];
    struct streams_peer sip_domain;
    char const *gateway_host;
    struct streams_settings settings;
    struct secure_context *context;
    struct streams *streams;
    struct run run;
    char command[COMMAND_BYTES];
    size_t command_len;
    int code;
};

/* --- what becomes of a message ---------------------------------------------------------------- */

static void arrive(struct peer *peer, char const *body, size_t len)
{
    struct run *run = &peer->run;
    char text[TEXT_BYTES], *rest = NULL;

    (void)snprintf(text, sizeof text, "%.*s", (int)len, body);
    unsigned long of = strtoul(text, &rest, 10), number = strtoul(rest, NULL, 10);
    if (!run->trips || of != run->number || number >= run->count || run->trips[number].arrived_ns) {
        fprintf(stderr, "xmpp_peer: nobody has sent \"%s\" now\n", text);
        peer->code = 1;
        return;
    }
    run->trips[number].arrived_ns = run->heard_ns = load_wire_now_ns();
}

/* @p why NULL: whoever sent it is told that it has arrived. */
static void finish(struct trip *trip, char const *why)
{
    struct run *run = trip->run;

    if (!why && !trip->arrived_ns)
        why = "acknowledged, but it has not arrived";
    if (why && !run->failed++)
        (void)snprintf(run->fault, sizeof run->fault, "%s", why);
    run->finished++;
    run->heard_ns = load_wire_now_ns();
}

/* --- the side of SIP -------------------------------------------------------------------------- */

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct trip *trip = ctx;
    sip_status_t const *status = sip_object(response)->sip_status;

    (void)ct;
    if (status->st_status < 200)
        return;
    outgoing_detach(trip->outgoing);
    finish(trip, status->st_status < 300 ? NULL : status->st_phrase);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    finish(ctx, "no answer to a MESSAGE");
}

static void send_message(struct peer *peer, struct trip *trip, char const *body)
{
    static struct client_handlers const handlers = { on_response, NULL, on_gone };
    unsigned long user = trip->number % USERS, domain = trip->number % peer->settings.n_own;
    struct buf text;

    buf_init(&text, REQUEST_BYTES);
    buf_printf(&text,
               "MESSAGE sip:j@d%lu.load.test SIP/2.0\r\nMax-Forwards: 69\r\n"
               "From: <sip:u%lu@sip.test>;tag=load\r\nTo: <sip:j@d%lu.load.test>\r\n"
               "Call-ID: %lu-%lu@load\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               domain, user, domain, trip->run->number, trip->number, strlen(body), body);
    msg_t *msg = message_parse(buf_text(&text), text.len);
    buf_fini(&text);
    trip->outgoing = msg ? stack_send(peer->stack, msg, peer->gateway, &handlers, trip) : NULL;
    if (!trip->outgoing)
        finish(trip, "a MESSAGE cannot be sent");
}

static void on_request(void *ctx, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));

    if (sip->sip_payload)
        arrive(ctx, sip->sip_payload->pl_data, sip->sip_payload->pl_len);
    (void)server_transaction_refuse(st, 200, "OK", NULL);
}

static void on_ack(void *ctx, struct origin const *from, msg_t *msg)
{
    (void)ctx;
    (void)from;
    (void)msg;
}

static void on_cancel(void *ctx, struct server_transaction *st)
{
    (void)ctx;
    (void)st;
}

static int open_sip(struct peer *peer, char const *ip)
{
    static struct transaction_handlers const handlers = { .on_request = on_request,
                                                          .on_ack = on_ack,
                                                          .on_cancel = on_cancel };
    char text[TEXT_BYTES];

    stack_limits_default(&peer->sip_limits);
    peer->sip_limits.gather_us = 0; /* it would be time of ours */
    peer->stack =
        stack_new(&peer->loop, peer->lw.wheel, NULL, &peer->sip_limits, NULL, &handlers, peer);
    (void)snprintf(text, sizeof text, "sip:%s:5084;transport=tcp", ip);
    peer->gateway = url_hdup(NULL, (url_t const *)text);
    (void)snprintf(text, sizeof text, "tcp:%s:5060", ip);
    int listener = peer->stack && peer->gateway ? stack_listen(peer->stack, text, NULL) : -ENOMEM;
    if (listener < 0)
        return listener;
    transport_carries_many(stack_transport(peer->stack), (uint16_t)listener);
    return 0;
}

/* --- the side of XMPP ------------------------------------------------------------------------- */

static void on_stanza(void *ctx, struct xml_tree *stanza, struct streams_incoming *in)
{
    struct peer *peer = ctx;
    struct xml_element const *root = xml_tree_root(stanza);
    char const *body = xml_element_child_text(root, "body", STREAMS_NS);
    char const *type = xml_element_attribute(root, "type");
    bool is_error = type && strcmp(type, "error") == 0;

    if (body && !is_error)
        arrive(peer, body, strlen(body));
    else if (is_error)
        fprintf(stderr, "xmpp_peer: an error came for a stanza\n");
    xml_tree_free(&stanza);
    streams_handled(in);
}

static void on_done(void *ctx, struct streams_error const *error)
{
    finish(ctx, error ? error->text : NULL);
}

static void send_stanza(struct peer *peer, struct trip *trip, char const *body)
{
    struct xml_tree *tree = xml_tree_new(STANZA_BYTES);
    struct xml_element *root = tree ? xml_tree_add(tree, NULL, "message", STREAMS_NS) : NULL;
    char text[TEXT_BYTES];
    int err = -ENOMEM;

    (void)snprintf(text, sizeof text, "j@d%lu.load.test/x", trip->number % peer->settings.n_own);
    xml_tree_attribute(tree, root, "from", text);
    (void)snprintf(text, sizeof text, "u%lu@sip.test", trip->number % USERS);
    xml_tree_attribute(tree, root, "to", text);
    xml_tree_attribute(tree, root, "type", "chat");
    (void)snprintf(text, sizeof text, "%lu-%lu", trip->run->number, trip->number);
    xml_tree_attribute(tree, root, "id", text);
    (void)xml_tree_add_text(tree, root, "thread", NULL, text);
    (void)xml_tree_add_text(tree, root, "body", NULL, body);
    if (tree)
        err = streams_send(peer->streams, tree, "", on_done, trip);
    if (err < 0)
        finish(trip, streams_refusal(err).text);
}

static void on_link(void *ctx, char const *ours, char const *theirs)
{
    (void)ctx;
    (void)ours;
    (void)theirs;
}

static int open_xmpp(struct peer *peer, char **argv)
{
    static struct streams_handlers const handlers = { .on_stanza = on_stanza,
                                                      .on_up = on_link,
                                                      .on_down = on_link };
    char const *certificate = argv[3], *key = argv[4];
    struct secure_settings const settings = { .name = "load.test",
                                              .certificates = { &certificate, 1 },
                                              .keys = { &key, 1 },
                                              .ca = argv[5],
                                              .verify_peer = SECURE_VERIFY_LATER,
                                              .verify_server = true,
                                              .min_version = SECURE_TLS_1_2,
                                              .max_version = SECURE_TLS_1_3 };
    struct secure_fault fault;
    struct net_addr addr;

    peer->context = secure_context_new(&settings, &fault);
    if (!peer->context) {
        fprintf(stderr, "xmpp_peer: %s: %s\n", fault.setting, fault.text);
        return -EINVAL;
    }
    for (size_t i = 0; i < peer->settings.n_own; i++) {
        (void)snprintf(peer->names[i], NAME_BYTES, "d%zu.load.test", i);
        peer->own[i] = (struct streams_own){ .name = peer->names[i], .context = peer->context };
    }
    peer->gateway_host = argv[1];
    peer->sip_domain = (struct streams_peer){ .name = "sip.test",
                                              .ascii = "sip.test",
                                              .hosts = &peer->gateway_host,
                                              .n_hosts = 1,
                                              .bidi = strcmp(argv[6], "bidi") == 0 };
    stream_limits_default(&peer->settings.limits);
    peer->settings.limits.max_streams_per_address = peer->settings.limits.max_streams;
    peer->settings.limits.max_strangers = peer->settings.limits.max_streams;
    peer->settings.limits.max_strangers_per_address = peer->settings.limits.max_streams;
    peer->settings.limits.max_queued = 1000000;
    peer->settings.limits.stanza_rate = 0;
    peer->streams =
        streams_new(&peer->loop, peer->lw.wheel, NULL, &peer->settings, &handlers, peer);
    if (!peer->streams)
        return -ENOMEM;
    int err = net_addr_parse(&addr, argv[1], PARTNER_PORT);
    return err < 0 ? err : streams_listen(peer->streams, &addr, false);
}

/* --- a run ------------------------------------------------------------------------------------ */

/* "latency_ms": [p50, p99, most] of those that have arrived. */
static void print_latency(struct run const *run)
{
    uint64_t *times = calloc(run->count, sizeof *times);
    size_t n = 0;

    if (!times)
        load_wire_die("out of memory");
    for (unsigned long i = 0; i < run->begun; i++)
        if (run->trips[i].arrived_ns)
            times[n++] = run->trips[i].arrived_ns - run->trips[i].sent_ns;
    load_times_sort(times, n);
    if (n)
        printf(", \"latency_ms\": [%.3f, %.3f, %.3f]", (double)times[n / 2] / MS,
               (double)times[n * 99 / 100] / MS, (double)times[n - 1] / MS);
    free(times);
}

static void end_run(struct peer *peer)
{
    struct run *run = &peer->run;
    unsigned long lost = run->count - run->finished;

    uv_timer_stop(&peer->pace);
    printf("{\"seconds\": %.4f, \"good\": %lu, \"failed\": %lu, \"lost\": %lu, \"cpu_s\": %.3f, "
           "\"fault\": \"%s\"",
           (double)(run->heard_ns - run->started_ns) / (double)NS_A_SECOND,
           run->finished - run->failed, run->failed, lost, load_times_cpu_s() - run->cpu_s,
           run->fault);
    print_latency(run);
    puts("}");
    fflush(stdout);
    if (lost) /* somebody may still speak of them */
        exit(1);
    free(run->trips);
    run->trips = NULL;
}

static void begin(struct run *run)
{
    struct trip *trip = &run->trips[run->begun];
    char body[TEXT_BYTES];

    (void)snprintf(body, sizeof body, "%lu %lu and a few words, as people write them to each other",
                   run->number, run->begun);
    *trip = (struct trip){ .run = run, .number = run->begun, .sent_ns = load_wire_now_ns() };
    run->begun++;
    if (run->to_sip)
        send_stanza(run->peer, trip, body);
    else
        send_message(run->peer, trip, body);
}

static void go_on(struct peer *peer)
{
    struct run *run = &peer->run;
    uint64_t now = load_wire_now_ns();

    if (!run->trips)
        return;
    while (run->begun < run->count && run->begun - run->finished < run->window &&
           (!run->rate || run->started_ns + run->begun * NS_A_SECOND / run->rate <= now))
        begin(run);
    if (run->finished == run->count || now > run->heard_ns + SILENCE_S * NS_A_SECOND)
        end_run(peer);
}

static void on_check(uv_check_t *check)
{
    go_on(check->data);
}

static void on_pace(uv_timer_t *timer)
{
    go_on(timer->data);
}

static void start(struct peer *peer, char const *verb, unsigned long const numbers[3])
{
    struct run *run = &peer->run;

    *run = (struct run){ .peer = peer,
                         .to_sip = strcmp(verb, "to-sip") == 0,
                         .number = run->number + 1,
                         .count = numbers[0],
                         .window = numbers[1],
                         .rate = numbers[2],
                         .cpu_s = load_times_cpu_s() };
    run->trips = calloc(run->count, sizeof *run->trips);
    if (!run->trips)
        load_wire_die("out of memory");
    run->started_ns = run->heard_ns = load_wire_now_ns();
    uv_timer_start(&peer->pace, on_pace, 1, 1);
}

/* --- commands --------------------------------------------------------------------------------- */

static bool command(struct peer *peer, char *text)
{
    char *rest = NULL, *verb = strtok_r(text, " ", &rest), *word;
    unsigned long numbers[3] = { 0 };
    size_t n = 0;

    while (n < 3 && (word = strtok_r(NULL, " ", &rest)))
        numbers[n++] = strtoul(word, NULL, 10);
    if (!verb || n != 3 || !numbers[0] || !numbers[1] || peer->run.trips ||
        (strcmp(verb, "to-xmpp") != 0 && strcmp(verb, "to-sip") != 0))
        return false;
    start(peer, verb, numbers);
    return true;
}

static void on_input(uv_poll_t *handle, int status, int events)
{
    struct peer *peer = handle->data;
    size_t room = sizeof peer->command - 1 - peer->command_len;
    ssize_t n = status < 0 ? -1 : read(STDIN_FILENO, peer->command + peer->command_len, room);
    char *end;

    (void)events;
    if (n <= 0) {
        uv_stop(&peer->loop);
        return;
    }
    peer->command_len += (size_t)n;
    peer->command[peer->command_len] = '\0';
    if (!(end = strchr(peer->command, '\n')))
        return;
    *end = '\0';
    peer->command_len = 0;
    if (command(peer, peer->command))
        return;
    fprintf(stderr, "xmpp_peer: what is \"%s\"?\n", peer->command);
    peer->code = 64;
    uv_stop(&peer->loop);
}

/* --- life ------------------------------------------------------------------------------------- */

static int open_loop(struct peer *peer)
{
    int err = uv_loop_init(&peer->loop);

    if (err == 0)
        err = loop_wheel_init(&peer->lw, &peer->loop);
    if (err == 0)
        err = uv_check_init(&peer->loop, &peer->check);
    if (err == 0)
        err = uv_timer_init(&peer->loop, &peer->pace);
    if (err == 0)
        err = uv_poll_init(&peer->loop, &peer->input, STDIN_FILENO);
    if (err < 0)
        return err;
    peer->check.data = peer->pace.data = peer->input.data = peer;
    uv_check_start(&peer->check, on_check);
    return uv_poll_start(&peer->input, UV_READABLE, on_input);
}

static void close_all(struct peer *peer)
{
    streams_free(&peer->streams);
    stack_free(&peer->stack);
    uv_close((uv_handle_t *)&peer->check, NULL);
    uv_close((uv_handle_t *)&peer->pace, NULL);
    uv_close((uv_handle_t *)&peer->input, NULL);
    loop_wheel_close(&peer->lw);
    uv_run(&peer->loop, UV_RUN_DEFAULT);
    wheel_free(&peer->lw.wheel);
    uv_loop_close(&peer->loop);
    secure_context_unref(&peer->context);
    su_free(NULL, peer->gateway);
    free(peer->own);
    free(peer->names);
}

int main(int argc, char **argv)
{
    struct peer peer = { .code = 0 };
    size_t n = argc == 7 ? strtoul(argv[2], NULL, 10) : 0;

    if (!n) {
        fprintf(stderr, "usage: see the head of xmpp_peer.c\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    log_init("xmpp_peer", LOG_WARN);
    peer.own = calloc(n, sizeof *peer.own);
    peer.names = calloc(n, sizeof *peer.names);
    peer.settings = (struct streams_settings){
        .own = peer.own, .n_own = n, .peers = &peer.sip_domain, .n_peers = 1
    };
    int err = peer.own && peer.names ? open_loop(&peer) : -ENOMEM;
    if (err == 0)
        err = open_sip(&peer, argv[1]);
    if (err == 0)
        err = open_xmpp(&peer, argv);
    if (err < 0) {
        errno = -err;
        load_wire_die("xmpp_peer");
    }
    uv_run(&peer.loop, UV_RUN_DEFAULT);
    close_all(&peer);
    return peer.code;
}
