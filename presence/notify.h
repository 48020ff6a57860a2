/* SPDX-License-Identifier: Apache-2.0 */
/* The NOTIFY of a subscription: what is in it, and when it may be sent. */
#pragma once
#include <stdint.h>

struct subscription;

/** How long what is untold has to wait, in milliseconds. 0: it may be told now. */
uint64_t notify_wait_ms(struct subscription const *subscription, uint64_t now_ms);

/** Sends the state as it is; its answer comes as an event of the subscription. Returns 0 or a
 *  negative errno: nothing was sent. */
int notify_send(struct subscription *subscription);
