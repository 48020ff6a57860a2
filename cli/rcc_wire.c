/* SPDX-License-Identifier: Apache-2.0 */
/* One CSTA dialog as a user agent client. */
#define LOG_SUBSYSTEM LOG_SIP
#include "rcc_wire.h"
#include "buf.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "net_addr.h"
#include "stack.h"
#include "wheel.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXCHANGES = 8, BODY_MAX = 65536, URI_MAX = 512, INFO_STATUS_OK = 200 };

static char const body_type[] = "application/csta+xml";
static char const disposition[] = "Content-Disposition: signal;handling=required";

/* A request that waits for its final response. */
struct exchange {
    struct rcc_wire *wire;
    struct outgoing *outgoing; /* NULL: free, or nothing more comes */
    bool busy, answered;
    sip_method_t method;
    enum csta_type service;
};

struct rcc_wire {
    struct rcc_wire_options const *options;
    struct rcc_wire_handlers const *handlers;
    void *ctx;
    struct stack_limits limits;
    struct stack *stack;
    struct wheel *wheel;
    struct dialog *dialog;
    su_home_t home[1];
    url_t *proxy;
    struct exchange exchanges[EXCHANGES];
    struct wheel_timer refresh;
    unsigned session_s;
    uint32_t invite_cseq;
};

/* --- failures --------------------------------------------------------------------------------- */

static void failure_from_response(struct rcc_failure *ret, sip_t const *sip)
{
    sip_warning_t const *warning = sip->sip_warning;

    *ret = (struct rcc_failure){ .status = sip->sip_status->st_status };
    snprintf(ret->reason, sizeof ret->reason, "%s",
             sip->sip_status->st_phrase ? sip->sip_status->st_phrase : "");
    if (warning && warning->w_text)
        snprintf(ret->warning, sizeof ret->warning, "%s", warning->w_text);
}

static void failure_from_error(struct rcc_failure *ret, struct csta_error const *error)
{
    *ret = (struct rcc_failure){ .in_dialog = true, .is_csta = true, .category = error->category };
    snprintf(ret->value, sizeof ret->value, "%s", error->value ? error->value : "");
}

static void answer(struct exchange *exchange, struct csta_msg const *msg,
                   struct rcc_failure const *failure)
{
    struct rcc_wire *wire = exchange->wire;

    if (exchange->answered)
        return;
    exchange->answered = true;
    wire->handlers->on_answer(wire->ctx, exchange->service, msg, failure);
}

static void fail_text(struct exchange *exchange, char const *text)
{
    struct rcc_failure failure = { .in_dialog = true };

    snprintf(failure.text, sizeof failure.text, "%s", text);
    answer(exchange, NULL, &failure);
}

/* --- refresh ---------------------------------------------------------------------------------- */

static int send_update(struct rcc_wire *wire);

static void on_refresh(struct wheel_timer *timer)
{
    struct rcc_wire *wire = (struct rcc_wire *)((char *)timer - offsetof(struct rcc_wire, refresh));

    send_update(wire);
}

/* RFC 4028 section 10: the refresher sends at half of the interval. */
static void note_session(struct rcc_wire *wire, sip_t const *response)
{
    sip_session_expires_t const *expires = response->sip_session_expires;

    wheel_disarm(&wire->refresh);
    wire->session_s = expires ? (unsigned)expires->x_delta : 0;
    if (!expires || expires->x_delta == 0)
        return;
    if (expires->x_refresher && strcasecmp(expires->x_refresher, "uac") != 0)
        return;
    wheel_arm(wire->wheel, &wire->refresh, (uint64_t)expires->x_delta * 1000 / 2, on_refresh);
}

