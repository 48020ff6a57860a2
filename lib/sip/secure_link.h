/* SPDX-License-Identifier: Apache-2.0 */
/* One TLS connection without a socket: bytes from the network go in, plain text comes out, and the
 * other way round. transport_tls.c puts it between a socket and SIP.
 *
 * A link owns no timer and does no I/O; it never calls back. Not thread safe. */
#pragma once
#include "buf.h"
#include "secure_cause.h"
#include "secure_context.h"
#include <sys/types.h>

struct secure_link;
struct secure_sight;

/** A link under @p context (a reference is kept). @p server_name: whom we connect to, a name or a
 *  numeric address, already in lower case; NULL: we are who is connected to. What goes to the
 *  network may grow to @p max_out bytes. NULL when out of memory. */
struct secure_link *secure_link_new(struct secure_context *context, char const *server_name,
                                    size_t max_out);
void secure_link_free(struct secure_link **plink);

/** For a link that is only looked at, before its first byte: everything that the handshake shows
 *  goes to @p sight, which must live as long, and a certificate that is not accepted is noted there
 *  and does not end the handshake, so that the rest of it is seen, too. Never for a link that
 *  carries anything that matters. */
void secure_link_watch(struct secure_link *link, struct secure_sight *sight);

/** Before its first byte: @p protocol (a static text) is what is spoken under it (ALPN, RFC 7301).
 * As a client we say so; a client that names others only is refused, one that names none is not. */
void secure_link_speak(struct secure_link *link, char const *protocol);

/** Gives bytes that came from the network, borrowed until secure_link_read() returns 0 or fails. */
void secure_link_feed(struct secure_link *link, char const *bytes, size_t len);

/** Goes on with the handshake, or begins it. Returns 0 when it is done (secure_link_is_open()) or
 *  needs more bytes from the network, or a negative errno: -ECONNRESET the peer has ended the
 *  connection, -EKEYREJECTED what it showed was not accepted, -EPROTO anything else, -ENOMEM.
 *  After a failure only secure_link_out(), _cause(), _why(), _detail() and _peer() make sense. */
int secure_link_shake(struct secure_link *link);

/** Goes on with the handshake, then reads plain text to @p to. Returns its length, 0 when more
 *  bytes from the network are needed, or a negative errno as above. */
ssize_t secure_link_read(struct secure_link *link, char *to, size_t size);

/** Seals plain text; the handshake must be done. 0 or a negative errno. */
int secure_link_write(struct secure_link *link, char const *bytes, size_t len);

/** Says goodbye to the peer, if there is a connection to end. */
void secure_link_close(struct secure_link *link);

/** Ends it without a word, for a @p cause and a static @p detail that it cannot know itself: the
 *  network or the time. */
void secure_link_abort(struct secure_link *link, enum secure_cause cause, char const *detail);

/** What is to be sent to the network: take it out after each call. */
struct buf *secure_link_out(struct secure_link *link);

bool secure_link_is_open(struct secure_link const *link);  /* the handshake is done */
bool secure_link_is_begun(struct secure_link const *link); /* the peer has said something */

/** Why it failed; the same for people; and what OpenSSL says about it, "" if nothing. Static. */
enum secure_cause secure_link_cause(struct secure_link const *link);
char const *secure_link_why(struct secure_link const *link);
char const *secure_link_detail(struct secure_link const *link);

/** What the peer's certificate calls it: the subject, or of one that was not accepted the CN, or
 *  the first alternative name if it has none; "" if there was none. */
char const *secure_link_peer(struct secure_link const *link);

/** Who the peer says it is, accepted or not; NULL if it has shown no certificate. Borrowed. */
struct secure_identity *secure_link_claims(struct secure_link const *link);

/** Who the peer is, if it showed a certificate and that was accepted; else NULL. Borrowed. */
struct secure_identity *secure_link_identity(struct secure_link const *link);

/** May the peer of an open link speak for the XMPP domain @p domain, in A-labels? SECURE_FINE: it
 *  may (secure_identity_is_xmpp()). Else why not: SECURE_wrong_name, SECURE_no_certificate, or what
 *  is wrong with the one that it has shown, which matters under SECURE_VERIFY_LATER. */
enum secure_cause secure_link_proves(struct secure_link const *link, char const *domain);

/** What OpenSSL says about a certificate that was not accepted; "" if nothing. Static. */
char const *secure_link_objection(struct secure_link const *link);

/** The protocol agreed upon (ALPN); "" none. Copied. */
enum { SECURE_LINK_PROTOCOL = 32 };
char const *secure_link_protocol(struct secure_link const *link, char ret[SECURE_LINK_PROTOCOL]);

/** Was the handshake a short one, because of a former connection? */
bool secure_link_is_resumed(struct secure_link const *link);

/** "TLSv1.3" and the cipher in use, for logs. */
char const *secure_link_version(struct secure_link const *link);
char const *secure_link_cipher(struct secure_link const *link);

/** Would a connection under @p context to @p server_name be this one? Never for one that we did not
 *  open. */
bool secure_link_serves(struct secure_link const *link, struct secure_context const *context,
                        char const *server_name);
struct secure_context *secure_link_context(struct secure_link const *link);
char const *secure_link_server_name(struct secure_link const *link); /* "" if accepted */
