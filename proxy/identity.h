/* SPDX-License-Identifier: Apache-2.0 */
/* Who says who the user is (RFC 3325): P-Asserted-Identity counts only between nodes that trust
 * each other. What comes in from others loses it, and what leaves for others keeps it unless the
 * user asked for privacy. For requests and responses alike; pure functions on a message. */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>

/** Is there anything in the message that this is about? */
bool identity_is_claimed(sip_t const *sip);

/** For a message from a node that is not trusted: removes P-Asserted-Identity, which is only a
 * claim, and P-Preferred-Identity, which is only a wish (RFC 3325 §5, §6). Returns whether there
 * was any.
 */
bool identity_distrust(msg_t *msg);

/** For a message that leaves for a node that is not trusted: removes P-Asserted-Identity if Privacy
 *  asks for it (RFC 3325 §7), and P-Preferred-Identity, which is for trusted proxies alone. Returns
 *  whether there was any. */
bool identity_conceal(msg_t *msg);
