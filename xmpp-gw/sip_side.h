/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP user agent of the gateway: its stack, whom it listens to, and who takes which request.
 * Only proxies of ours may send (xmpp.proxies), for they have judged who the sender is. */
#pragma once
#include "stack.h"
#include <sofia-sip/url.h>

struct svc;
struct xmpp_conf;

/** Who takes a method; the request must be answered in the end. */
struct sip_side_method {
    char const *name;
    void (*take)(void *ctx, struct server_transaction *st);
};

struct sip_side {
    struct xmpp_conf const *conf;
    struct stack *stack;
    url_t *outbound;                       /* where our requests go */
    struct sip_side_method const *methods; /* ends with a name of NULL */
    void *ctx;
};

/** Opens the listeners. @p methods and @p ctx are borrowed. Returns 0 or a negative errno after
 *  logging why; fini is right after either. */
int sip_side_init(struct sip_side *side, struct svc *svc, struct xmpp_conf const *conf,
                  struct sip_side_method const *methods, void *ctx);
void sip_side_fini(struct sip_side *side);

/** Answers with a Warning that says @p why, and logs it. */
void sip_side_refuse(struct server_transaction *st, int status, char const *phrase,
                     char const *why);

/** The same with one more header line. */
void sip_side_refuse_with(struct server_transaction *st, int status, char const *phrase,
                          char const *header, char const *why);

/** Our Contact for a dialog of the XMPP user whose SIP URI is @p uri: a GRUU of the gateway (RFC
 *  6665 4.5.1), for what is sent there must come here. @p listener: by which the dialog began. */
enum { SIP_SIDE_CONTACT = 500 };
void sip_side_contact(struct sip_side const *side, uint16_t listener, char const *uri,
                      char ret[static SIP_SIDE_CONTACT]);
