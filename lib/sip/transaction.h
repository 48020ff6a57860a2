/* SPDX-License-Identifier: Apache-2.0 */
/* SIP transactions (RFC 3261 §17 with RFC 6026 and RFC 4320; RFC 2543 matching for peers whose Via
 * has no branch). One layer per worker, on one transport. The four machines are tables
 * (transaction_ict.c, _nict.c, _ist.c, _nist.c).
 *
 * Server side: handlers.on_request() gives a server transaction to the owner, who answers with
 * server_transaction_respond() (any number of 1xx, then a final one; a proxy may send more 2xx).
 * 100 to INVITE is sent by the layer if the owner is silent for 200 ms; the owner may do it at
 * once. Client side: the owner makes one with client_transaction_new() and hears each response,
 * then on_gone() exactly once.
 *
 * Whom we do not serve is turned away first (handlers.admit). What belongs to no transaction and
 * can be decided without an owner is decided here, counted and logged: malformed requests (400,
 * 413, 505; never an ACK), CANCEL (200 or 481), requests over a limit (503 with Retry-After),
 * malformed and stray responses (dropped).
 *
 * Memory: after the final response only the key and the printed response stay. Callbacks run on the
 * loop thread and never inside a call of the owner into this layer. */
#pragma once
#include "transport.h"
#include <sofia-sip/sip.h>

struct client_transaction;
struct resolver;
struct server_transaction;
struct transaction_layer;

/* What an owner may say of a source besides a status to answer with. */
enum { TRANSACTION_ADMITTED = 0, TRANSACTION_SILENCE = -1 };

enum transaction_failure { TRANSACTION_TIMEOUT, TRANSACTION_TRANSPORT };

struct transaction_handlers {
    /* A new request, never ACK or CANCEL. The owner must send a final response in the end. */
    void (*on_request)(void *ctx, struct server_transaction *st);
    /* An ACK that belongs to no transaction of ours: the ACK of a 2xx. @p msg is borrowed; it may
     * be edited and kept with a reference, for nobody looks at it again. NULL: whoever answers no
     * INVITE with 2xx. */
    void (*on_ack)(void *ctx, struct origin const *from, msg_t *msg);
    /* CANCEL of an INVITE that has no final response yet; the CANCEL itself is already answered.
     * NULL: whoever answers every INVITE at once. */
    void (*on_cancel)(void *ctx, struct server_transaction *st);
    /* May @p from send us requests? Asked before anything else becomes of a request, and for each:
     * malformed ones, repetitions, ACK and CANCEL too, and with @p request NULL before a keep-alive
     * is answered. Returns TRANSACTION_ADMITTED; or the status of a stateless answer (an ACK gets
     * none) with *@p ret_phrase, a static text; or TRANSACTION_SILENCE. NULL: everybody may. */
    int (*admit)(void *ctx, struct origin const *from, sip_t const *request,
                 char const **ret_phrase);
};

struct transaction_layer *transaction_layer_new(struct transport *transport, struct wheel *wheel,
                                                struct stack_limits const *limits,
                                                struct transaction_handlers const *handlers,
                                                void *ctx);
/** Number of the worker that owns the layer, for its branches; 0 until it is set. */
void transaction_layer_number(struct transaction_layer *layer, unsigned worker);

/** Whom to ask for the host of a Via; borrowed, NULL (at the start) = nobody. */
void transaction_layer_use_resolver(struct transaction_layer *layer, struct resolver *resolver);

/** Ends every transaction silently (owners' on_gone is called). */
void transaction_layer_free(struct transaction_layer **player);

/** Gives the layer a message from the transport: the transport's on_message. Takes @p msg. */
void transaction_receive(struct transaction_layer *layer, struct origin const *from, msg_t *msg);

/** Whether a keep-alive of @p from may be answered: the transport's may_answer. */
bool transaction_may_answer(struct transaction_layer *layer, struct origin const *from);

/** Live transactions. */
size_t transaction_count(struct transaction_layer const *layer);

/* --- server ------------------------------------------------------------------------------------
 */

/** The request, borrowed; NULL after the final response was sent. The owner may edit it, but for
 *  what a response repeats: Via, From, To, Call-ID, CSeq, Record-Route, Timestamp. */
msg_t *server_transaction_request(struct server_transaction const *st);
struct origin const *server_transaction_origin(struct server_transaction const *st);

