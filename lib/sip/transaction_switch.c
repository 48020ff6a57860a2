/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests go by TCP because they are large (RFC 3261 §18.1.1). */
#include "transaction_machine.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A TCP listener on the address and port that the request would have left from, else on the
 * address, else any that fits; negative: none. */
static int pick_stream(struct transaction_layer const *layer, struct destination const *to)
{
    struct transport const *transport = layer->transport;
    struct net_addr const *from = transport_listener_addr(transport, to->listener);
    int same_host = -1;

    for (uint16_t i = 0; i < transport_listeners(transport); i++) {
        struct net_addr const *addr = transport_listener_addr(transport, i);
        if (transport_listener_kind(transport, i) != TRANSPORT_TCP)
            continue;
        if (net_addr_equal(addr, from))
            return i;
        if (same_host < 0 && net_addr_same_host(addr, from))
            same_host = i;
    }
    return same_host >= 0 ? same_host
                          : transport_pick_listener(transport, TRANSPORT_TCP, &to->addr,
                                                    TRANSPORT_AUTO_LISTENER);
}

bool transaction_switch_is_due(struct transaction_layer const *layer, struct destination const *to,
                               size_t len)
{
    return to->kind == TRANSPORT_UDP && !to->no_switch &&
           len > (size_t)layer->limits->udp_switch_bytes &&
           !transport_is_refused(layer->transport, TRANSPORT_TCP, &to->addr) &&
           pick_stream(layer, to) >= 0;
}

void transaction_switch_to_tcp(struct transaction_layer const *layer, struct destination *to)
{
    to->listener = (uint16_t)pick_stream(layer, to);
    to->kind = TRANSPORT_TCP;
}

/* Our Via is the second line of the printed request. */
int transaction_switch_back(struct transaction *t, char const *branch, uint16_t listener)
{
    char via[TRANSACTION_VIA_SIZE];
    int error = transaction_via_print(t->layer->transport, listener, branch, via);
    char const *end = t->wire + t->wire_len;
    char const *old = error ? NULL : memchr(t->wire, '\n', t->wire_len);
    char const *rest = old ? memchr(old + 1, '\r', (size_t)(end - old - 1)) : NULL;

    if (!rest)
        return -EINVAL;
    size_t start_len = (size_t)(old + 1 - t->wire), via_len = strlen(via);
    size_t rest_len = (size_t)(end - rest);
    char *wire = malloc(start_len + via_len + rest_len);
    if (!wire)
        return -ENOMEM;
    memcpy(wire, t->wire, start_len);
    memcpy(wire + start_len, via, via_len);
    memcpy(wire + start_len + via_len, rest, rest_len);
    transaction_drop_wire(t);
    t->wire = wire;
    t->wire_len = (uint32_t)(start_len + via_len + rest_len);
    t->to.kind = TRANSPORT_UDP;
    t->to.listener = listener;
    t->to.connection = 0;
    t->reliable = false;
    return 0;
}
