/* SPDX-License-Identifier: Apache-2.0 */
/* MESSAGEs on their way to SIP: one at a time to each address (RFC 3428 8), so that they arrive in
 * their order; the rest waits. */
#pragma once
#include "htab.h"
#include <sofia-sip/msg_types.h>
#include <sofia-sip/url.h>
#include <stdint.h>

struct stack;

/** The answer: @p status 200 to 699, 408 and 503 of our own when there was none. @p phrase is
 *  borrowed, and so is @p contact, the URI in the first Contact of a 3xx, NULL: none. Called
 * exactly once, never inside im_queue_add(). */
typedef void im_queue_done_fn(void *ctx, int status, char const *phrase, char const *contact);

struct im_queues {
    struct stack *stack;   /* borrowed */
    url_t const *next_hop; /* borrowed */
    struct htab by_address;
    size_t max; /* that wait for one address */
};

void im_queues_init(struct im_queues *all, struct stack *stack, url_t const *next_hop, size_t max);

/** What waits is told 503. */
void im_queues_fini(struct im_queues *all);

/** Sends @p msg (taken) when its turn has come. 0, -ENOBUFS too many wait, -ENOMEM. */
int im_queue_add(struct im_queues *all, char const *address, msg_t *msg, im_queue_done_fn *done,
                 void *ctx);
