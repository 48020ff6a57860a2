/* SPDX-License-Identifier: Apache-2.0 */
/* An XMPP user follows a SIP user: a subscription in the name of that XMPP user (RFC 8048 5), so
 * that policy of the presence server decides. It lasts as long as the XMPP user may see the SIP
 * user, or waits for that, and is not known to be away. */
#pragma once

struct roster;
struct roster_pair;

/** Subscribes, if there is no subscription. */
void roster_watch_begin(struct roster_pair *pair);

/** Ends it; the contact is told nothing. */
void roster_watch_end(struct roster_pair *pair);

/** Tells the contact what the user shows, if that is known. */
void roster_watch_tell(struct roster_pair *pair);

/** Tells the contact that the user is there no more, as far as it was told of that. */
void roster_watch_sign_off(struct roster_pair *pair);

/** Frees all that were ended and still wait for their last NOTIFY. */
void roster_watch_fini(struct roster *roster);

/** "active"; "": there is none. Static. */
char const *roster_watch_state_str(struct roster_pair const *pair);

/** For roster_init(). Returns 0 or -EINVAL. */
int roster_watch_terms(struct roster *roster);
