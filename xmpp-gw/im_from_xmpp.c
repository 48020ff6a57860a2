/* SPDX-License-Identifier: Apache-2.0 */
/* A stanza becomes MESSAGEs, one for each part of it that SIP has a type for, and counts as handled
 * when they are answered. An error that comes for a message which had been taken over becomes a
 * message, too. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "buf.h"
#include "im_bridge.h"
#include "im_request.h"
#include "log.h"
#include "streams.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_BYTES = 4096 };

/* A stanza whose MESSAGEs are under way. */
struct delivery {
    struct im_bridge *bridge;
    struct xml_tree *stanza;
    struct streams_incoming *in;
    struct im *im;
    unsigned n_under_way;
    bool has_failed;
    struct stanza_error error; /* has_failed: why; its text is here, its address in im's home */
    char text[STANZA_ERROR_PHRASE];
    bool accepted_only; /* 202: somebody has it, but not the recipient */
};

static struct stanza_error error_of(enum im_fault fault)
{
    return stanza_error_make(im_map_fault_condition(fault), im_map_fault_text(fault));
}

/* --- its end ---------------------------------------------------------------------------------- */

static void send_receipt(struct delivery *d)
{
    struct im_map_options options = im_bridge_options(d->bridge);
    struct im *receipt = im_map_new();

    if (!receipt)
        return;
    receipt->from = d->im->to;
    receipt->to = d->im->from;
    receipt->thread = d->im->thread;
    receipt->notice = IM_DELIVERED;
    receipt->notice_id = d->im->id;
    struct xml_tree *stanza = im_map_stanza(receipt, &options);
    if (stanza)
        (void)streams_send(d->bridge->streams, stanza, "", NULL, NULL);
    im_map_free(&receipt);
}

/* XEP-0184 5.4: who is told that it was delivered has been let write by the recipient's policy, for
 * the SIP side has answered 200. With CPIM the recipient says so itself. */
static void finish(struct delivery *d)
{
    struct im_bridge *bridge = d->bridge;

    if (d->has_failed) {
        im_bridge_refuse(bridge, d->stanza, &d->error);
    } else {
        xmpp_count(M_messages_to_sip);
        if ((d->im->wants & IM_WANTS_DELIVERED) && !d->accepted_only && !bridge->options.cpim)
            send_receipt(d);
    }
    streams_handled(d->in);
    im_map_free(&d->im);
    xml_tree_free(&d->stanza);
    free(d);
}

/* The first counts. */
static void fail(struct delivery *d, struct stanza_error const *error)
{
    if (d->has_failed)
        return;
    d->has_failed = true;
    d->error = *error;
    (void)snprintf(d->text, sizeof d->text, "%s", error->text ? error->text : "");
    d->error.text = d->text;
    d->error.address = error->address ? su_strdup(d->im->home, error->address) : NULL;
}

static void fail_by(struct delivery *d, int status, char const *phrase, char const *contact)
{
    struct im_map_options options = im_bridge_options(d->bridge);
    struct buf address;

    buf_init(&address, ADDRESS_BYTES);
    bool has_moved = contact && address_map_to_xmpp(contact, &options.sip, &address);
    struct stanza_error const error =
        stanza_error_from_sip(status, phrase, has_moved ? buf_text(&address) : NULL, false);
    fail(d, &error);
    buf_fini(&address);
}

static void on_text_done(void *ctx, int status, char const *phrase, char const *contact)
{
    struct delivery *d = ctx;

    d->accepted_only |= status == 202;
    if (status >= 300)
        fail_by(d, status, phrase, contact);
    if (--d->n_under_way == 0)
        finish(d);
}

/* Nobody is told that a SIP user has not seen somebody type. */
static void on_other_done(void *ctx, int status, char const *phrase, char const *contact)
{
    struct delivery *d = ctx;

    (void)status;
    (void)phrase;
    (void)contact;
    if (--d->n_under_way == 0)
        finish(d);
}

/* --- its way ---------------------------------------------------------------------------------- */

/* The address without gr, so that all that goes to one user is in one queue. */
static size_t address_len(char const *uri)
{
    return strcspn(uri, ";?");
}

/* Returns the fault that keeps it from being sent. */
static enum im_fault send_part(struct delivery *d, enum im_part part, struct conversation *c)
{
    struct im_map_options options = im_bridge_options(d->bridge);
    struct im_sip sip;
    enum im_fault fault = im_map_write_sip(d->im, part, &options, &sip);
    msg_t *msg = fault == IM_FINE ? im_request(&sip, c) : NULL;
    char *address = msg ? strndup(sip.to, address_len(sip.to)) : NULL;

    if (fault != IM_FINE)
        return fault;
    if (!address) {
        msg_destroy(msg);
        return IM_NO_MEMORY;
    }
    int err = im_queue_add(&d->bridge->queues, address, msg,
                           part == IM_TEXT ? on_text_done : on_other_done, d);
    free(address);
    d->n_under_way += err == 0;
    return err == -ENOBUFS ? IM_TOO_MANY : err < 0 ? IM_NO_MEMORY : IM_FINE;
}

