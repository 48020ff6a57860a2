/* SPDX-License-Identifier: Apache-2.0 */
/* Which transaction a message belongs to (RFC 3261 §17.1.3 and §17.2.3), as a key to look up.
 *
 * A key is a digest under the process-wide random key of lib/core/htab: two equal keys mean the
 * same transaction, and no peer can make keys collide. All functions are pure; the message must
 * have passed message_fault(). */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stdint.h>

struct transaction_key {
    uint64_t word[2];
};

bool transaction_key_equal(struct transaction_key const *a, struct transaction_key const *b);

/** Key of the server transaction that @p request makes or belongs to, as if its method were
 *  @p method: a CANCEL or ACK looks for its "INVITE". With a branch: branch, sent-by and method;
 *  without: the request fields of RFC 2543 (§17.2.3), and the body unless it is an INVITE, which an
 * ACK of such a peer cannot repeat (see transaction_key_ack). */
void transaction_key_request(sip_t const *request, char const *method, struct transaction_key *ret);

/** Key under which an ACK without branch finds the INVITE it answers: Call-ID and both tags,
 * without CSeq, because real clients restart it before the ACK (csta-rcc 1.6). @p message is the
 * response or the ACK. */
void transaction_key_ack(sip_t const *message, struct transaction_key *ret);

/** Key of the client transaction that sent @p branch with @p method. */
void transaction_key_client(char const *branch, char const *method, struct transaction_key *ret);

/** Key of a request to no transaction, for a To tag that a stateless answer can repeat. */
void transaction_key_stateless(sip_t const *request, struct transaction_key *ret);
