/* SPDX-License-Identifier: Apache-2.0 */
/* Two hard phones have the line and nobody has said which one is meant (server type LCS, guide-rcc
 * 3): both ring at sign-in, and the one that is answered becomes the session's.
 *
 * The gateway monitors each of the two and prompts it with a call to its own line. Whoever lifts a
 * handset, for this or for any other call, has chosen; the prompted calls are cleared and no client
 * hears of them. When nobody does, the ringing ends after ring_s, and the phones are watched on. */
#pragma once
#include "csta.h"
#include "device_choice.h"
#include "htab.h"
#include <sys/queue.h>

struct device_ring;
struct gateway;
struct session;

LIST_HEAD(device_ring_list, device_ring);

/** All that ring or are being put down; embedded in the gateway. */
struct device_rings {
    struct device_ring_list all;
    struct htab by_xref, by_call;
};

void device_ring_init(struct device_rings *rings);
void device_ring_fini(struct device_rings *rings);

/** Rings the two @p phones of the session's line. Failures are logged; the session then controls
 * the line as a whole. */
void device_ring_start(struct session *session, struct device_choice_phone const phones[static 2]);

/** The session ends, or has its device: puts down what rings. */
void device_ring_end(struct session *session);

/** The session for which the monitor @p xref of connection @p index watches a phone, or NULL. */
struct session *device_ring_session(struct gateway *gw, unsigned index, char const *xref);

/** An event of connection @p index, before clients hear of it: true if it is not for them. */
bool device_ring_take(struct gateway *gw, unsigned index, struct csta_msg const *event);
