/* SPDX-License-Identifier: Apache-2.0 */
/* Ringing both phones: see device_ring.h. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "device_ring.h"
#include "cti_conf.h"
#include "dialog.h"
#include "gateway.h"
#include "log.h"
#include "session.h"
#include "session_device.h"
#include "wheel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So long the events of calls that are put down are kept from clients. */
enum { SIDES = 2, CLOSE_MS = 2000 };

struct side {
    struct htab_entry by_xref, by_call;
    struct device_ring *ring;
    char *device;      /* "SEP001122334455" */
    char *driver_name; /* "2001;device=SEP001122334455" */
    char *xref, *call; /* NULL until the driver has answered */
};

struct device_ring {
    LIST_ENTRY(device_ring) link;
    struct gateway *gw;
    struct session *session; /* NULL: it is being put down */
    unsigned connection, pending;
    bool closed; /* waits for the last answers of the driver only */
    char *number;
    struct side sides[SIDES];
    struct wheel_timer timer;
};

struct key {
    unsigned connection;
    char const *text;
};

static uint64_t hash_of(unsigned connection, char const *text)
{
    return htab_hash(text, strlen(text), (uint64_t)connection + 1);
}

static struct side *of_entry(struct htab_entry const *entry, size_t offset)
{
    return (struct side *)((char *)(uintptr_t)entry - offset);
}

static bool is_xref(struct htab_entry const *entry, void const *wanted)
{
    struct side const *side = of_entry(entry, offsetof(struct side, by_xref));
    struct key const *key = wanted;

    return side->ring->connection == key->connection && strcmp(side->xref, key->text) == 0;
}

static bool is_call(struct htab_entry const *entry, void const *wanted)
{
    struct side const *side = of_entry(entry, offsetof(struct side, by_call));
    struct key const *key = wanted;

    return side->ring->connection == key->connection && strcmp(side->call, key->text) == 0;
}

/* --- life ------------------------------------------------------------------------------------- */

void device_ring_init(struct device_rings *rings)
{
    LIST_INIT(&rings->all);
    htab_init(&rings->by_xref);
    htab_init(&rings->by_call);
}

static void free_ring(struct device_ring *ring)
{
    wheel_disarm(&ring->timer);
    LIST_REMOVE(ring, link);
    for (size_t i = 0; i < SIDES; i++) {
        struct side *side = &ring->sides[i];
        htab_remove(&ring->gw->rings.by_xref, &side->by_xref);
        htab_remove(&ring->gw->rings.by_call, &side->by_call);
        free(side->device);
        free(side->driver_name);
        free(side->xref);
        free(side->call);
    }
    free(ring->number);
    free(ring);
}

void device_ring_fini(struct device_rings *rings)
{
    struct device_ring *ring;

    while ((ring = LIST_FIRST(&rings->all)))
        free_ring(ring);
    htab_fini(&rings->by_xref);
    htab_fini(&rings->by_call);
}

static char *name_of(char const *number, char const *device)
{
    static char const between[] = ";device=";
    size_t size = strlen(number) + sizeof between + strlen(device);
    char *name = malloc(size);

    if (name)
        (void)snprintf(name, size, "%s%s%s", number, between, device);
    return name;
}

static struct device_ring *new_ring(struct session *session,
                                    struct device_choice_phone const phones[static SIDES])
{
    struct device_ring *ring = calloc(1, sizeof *ring);

    if (!ring)
        return NULL;
    ring->gw = session->gw;
    ring->session = session;
    ring->connection = session->connection;
    ring->number = strdup(session->number);
    LIST_INSERT_HEAD(&ring->gw->rings.all, ring, link);
    for (size_t i = 0; i < SIDES; i++) {
        struct side *side = &ring->sides[i];
        side->ring = ring;
        side->device = strdup(phones[i].name);
        side->driver_name = name_of(session->number, phones[i].name);
        if (!ring->number || !side->device || !side->driver_name) {
            free_ring(ring);
            return NULL;
        }
    }
    return ring;
}

/* --- talking to the driver -------------------------------------------------------------------- */

static int ask(struct side *side, struct csta_msg const *request, driver_reply_fn *reply)
{
    struct device_ring *ring = side->ring;
    struct csta_msg with_sake = *request;

    with_sake.sake_call_id = ring->session ? dialog_call_id(ring->session->dialog) : NULL;
    int error = provider_request(ring->gw->provider, ring->connection, &with_sake, reply, side);

    if (error == 0)
        ring->pending++;
    return error;
}

/* What is put down goes when the driver owes no answer any more. */
static void end_pending(struct side *side)
{
    struct device_ring *ring = side->ring;

    ring->pending--;
    if (ring->closed && !ring->pending)
        free_ring(ring);
}

static void on_nothing(void *ctx, struct csta_msg const *reply)
{
    (void)reply;
    end_pending(ctx);
}

static void hang_up(struct side *side)
{
    struct csta_msg const request = { .type = CSTA_ClearConnection,
                                      .edition = CSTA_ED3,
                                      .conn = { side->call, side->driver_name } };

    if (side->call)
        (void)ask(side, &request, on_nothing);
}

