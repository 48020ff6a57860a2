/* SPDX-License-Identifier: Apache-2.0 */
/* Session tickets that a context gives to those who connect (RFC 5077, RFC 8446 §2.2), so that they
 * come back with a shorter handshake.
 *
 * Whoever holds the key of a ticket can read what was sent under it before TLS 1.3: a key seals for
 * `session_lifetime_s`, opens for as long again, and is never written anywhere. It belongs to its
 * context, so no ticket outlives a reload. Whether the peer in a ticket is still welcome is judged
 * by secure_resume.h. */
#pragma once
#include "secure_context.h"
#include "secure_fault.h"
#include <openssl/types.h>
#include <pthread.h>
#include <stdint.h>

struct secure_ticket_key {
    unsigned char name[16], cipher[32], mac[32];
    bool is_set;
};

struct secure_tickets {
    pthread_mutex_t lock; /* of what follows */
    struct secure_ticket_key now, before;
    uint64_t since_ms; /* that `now` seals */
    uint64_t lifetime_ms;
};

/** Makes @p ctx give tickets if @p settings want it, else resume nothing. 0, or -1 with @p fault;
 *  either way secure_ticket_fini() it. */
int secure_ticket_init(struct secure_tickets *tickets, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault);
void secure_ticket_fini(struct secure_tickets *tickets);
