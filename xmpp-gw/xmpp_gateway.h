/* SPDX-License-Identifier: Apache-2.0 */
/* The XMPP gateway: what its parts share. One per process, made in main.c; everything here runs on
 * the loop thread. The picture is in ARCHITECTURE.md, "Inside the XMPP gateway". */
#pragma once
#include "im_bridge.h"
#include "roster.h"
#include "sip_side.h"
#include "streams.h"
#include <sys/queue.h>

struct cfg;
struct domain_check;
struct secure_watch;
struct svc;
struct xmpp_conf;

struct xmpp_gateway {
    struct cfg *cfg; /* a reference to the one that it was started with */
    struct xmpp_conf const *conf;
    struct wheel *wheel;
    uint64_t up_ms; /* since when */
    struct streams *streams;
    struct sip_side sip;
    struct im_bridge im;
    struct roster roster;
    struct streams_settings settings; /* what the streams borrow */
    struct secure_watch *certs;
    LIST_HEAD(, domain_check) checks;
    size_t n_checks;
};

/** Opens the listeners and connects. Returns 0 or a negative errno after logging why;
 *  xmpp_gateway_fini() is right after either. */
int xmpp_gateway_init(struct xmpp_gateway *gateway, struct svc *svc);
/** Puts in force what @p conf says of certificates and their alarms; all else waits for a restart.
 *  0, or a negative errno after logging why: nothing has changed. */
int xmpp_gateway_reload(struct xmpp_gateway *gateway, struct xmpp_conf const *conf);

void xmpp_gateway_fini(struct xmpp_gateway *gateway);