static void on_update_answered(struct rcc_wire *wire, sip_t const *sip)
{
    struct rcc_failure failure;

    if (sip->sip_status->st_status < 300) {
        note_session(wire, sip);
        return;
    }
    failure_from_response(&failure, sip);
    snprintf(failure.text, sizeof failure.text, "the session could not be refreshed");
    wire->handlers->on_lost(wire->ctx, &failure);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void send_ack(struct rcc_wire *wire)
{
    msg_t *ack = dialog_ack(wire->dialog, wire->invite_cseq);

    if (ack)
        stack_send_ack(wire->stack, ack, dialog_next_hop(wire->dialog));
}

/* Services whose answer says more than yes. */
static bool wants_content(enum csta_type service)
{
    return service == CSTA_RequestSystemStatus || service == CSTA_GetCSTAFeatures ||
           service == CSTA_MonitorStart || service == CSTA_MakeCall ||
           service == CSTA_SnapshotDevice;
}

/* The CSTA part of a 200. */
static void take_body(struct exchange *exchange, sip_t const *sip)
{
    struct csta_fault fault = { 0 };
    struct csta_msg msg = { 0 };
    struct rcc_failure failure = { .in_dialog = true };
    su_home_t home[1] = { SU_HOME_INIT(home) };
    sip_payload_t const *body = sip->sip_payload;

    if (!body || body->pl_len == 0) {
        if (wants_content(exchange->service))
            fail_text(exchange, "the 200 has no CSTA answer in it");
        else
            answer(exchange, &msg, NULL);
    } else if (csta_decode(home, body->pl_data, body->pl_len, &msg, &fault) < 0) {
        snprintf(failure.text, sizeof failure.text, "the answer cannot be read: %s", fault.text);
        answer(exchange, NULL, &failure);
    } else if (msg.type == CSTA_CSTAErrorCode) {
        failure_from_error(&failure, &msg.error);
        answer(exchange, NULL, &failure);
    } else if (msg.type != csta_response_of(exchange->service)) {
        snprintf(failure.text, sizeof failure.text, "the answer to %s is %s",
                 csta_type_str(exchange->service), csta_type_str(msg.type));
        answer(exchange, NULL, &failure);
    } else {
        answer(exchange, &msg, NULL);
    }
    su_home_deinit(home);
}

static void on_invite_accepted(struct exchange *exchange, sip_t const *sip)
{
    struct rcc_wire *wire = exchange->wire;

    if (exchange->answered) {
        send_ack(wire); /* the 2xx came again: our ACK was lost (RFC 3261 13.2.2.4) */
        return;
    }
    if (dialog_established(wire->dialog, sip) < 0) {
        answer(exchange, NULL, &(struct rcc_failure){ .text = "the 200 makes no usable dialog" });
        return;
    }
    send_ack(wire);
    note_session(wire, sip);
    take_body(exchange, sip);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct exchange *exchange = ctx;
    sip_t const *sip = sip_object(response);
    int status = sip->sip_status->st_status;
    struct rcc_failure failure;
    (void)ct;

    if (status < 200)
        return;
    if (exchange->method == sip_method_update) {
        on_update_answered(exchange->wire, sip);
    } else if (status >= 300) {
        failure_from_response(&failure, sip);
        answer(exchange, NULL, &failure);
    } else if (exchange->method == sip_method_invite) {
        on_invite_accepted(exchange, sip);
    } else if (exchange->method == sip_method_bye) {
        answer(exchange, &(struct csta_msg){ 0 }, NULL);
    } else {
        take_body(exchange, sip);
    }
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct exchange *exchange = ctx;
    struct rcc_wire *wire = exchange->wire;
    struct rcc_failure failure = { 0 };
    (void)ct;

    if (why == TRANSACTION_TIMEOUT)
        snprintf(failure.text, sizeof failure.text, "no answer from %s", wire->options->proxy);
    else
        snprintf(failure.text, sizeof failure.text,
                 "%s cannot be reached; is crosspoint-proxy running?", wire->options->proxy);
    failure.unreachable = why != TRANSACTION_TIMEOUT;
    if (exchange->method == sip_method_update)
        wire->handlers->on_lost(wire->ctx, &failure);
    else
        answer(exchange, NULL, &failure);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct exchange *exchange = ctx;
    (void)ct;

    exchange->outgoing = NULL;
    exchange->busy = false;
}

static struct client_handlers const client_handlers = { on_response, on_failure, on_gone };

/* --- requests --------------------------------------------------------------------------------- */

static struct exchange *free_exchange(struct rcc_wire *wire)
{
    for (size_t i = 0; i < EXCHANGES; i++)
        if (!wire->exchanges[i].busy)
            return &wire->exchanges[i];
    return NULL;
}

/* Sends @p msg (taken) as an exchange. */
static int send_request(struct rcc_wire *wire, msg_t *msg, enum csta_type service,
                        url_t const *next_hop)
{
    struct exchange *exchange = free_exchange(wire);

    if (!msg || !exchange) {
        msg_destroy(msg);
        return msg ? -EBUSY : -ENOMEM;
    }
    *exchange = (struct exchange){ .wire = wire,
                                   .busy = true,
                                   .method = sip_object(msg)->sip_request->rq_method,
                                   .service = service };
    exchange->outgoing = stack_send(wire->stack, msg, next_hop, &client_handlers, exchange);
    if (exchange->outgoing)
        return 0;
    exchange->busy = false;
    return -ENOMEM;
}

static int add_body(msg_t *msg, struct csta_msg const *request)
{
    struct buf body;
    int rc;

    buf_init(&body, BODY_MAX);
    rc = csta_encode(request, &body);
    if (rc == 0)
        rc = message_set_body(msg, body_type, body.data, body.len);
    if (rc == 0)
        rc = message_add(msg, disposition);
    buf_fini(&body);
    return rc;
}

static int add_expires(msg_t *msg, unsigned expires_s)
{
    char line[80];

    if (!expires_s)
        return 0;
    snprintf(line, sizeof line, "Session-Expires: %u;refresher=uac", expires_s);
    return message_add(msg, line);
}

int rcc_wire_invite(struct rcc_wire *wire, struct csta_msg const *request)
{
    msg_t *msg = dialog_request(wire->dialog, sip_method_invite, "INVITE");
    int rc = msg ? 0 : -ENOMEM;

    if (rc == 0)
        rc = message_add(msg, "Supported: timer");
    if (rc == 0)
        rc = add_expires(msg, wire->options->expires_s);
    if (rc == 0)
        rc = add_body(msg, request);
    if (rc < 0) {
        msg_destroy(msg);
        return rc;
    }
    wire->invite_cseq = sip_object(msg)->sip_cseq->cs_seq;
    return send_request(wire, msg, request->type, wire->proxy);
}

void rcc_wire_cancel(struct rcc_wire *wire)
{
    for (size_t i = 0; i < EXCHANGES; i++) {
        struct exchange *exchange = &wire->exchanges[i];

        if (exchange->busy && exchange->method == sip_method_invite && exchange->outgoing)
            outgoing_cancel(exchange->outgoing);
    }
}

int rcc_wire_ask(struct rcc_wire *wire, struct csta_msg const *request)
{
    msg_t *msg = dialog_request(wire->dialog, sip_method_info, "INFO");
    int rc = msg ? add_body(msg, request) : -ENOMEM;

    if (rc < 0) {
        msg_destroy(msg);
        return rc;
    }
    return send_request(wire, msg, request->type, dialog_next_hop(wire->dialog));
}

int rcc_wire_bye(struct rcc_wire *wire)
{
    return send_request(wire, dialog_request(wire->dialog, sip_method_bye, "BYE"), CSTA_NONE,
                        dialog_next_hop(wire->dialog));
}

static int send_update(struct rcc_wire *wire)
{
    msg_t *msg = dialog_request(wire->dialog, sip_method_update, "UPDATE");
    int rc = msg ? message_add(msg, "Supported: timer") : -ENOMEM;

    if (rc == 0)
        rc = add_expires(msg, wire->session_s);
    if (rc < 0) {
        msg_destroy(msg);
        return rc;
    }
    return send_request(wire, msg, CSTA_NONE, dialog_next_hop(wire->dialog));
}

void rcc_wire_forget(struct rcc_wire *wire)
{
    wheel_disarm(&wire->refresh);
    for (size_t i = 0; i < EXCHANGES; i++) {
        struct exchange *exchange = &wire->exchanges[i];

        if (exchange->outgoing)
            outgoing_detach(exchange->outgoing);
        *exchange = (struct exchange){ 0 };
    }
}

unsigned rcc_wire_session_s(struct rcc_wire const *wire)
{
    return wire->session_s;
}

/* --- what the gateway sends ------------------------------------------------------------------- */

static void take_event(struct rcc_wire *wire, sip_t const *sip)
{
    sip_payload_t const *body = sip->sip_payload;
    struct csta_fault fault = { 0 };
    struct csta_msg msg = { 0 };
    su_home_t home[1] = { SU_HOME_INIT(home) };

    if (body && csta_decode(home, body->pl_data, body->pl_len, &msg, &fault) == 0)
        wire->handlers->on_event(wire->ctx, &msg);
    else
        log_warn(NULL, "event cannot be read reason=\"%s\"", body ? fault.text : "no body");
    su_home_deinit(home);
}

static void on_info(struct rcc_wire *wire, struct server_transaction *st, sip_t const *sip)
{
    take_event(wire, sip);
    if (wire->options->like_client)
        server_transaction_drop(st);
    else
        server_transaction_refuse(st, INFO_STATUS_OK, "OK", NULL);
}

static void on_bye(struct rcc_wire *wire, struct server_transaction *st, sip_t const *sip)
{
    char reason[200];

    snprintf(reason, sizeof reason, "%s",
             sip->sip_reason && sip->sip_reason->re_text ? sip->sip_reason->re_text : "");
    server_transaction_refuse(st, 200, "OK", NULL);
    rcc_wire_forget(wire);
    wire->handlers->on_end(wire->ctx, reason);
}

static void on_request(void *ctx, struct server_transaction *st)
{
    struct rcc_wire *wire = ctx;
    sip_t const *sip = sip_object(server_transaction_request(st));
    int status = dialog_accept(wire->dialog, sip);

    if (status)
        server_transaction_refuse(st, status,
                                  status == 481 ? "No such session" : "CSeq out of order", NULL);
    else if (sip->sip_request->rq_method == sip_method_info)
        on_info(wire, st, sip);
    else if (sip->sip_request->rq_method == sip_method_bye)
        on_bye(wire, st, sip);
    else if (sip->sip_request->rq_method == sip_method_update ||
             sip->sip_request->rq_method == sip_method_options)
        server_transaction_refuse(st, 200, "OK", NULL);
    else
        server_transaction_refuse(st, 405, "Method Not Allowed",
                                  "Allow: BYE, INFO, OPTIONS, UPDATE");
}

static struct transaction_handlers const handlers = { .on_request = on_request };

/* --- life ------------------------------------------------------------------------------------- */

enum kind { UDP, TCP, TLS, KINDS };

static char const *const kind_names[KINDS] = { "udp", "tcp", "tls" };

/* RFC 3261 26.2.2: sips is TLS whatever else is said. */
static enum kind kind_of(url_t const *uri)
{
    char transport[16] = "";

    if (uri->url_type == url_sips)
        return TLS;
    if (uri->url_params)
        url_param(uri->url_params, "transport", transport, sizeof transport);
    for (int kind = UDP; kind < KINDS; kind++)
        if (strcasecmp(transport, kind_names[kind]) == 0)
            return (enum kind)kind;
    return UDP;
}

/* Opens the listeners, that of TLS only if we use it; the Contact names the one that we use. */
static int listen_on(struct rcc_wire *wire, char *contact, size_t size)
{
    enum kind ours = kind_of(wire->proxy);
    int index = -1;
    char text[NET_ADDR_TEXT + 8], addr[NET_ADDR_TEXT];
    url_t *user = url_make(wire->home, wire->options->user);

    for (int kind = UDP; kind <= (ours == TLS ? TLS : TCP); kind++) {
        int rc;

        snprintf(text, sizeof text, strchr(wire->options->local, ':') ? "%s:[%s]:0" : "%s:%s:0",
                 kind_names[kind], wire->options->local);
        rc = stack_listen(wire->stack, text, NULL);
        if (rc < 0)
            return rc;
        index = kind == (int)ours ? rc : index;
    }
    net_addr_print(transport_listener_addr(stack_transport(wire->stack), (uint16_t)index), addr);
    snprintf(contact, size, "<sip:%s@%s;transport=%s>",
             user && user->url_user ? user->url_user : "", addr, kind_names[ours]);
    return 0;
}

struct rcc_wire *rcc_wire_new(uv_loop_t *loop, struct wheel *wheel,
                              struct rcc_wire_options const *options,
                              struct rcc_wire_handlers const *wire_handlers, void *ctx, char *why,
                              size_t size)
{
    struct rcc_wire *wire = calloc(1, sizeof *wire);
    char contact[URI_MAX];
    int rc = -ENOMEM;

    snprintf(why, size, "out of memory");
    if (!wire)
        return NULL;
    su_home_init(wire->home);
    wire->options = options;
    wire->handlers = wire_handlers;
    wire->ctx = ctx;
    wire->wheel = wheel;
    stack_limits_default(&wire->limits);
    wire->proxy = url_make(wire->home, options->proxy);
    if (!wire->proxy || !wire->proxy->url_host) {
        snprintf(why, size, "not a SIP URI: %s", options->proxy);
        goto fail;
    }
    wire->stack = stack_new(loop, wheel, NULL, &wire->limits, NULL, &handlers, wire);
    if (!wire->stack)
        goto fail;
    if (kind_of(wire->proxy) == TLS && rcc_secure_use(wire->stack, &options->secure, why, size) < 0)
        goto fail;
    rc = listen_on(wire, contact, sizeof contact);
    if (rc < 0) {
        snprintf(why, size, "cannot listen on %s: %s", options->local, strerror(-rc));
        goto fail;
    }
    wire->dialog = dialog_new_uac(options->user, options->server, contact);
    if (wire->dialog)
        return wire;
    snprintf(why, size, "not SIP URIs: %s, %s", options->user, options->server);
fail:
    rcc_wire_free(&wire);
    return NULL;
}

void rcc_wire_free(struct rcc_wire **pwire)
{
    struct rcc_wire *wire = *pwire;

    *pwire = NULL;
    if (!wire)
        return;
    rcc_wire_forget(wire);
    stack_free(&wire->stack);
    dialog_free(&wire->dialog);
    su_home_deinit(wire->home);
    free(wire);
}