/* Whoever has asked for a notice can read it. */
static unsigned parts_of(struct im_bridge *bridge, struct im const *im)
{
    struct im_map_options options = im_bridge_options(bridge);

    options.cpim |= im_bridge_asked(bridge, im);
    return im_map_parts(im, &options);
}

/* Only the loss of a text is told. */
static void send_parts(struct delivery *d, struct conversation *c)
{
    static enum im_part const order[] = { IM_TEXT, IM_NOTICE, IM_STATE };
    unsigned parts = parts_of(d->bridge, d->im);

    for (unsigned i = 0; i < sizeof order / sizeof *order; i++) {
        enum im_fault fault = parts & order[i] ? send_part(d, order[i], c) : IM_FINE;
        if (fault != IM_FINE && order[i] == IM_TEXT) {
            struct stanza_error const error = error_of(fault);
            fail(d, &error);
        }
    }
    if (d->n_under_way == 0)
        finish(d);
}

/* --- errors that come late -------------------------------------------------------------------- */

static void on_late_done(void *ctx, int status, char const *phrase, char const *contact)
{
    (void)ctx;
    (void)contact;
    if (status >= 300)
        log_info(NULL, "late failure not told status=%d reason=\"%s\"", status, phrase);
}

static void tell_late(struct im_bridge *bridge, struct im *failure, enum im_part part,
                      struct conversation *c)
{
    struct im_map_options options = im_bridge_options(bridge);
    struct im_sip sip;
    msg_t *msg;

    if (im_map_write_sip(failure, part, &options, &sip) != IM_FINE || !(msg = im_request(&sip, c)))
        return;
    char *address = strndup(sip.to, address_len(sip.to));
    if (!address)
        msg_destroy(msg);
    else
        (void)im_queue_add(&bridge->queues, address, msg, on_late_done, NULL);
    free(address);
}

/* RFC 6121 8.3: only for what we sent, and once; or two servers could make us write for ever. */
static void take_error(struct im_bridge *bridge, struct im *failure)
{
    struct conversation *c = conversation_find(&bridge->conversations, failure->to, failure->from);
    unsigned wants;

    if (im_bridge_bounced(bridge, failure))
        return;
    if (!c || !conversation_fails(c, failure->notice_id, &wants)) {
        xmpp_count(M_xmpp_ignored);
        return;
    }
    xmpp_count(M_messages_failed_late);
    log_info(failure->thread, "message failed late from=\"%s\" to=\"%s\" error=%s reason=\"%s\"",
             failure->to, failure->from, stanza_error_name(failure->error.condition),
             failure->error.text ? failure->error.text : "");
    failure->body = bridge->conf->im_failure_text;
    tell_late(bridge, failure, IM_TEXT, c);
    if (wants & IM_WANTS_FAILED)
        tell_late(bridge, failure, IM_NOTICE, c);
}

/* --- a stanza --------------------------------------------------------------------------------- */

static void refuse_and_drop(struct im_bridge *bridge, struct xml_tree *message,
                            struct streams_incoming *in, enum im_fault fault)
{
    struct stanza_error const error = error_of(fault);

    if (fault == IM_EMPTY)
        xmpp_count(M_xmpp_ignored);
    else
        im_bridge_refuse(bridge, message, &error);
    streams_handled(in);
    xml_tree_free(&message);
}

static void deliver(struct im_bridge *bridge, struct xml_tree *message, struct streams_incoming *in,
                    struct im *im)
{
    struct delivery *d = malloc(sizeof *d);
    struct conversation *c = d ? conversation_get(&bridge->conversations, im->to, im->from) : NULL;

    if (!c) {
        free(d);
        im_map_free(&im);
        refuse_and_drop(bridge, message, in, IM_NO_MEMORY);
        return;
    }
    *d = (struct delivery){ .bridge = bridge, .stanza = message, .in = in, .im = im };
    send_parts(d, c);
}

void im_bridge_from_xmpp(struct im_bridge *bridge, struct xml_tree *message,
                         struct streams_incoming *in)
{
    static char const off[] = "messages are switched off";
    struct stanza_error const switched_off =
        stanza_error_make(STANZA_ERROR_SERVICE_UNAVAILABLE, off);
    struct im_map_options options = im_bridge_options(bridge);
    struct im *im = NULL;

    if (!bridge->conf->im) {
        im_bridge_refuse(bridge, message, &switched_off);
        streams_handled(in);
        xml_tree_free(&message);
        return;
    }
    enum im_fault fault = im_map_read_stanza(xml_tree_root(message), &options, &im);
    if (fault == IM_FINE && im->notice != IM_FAILED && !parts_of(bridge, im))
        fault = IM_EMPTY;
    if (fault != IM_FINE) {
        im_map_free(&im);
        refuse_and_drop(bridge, message, in, fault);
    } else if (im->notice == IM_FAILED) {
        take_error(bridge, im);
        im_map_free(&im);
        streams_handled(in);
        xml_tree_free(&message);
    } else {
        deliver(bridge, message, in, im);
    }
}
