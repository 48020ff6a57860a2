/* SPDX-License-Identifier: Apache-2.0 */
/* What a URI says of the way to its host (RFC 3261 19.1.1, RFC 3263 4): the part that needs no DNS.
 * Inner part of resolve.c. */
#pragma once
#include "origin.h"
#include <sofia-sip/url.h>
#include <stdbool.h>

enum { RESOLVE_HOST_BYTES = 256 };

struct resolve_wanted {
    char host[RESOLVE_HOST_BYTES]; /* lower case, without brackets */
    struct net_addr addr;          /* of a numeric host */
    uint16_t port;                 /* 0: none given */
    enum transport_kind kind;      /* the fallback unless kind_given or secure */
    bool kind_given;               /* by the parameter `transport` */
    bool secure;                   /* sips: TLS, whatever the DNS says */
    bool numeric;
};

/** Reads @p uri; @p fallback is the transport when it names none. Returns NULL, or a static text
 *  saying what is wrong. */
char const *resolve_wanted_read(struct resolve_wanted *ret, url_t const *uri,
                                enum transport_kind fallback);

/** Port of a transport when none is given. */
uint16_t resolve_wanted_port(enum transport_kind kind);
