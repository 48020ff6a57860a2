/* SPDX-License-Identifier: Apache-2.0 */
/* Block lists (XEP-0191): requests read, answers built, and what somebody hears who is blocked or
 * writes to whom he has blocked. Whose list it is the caller knows. Pure. */
#pragma once
#include "stanza_error.h"
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stddef.h>

struct jid;
struct xml_element;
struct xml_tree;

enum blocking_verb { BLOCKING_LIST, BLOCKING_BLOCK, BLOCKING_UNBLOCK };

struct blocking_request {
    su_home_t home[1];
    enum blocking_verb verb;
    char const **items; /* JIDs, prepared */
    size_t n;           /* 0 of BLOCKING_UNBLOCK: all */
};

/** Is this iq one about a block list at all? */
bool blocking_is_request(struct xml_element const *iq);

/** Reads an iq with at most @p max_items. NULL: *ret is for the caller to free; else what is wrong,
 *  to be answered; static. */
struct stanza_error const *blocking_read(struct xml_element const *iq, size_t max_items,
                                         struct blocking_request **ret);
void blocking_free(struct blocking_request **prequest);

/** The answer to BLOCKING_LIST, for the caller to free. NULL: out of memory. */
struct xml_tree *blocking_list(struct xml_element const *iq, char const *const *items, size_t n);

/** What the user's own resources are told when the list has changed, for the caller to free. */
struct xml_tree *blocking_push(char const *to, char const *id,
                               struct blocking_request const *request);

/** Does an entry (user@domain/resource, user@domain, domain/resource, domain) mean @p who? Both
 *  prepared. */
bool blocking_matches(struct jid const *entry, struct jid const *who);

/** The answer to a stanza from somebody who is blocked: an error, or silence (presence, and what is
 *  no request). NULL: silence, or out of memory. */
struct xml_tree *blocking_refuse(struct xml_element const *stanza);

/** The error for a stanza of one's own to somebody whom one has blocked: not-acceptable, with the
 *  mark of XEP-0191. */
struct stanza_error blocking_own_error(void);
