/* SPDX-License-Identifier: Apache-2.0 */
/* User agent dialogs (RFC 3261 §12): state and message building, no I/O.
 *
 * A dialog keeps Call-ID, tags, CSeqs, remote target and route set, and makes the next request of
 * its own side. Peers that restart their CSeq after an INVITE (csta-rcc 1.6) are served with
 * DIALOG_CSEQ_RELAXED. A gateway holds one dialog per idle session, so it is made of plain strings
 * (about 1 kB in all) instead of an arena and parsed headers; dialog_free() frees them. */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>

struct dialog;

enum dialog_cseq { DIALOG_CSEQ_STRICT, DIALOG_CSEQ_RELAXED };

/** Dialog as callee, from an INVITE that will be answered with @p local_tag; @p contact is our
 *  Contact value ("<sip:cti@127.0.0.1:5082>"). NULL when out of memory, without a usable Contact,
 *  or when the INVITE is inside a dialog already. */
struct dialog *dialog_new_uas(sip_t const *invite, char const *local_tag, char const *contact,
                              enum dialog_cseq cseq);

/** Dialog as caller, still without peer: dialog_request() with INVITE makes its first request.
 *  The URIs are bare ("sip:alice@example.test"). NULL when out of memory or a URI is wrong. */
struct dialog *dialog_new_uac(char const *local_uri, char const *remote_uri, char const *contact);
void dialog_free(struct dialog **pdialog);

/** What a dialog is made of, for whoever keeps it over a restart. Strings are never NULL; "" is
 *  none. */
struct dialog_record {
    char const *call_id, *local_tag, *remote_tag, *local, *remote, *remote_uri;
    char const *contact, *target, *routes;
    uint32_t local_cseq, remote_cseq; /* used last */
};

/** All is borrowed until the dialog changes. */
void dialog_save(struct dialog const *dialog, struct dialog_record *ret);

/** The dialog that was saved, DIALOG_CSEQ_STRICT; its next request has a CSeq above that of
 *  @p record. NULL when out of memory, or the record is damaged. */
struct dialog *dialog_restore(struct dialog_record const *record);

/** Caller side: takes remote tag, target and route set from a 2xx (or 101-199 with a tag). The 2xx
 *  of a later INVITE or UPDATE of ours, on either side, refreshes the target only. Returns 0, or a
 *  negative errno: -EINVAL the response makes no dialog, -EPROTO it belongs to another one. */
int dialog_established(struct dialog *dialog, sip_t const *response);

/** Checks an in-dialog request and takes over its CSeq, and its Contact if it refreshes the target.
 *  Returns 0, or the SIP status to answer: 481 not this dialog, 500 CSeq out of order. */
int dialog_accept(struct dialog *dialog, sip_t const *request);

/** New request of our side, CSeq counted up (ACK repeats @p ack_of). Caller owns. */
msg_t *dialog_request(struct dialog *dialog, sip_method_t method, char const *method_name);
msg_t *dialog_ack(struct dialog *dialog, uint32_t ack_of);

/** Where the next request goes: first route or remote target, strict routers minded. Borrowed until
 *  the dialog changes. */
url_t const *dialog_next_hop(struct dialog const *dialog);

/** The CSeq of our last request. */
uint32_t dialog_local_cseq(struct dialog const *dialog);

char const *dialog_call_id(struct dialog const *dialog);
char const *dialog_local_tag(struct dialog const *dialog);
char const *dialog_remote_tag(struct dialog const *dialog);
char const *dialog_remote_uri(struct dialog const *dialog);

/** Does this in-dialog request belong here (Call-ID and both tags, RFC 2543 peers without To tag
 * no)? */
bool dialog_matches(struct dialog const *dialog, sip_t const *request);