static void on_prompted(void *ctx, struct csta_msg const *reply)
{
    struct side *side = ctx;
    struct device_ring *ring = side->ring;

    if (reply->type == CSTA_MakeCallResponse && reply->conn.call_id &&
        (side->call = strdup(reply->conn.call_id)))
        (void)htab_insert(&ring->gw->rings.by_call, &side->by_call,
                          hash_of(ring->connection, side->call));
    else
        log_info(ring->session ? ring->session->id : NULL,
                 "phone does not ring device=\"%s\" error=\"%s\"", side->device,
                 reply->error.value ? reply->error.value : "");
    if (!ring->session)
        hang_up(side);
    end_pending(side);
}

static void prompt(struct side *side)
{
    struct csta_msg const request = { .type = CSTA_MakeCall,
                                      .edition = CSTA_ED3,
                                      .device = side->driver_name,
                                      .directory_number = side->ring->number,
                                      .auto_originate = CSTA_ORIGINATE_prompt };

    (void)ask(side, &request, on_prompted);
}

static void stop_watching(struct side *side)
{
    struct csta_msg const request = { .type = CSTA_MonitorStop,
                                      .edition = CSTA_ED3,
                                      .monitor_xref = side->xref };

    if (side->xref)
        (void)ask(side, &request, on_nothing);
}

static void on_watched(void *ctx, struct csta_msg const *reply)
{
    struct side *side = ctx;
    struct device_ring *ring = side->ring;

    if (reply->type == CSTA_MonitorStartResponse && (side->xref = strdup(reply->monitor_xref)))
        (void)htab_insert(&ring->gw->rings.by_xref, &side->by_xref,
                          hash_of(ring->connection, side->xref));
    else
        log_info(ring->session ? ring->session->id : NULL,
                 "phone is not watched device=\"%s\" error=\"%s\"", side->device,
                 reply->error.value ? reply->error.value : "");
    if (ring->session && side->xref)
        prompt(side);
    else if (!ring->session)
        stop_watching(side);
    end_pending(side);
}

/* --- ringing ---------------------------------------------------------------------------------- */

static struct device_ring *of_timer(struct wheel_timer *timer)
{
    return (struct device_ring *)((char *)timer - offsetof(struct device_ring, timer));
}

static void on_rung_out(struct wheel_timer *timer)
{
    struct device_ring *ring = of_timer(timer);

    log_info(ring->session->id, "nobody has answered, the line stays with both phones line=%s",
             ring->number);
    for (size_t i = 0; i < SIDES; i++)
        hang_up(&ring->sides[i]);
}

void device_ring_start(struct session *session, struct device_choice_phone const phones[static 2])
{
    struct device_ring *ring = new_ring(session, phones);
    int error = ring ? 0 : -ENOMEM;

    for (size_t i = 0; ring && i < SIDES; i++) {
        struct csta_msg const request = { .type = CSTA_MonitorStart,
                                          .edition = CSTA_ED3,
                                          .device = ring->sides[i].driver_name };
        error = ask(&ring->sides[i], &request, on_watched);
    }
    if (error < 0)
        log_warn(session->id, "phones do not ring error=%d", error);
    if (!ring)
        return;
    session->ring = ring;
    wheel_arm(ring->gw->wheel, &ring->timer, (uint64_t)ring->gw->conf->ring * 1000, on_rung_out);
}

static void on_closed(struct wheel_timer *timer)
{
    struct device_ring *ring = of_timer(timer);

    ring->closed = true;
    for (size_t i = 0; i < SIDES; i++)
        stop_watching(&ring->sides[i]);
    if (!ring->pending)
        free_ring(ring);
}

void device_ring_end(struct session *session)
{
    struct device_ring *ring = session->ring;

    session->ring = NULL;
    if (!ring)
        return;
    ring->session = NULL;
    wheel_arm(ring->gw->wheel, &ring->timer, CLOSE_MS, on_closed);
    for (size_t i = 0; i < SIDES; i++)
        hang_up(&ring->sides[i]);
}

/* --- events ----------------------------------------------------------------------------------- */

/* The prompted phone goes on to dial when its handset is lifted; a call from somebody is answered
 * at one phone, and the monitor of the other is told that it is over. */
static bool is_lifted(struct side const *side, struct csta_msg const *event)
{
    bool ours = side->call && event->conn.call_id && strcmp(event->conn.call_id, side->call) == 0;

    return event->type == CSTA_OriginatedEvent || (event->type == CSTA_EstablishedEvent && !ours);
}

static void select_side(struct side *side)
{
    struct session *session = side->ring->session;

    (void)directory_choose(&session->gw->directory, session->user, session->number, side->device);
    (void)session_device_move(session, side->device);
    device_ring_end(session);
}

static struct side *side_of(struct gateway *gw, unsigned index, char const *xref)
{
    struct key key = { index, xref };
    struct htab_entry *entry =
        xref ? htab_find(&gw->rings.by_xref, hash_of(index, xref), is_xref, &key) : NULL;

    return entry ? of_entry(entry, offsetof(struct side, by_xref)) : NULL;
}

struct session *device_ring_session(struct gateway *gw, unsigned index, char const *xref)
{
    struct side *side = side_of(gw, index, xref);

    return side ? side->ring->session : NULL;
}

bool device_ring_take(struct gateway *gw, unsigned index, struct csta_msg const *event)
{
    struct side *side = side_of(gw, index, event->monitor_xref);
    struct key const key = { index, event->conn.call_id };

    if (side) {
        if (side->ring->session && is_lifted(side, event))
            select_side(side);
        return true;
    }
    return key.text && gw->rings.by_call.n &&
           htab_find(&gw->rings.by_call, hash_of(index, key.text), is_call, &key);
}
