/* SPDX-License-Identifier: Apache-2.0 */
/* A MESSAGE as a request (RFC 3428): outside of dialogs, so without Contact. */
#pragma once
#include <sofia-sip/msg_types.h>
#include <stdint.h>

struct conversation;
struct im_sip;

/** The next request of @p conversation. What is no part of a header line becomes blank. NULL: out
 * of memory, or an address is no URI. */
msg_t *im_request(struct im_sip const *im, struct conversation *conversation);