/** Notes in the tap what was decided about the request: transport_note(). */
void server_transaction_note(struct server_transaction *st, char const *text, size_t len);

/** The client is known now: transport_vouch() for the connection that the request came on. */
void server_transaction_vouch(struct server_transaction *st);

/** Who is told when @p st ends (NULL: nobody). @p on_gone is called exactly once, the pointer is
 *  invalid after it. */
void server_transaction_own(struct server_transaction *st, void *owner,
                            void (*on_gone)(void *owner, struct server_transaction *st));
void *server_transaction_owner(struct server_transaction const *st);

/** Sends @p response (taken, also on failure; NULL stands for one that found no memory) to where
 *  the Via says (RFC 3261 §18.2.2, RFC 3581). Returns 0 or a negative errno. Without memory, or
 *  when a final response could not be sent, the transaction ends by itself: that of an INVITE not
 *  before its time (RFC 6026 §7.1). A final response whose connection is gone is on its way with 0:
 *  transaction_reply.h. To a non-INVITE request, RFC 4320 holds: of provisional responses only 100
 *  on a stream is sent, and after a 408 the transaction ends in silence. */
int server_transaction_respond(struct server_transaction *st, msg_t *response);

/** Builds and sends a response without a body; @p extra is a header line or NULL. */
int server_transaction_refuse(struct server_transaction *st, int status, char const *phrase,
                              char const *extra);

/** As above with a Warning, so that the administrator sees at the client why; @p why is short and
 *  as message_make_quotable() leaves it, or NULL. */
int server_transaction_refuse_why(struct server_transaction *st, int status, char const *phrase,
                                  char const *extra, char const *why);

/** Ends @p st without an answer: for a source that must hear nothing, and for a non-INVITE that the
 *  next hop never answered (RFC 4320). Its owner's on_gone is not called; the pointer is invalid.
 */
void server_transaction_drop(struct server_transaction *st);

/** The To tag this transaction uses in its own responses. Borrowed. */
char const *server_transaction_to_tag(struct server_transaction const *st);

/* --- client ------------------------------------------------------------------------------------
 */

struct client_handlers {
    /* Every response but retransmissions; 100 too, and every 2xx to INVITE, for each wants to be
     * forwarded or acknowledged (RFC 6026). @p response is borrowed, top Via is ours; it may be
     * edited and kept with a reference, for nobody looks at it again. */
    void (*on_response)(void *ctx, struct client_transaction *ct, msg_t *response);
    /* No final response will come; also when the connection dies while the request proceeds.
     * Followed by on_gone; NULL for who needs no more than that. */
    void (*on_failure)(void *ctx, struct client_transaction *ct, enum transaction_failure why);
    /* The pointer is invalid after this call. */
    void (*on_gone)(void *ctx, struct client_transaction *ct);
};

/** What is sent above the headers of a request, beside our Via. */
struct client_extra {
    char const *loop_hash; /* for the branch (RFC 5393) */
    char const *lines;     /* whole header lines, each with its CRLF; may be "" */
};

/** Sends @p request (taken, also on failure) to @p to with our Via and a new branch on top. The
 *  message itself is left as it is, so it may be a reference to one that is sent elsewhere too.
 *  @p extra is NULL for a user agent. A transport error is reported through on_failure, later. NULL
 *  when out of memory or over a limit. */
struct client_transaction *client_transaction_new(struct transaction_layer *layer, msg_t *request,
                                                  struct destination const *to,
                                                  struct client_extra const *extra,
                                                  struct client_handlers const *handlers,
                                                  void *ctx);

/** Cancels an INVITE: at once if a provisional response has come, else as soon as one comes
 *  (RFC 3261 §9.1). Harmless after a final response. */
void client_transaction_cancel(struct client_transaction *ct);

/** Why it failed by TRANSACTION_TRANSPORT: a negative errno of the transport (transport.h says what
 *  TLS reports); 0 if it did not. */
int client_transaction_error(struct client_transaction const *ct);

/** The owner loses interest: no callback follows; the transaction ends by its own timers. */
void client_transaction_detach(struct client_transaction *ct);

/** Sends a request outside any transaction: the ACK of a 2xx. As client_transaction_new(), but for
 *  the transaction. */
int transaction_send_ack(struct transaction_layer *layer, msg_t *request, struct destination *to,
                         struct client_extra const *extra);
