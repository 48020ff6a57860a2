/* SPDX-License-Identifier: Apache-2.0 */
/* The XMPP gateway: what its parts share. One per process, made in main.c; everything here runs on
 * the loop thread. The picture is in ARCHITECTURE.md, "Inside the XMPP gateway". */
#pragma once
#include "im_bridge.h"
#include "sip_side.h"
#include "streams.h"

struct svc;
struct xmpp_conf;

struct xmpp_gateway {
    struct xmpp_conf const *conf;
    struct wheel *wheel;
    struct streams *streams;
    struct sip_side sip;
    struct im_bridge im;
    struct streams_settings settings; /* what the streams borrow */
};

/** Opens the listeners and connects. Returns 0 or a negative errno after logging why;
 *  xmpp_gateway_fini() is right after either. */
int xmpp_gateway_init(struct xmpp_gateway *gateway, struct svc *svc);
void xmpp_gateway_fini(struct xmpp_gateway *gateway);
