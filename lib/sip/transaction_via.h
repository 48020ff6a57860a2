/* SPDX-License-Identifier: Apache-2.0 */
/* What the top Via says and what we write into ours: branches, and the way of a response
 * (RFC 3261 §18.2.2, RFC 3581, RFC 5393). Pure functions. */
#pragma once
#include "transport.h"
#include <sofia-sip/sip.h>

enum {
    TRANSACTION_LOOP_MAX = 32, /* characters of a loop hash that go into a branch */
    TRANSACTION_VIA_SIZE = 512,
    TRANSACTION_BRANCH_SIZE = 7 + 4 + 1 + TRANSACTION_LOOP_MAX + 1 + 20 + 1,
};

/** Writes a new branch: "z9hG4bK" WORKER "." LOOP-HASH "." TOKEN. @p loop_hash may be NULL. */
void transaction_branch_make(char ret[static TRANSACTION_BRANCH_SIZE], unsigned worker,
                             char const *loop_hash);

/** Prints "Via: SIP/2.0/UDP host:port;rport;branch=..." for a request that leaves by @p listener.
 *  RFC 3581 asks for rport over UDP. Returns 0, or -EMSGSIZE for a host that is too long. */
int transaction_via_print(struct transport const *transport, uint16_t listener, char const *branch,
                          char ret[static TRANSACTION_VIA_SIZE]);

/** Where, and from which of our addresses, the response to a request with top Via @p via (NULL:
 * unreadable) goes. The source of the packet is believed before the Via: a `received` or `rport`
 * value is only what the transport wrote there itself. */
void transaction_response_route(sip_via_t const *via, struct origin const *from,
                                struct destination *ret);
