/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP stack of one worker: transport, transactions and resolver on one loop, wired together.
 * Everything in lib/sip hangs on a stack; nothing is global, so a program may have several. */
#pragma once
#include "resolve.h"
#include "transaction.h"

struct stack;

/** @p limits and @p handlers are borrowed for the stack's life. NULL when out of memory. */
struct stack *stack_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                        struct stack_limits const *limits, char const *dns_servers,
                        struct transaction_handlers const *handlers, void *ctx);
void stack_free(struct stack **pstack);

/** Makes it the stack of @p worker among several: transport_share(), and the number goes into its
 *  branches. Before the first listener. Returns 0 or a negative errno. */
int stack_share(struct stack *stack, struct steer *steer, unsigned worker);

/** Opens a listener written "udp:127.0.0.1:5060", "tcp:[::1]:5060;name=outside" or
 *  "tls:127.0.0.1:5061;context=peer" (as in the configuration). Returns its index or a negative
 *  errno: transport_listen(), transport_listen_tls(). */
int stack_listen(struct stack *stack, char const *text, char const *advertised);

/** Checks such a text: NULL, or why it is wrong (a cfg_check_fn). The second takes TLS, too. */
char const *stack_listen_check(char const *text);
char const *stack_listen_check_tls(char const *text);

/** Such a text, taken apart. */
struct stack_listener {
    enum transport_kind kind;
    struct net_addr addr;
    char name[TRANSPORT_NAME_BYTES];    /* "": none */
    char context[TRANSPORT_NAME_BYTES]; /* "": the default */
};

/** NULL, or what is wrong with @p text. */
char const *stack_listener_parse(char const *text, struct stack_listener *ret);

/** Name in such a text, "" if it has none or is wrong. Written to @p name and returned. */
char const *stack_listen_name(char const *text, char name[static TRANSPORT_NAME_BYTES]);

struct transport *stack_transport(struct stack *stack);
struct transaction_layer *stack_transactions(struct stack *stack);
struct resolver *stack_resolver(struct stack *stack);

/* --- sending as a user agent -------------------------------------------------------------------
 */

struct outgoing;

/** Resolves @p next_hop and sends @p request (taken) there, trying the next destination on
 * transport failure. Handlers are those of a client transaction; their `ct` may be NULL in
 * on_failure when nothing could be sent. NULL when out of memory (no callback follows then). */
struct outgoing *stack_send(struct stack *stack, msg_t *request, url_t const *next_hop,
                            struct client_handlers const *handlers, void *ctx);
/** As stack_send(), but on the stream connection on which @p flow came while that is alive, if the
 *  next hop is reached over the same transport. What goes both ways on one connection keeps its
 *  order, and a peer that cannot be connected to is reached at all. */
struct outgoing *stack_send_back(struct stack *stack, msg_t *request, url_t const *next_hop,
                                 struct origin const *flow, struct client_handlers const *handlers,
                                 void *ctx);
void outgoing_cancel(struct outgoing *outgoing); /* CANCEL an INVITE */
void outgoing_detach(struct outgoing *outgoing); /* no callback follows */

/** Sends the ACK of a 2xx to @p next_hop (taken). */
int stack_send_ack(struct stack *stack, msg_t *ack, url_t const *next_hop);
