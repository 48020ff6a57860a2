/* SPDX-License-Identifier: Apache-2.0 */
/* What the tap gets of each message: by which listener it came or went, and who the peer is. */
#include "secure_identity.h"
#include "text.h"
#include "transport_internal.h"
#include <stdio.h>

void transport_tap_name(struct listener *listener)
{
    char addr[NET_ADDR_TEXT];

    if (*listener->name)
        (void)snprintf(listener->shown, sizeof listener->shown, "%s", listener->name);
    else
        (void)snprintf(listener->shown, sizeof listener->shown, "%s:%s",
                       transport_kind_name(listener->kind), net_addr_print(&listener->addr, addr));
}

static uint64_t add(struct transport *t, struct origin const *end, enum tap_direction direction,
                    void const *bytes, size_t len)
{
    struct tap_record like TEXT_UNINITIALIZED;

    if (!t->tap)
        return 0;
    like.direction = direction;
    like.protocol = TAP_SIP;
    like.local = end->local;
    like.remote = end->peer;
    like.listener = end->is_opened ? NULL : t->listeners[end->listener]->shown;
    like.subject = end->identity ? secure_identity_subject(end->identity) : NULL;
    like.id = NULL;
    like.is_cut = false;
    memcpy(like.transport, transport_kind_name(end->kind), sizeof like.transport);
    return tap_add(t->tap, &like, bytes, len);
}

void transport_tap_received(struct transport *t, struct origin *from, void const *bytes, size_t len)
{
    from->tap_serial = add(t, from, TAP_RECEIVED, bytes, len);
}

void transport_tap_sent(struct transport *t, struct origin const *way, void const *bytes,
                        size_t len)
{
    add(t, way, TAP_SENT, bytes, len);
}

void transport_note(struct transport *t, struct origin const *from, char const *text, size_t len)
{
    tap_note(t->tap, from->tap_serial, text, len);
}
