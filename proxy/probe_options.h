/* SPDX-License-Identifier: Apache-2.0 */
/* OPTIONS to a peer (RFC 3261 §11): the request, and what its answer says. Used by peer_probe.c and
 * by the probes that people ask for (probe_attempt.c). */
#pragma once
#include "net_addr.h"
#include "transport.h"
#include <sofia-sip/sip.h>
#include <sofia-sip/url.h>

struct buf;
struct tap;

enum { PROBE_OPTIONS_CALL_ID = 24 + 1, PROBE_OPTIONS_TEXT = 256 };

/** New OPTIONS for @p name, a URI whose parsed form is @p uri, from sip:@p domain; without Via. Its
 *  Call-ID goes to @p call_id. NULL when out of memory. */
msg_t *probe_options_new(char const *name, url_t const *uri, char const *domain,
                         char call_id[static PROBE_OPTIONS_CALL_ID]);

/** Prints @p options as it leaves by @p listener with this branch. Returns 0 or a negative errno.
 */
int probe_options_print(msg_t *options, struct transport const *transport, uint16_t listener,
                        char const *branch, struct buf *out);

/** What a message is to who asked. */
enum probe_options_reply {
    PROBE_OPTIONS_STRANGE,     /* nothing to do with it */
    PROBE_OPTIONS_PROVISIONAL, /* more will come */
    PROBE_OPTIONS_FINAL,
    PROBE_OPTIONS_WRONG_VIA, /* of the same call, but to another branch */
    PROBE_OPTIONS_WRONG,     /* of the same call, but to another question */
};

/** Judges @p sip as an answer to the request with this Call-ID and branch. */
enum probe_options_reply probe_options_judge(sip_t const *sip, char const *call_id,
                                             char const *branch);

/** What a final answer says; "" where it says nothing. */
struct probe_options_answer {
    int status;
    char phrase[PROBE_OPTIONS_TEXT], allow[PROBE_OPTIONS_TEXT], server[PROBE_OPTIONS_TEXT];
    char seen_as[NET_ADDR_TEXT]; /* our address as the peer sees it, if it says so (RFC 3581) */
};

void probe_options_read(sip_t const *sip, struct probe_options_answer *ret);

/** Looks in @p tap (may be NULL) for what was received of this call. Returns the best of it, and
 *  whence it came; PROBE_OPTIONS_STRANGE: nothing. */
enum probe_options_reply probe_options_search(struct tap *tap, char const *call_id,
                                              struct net_addr *ret_from);
