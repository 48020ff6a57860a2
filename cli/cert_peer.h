/* SPDX-License-Identifier: Apache-2.0 */
/* What a TLS server shows: a handshake that trusts whatever comes, for the certificates only. */
#pragma once
#include "cert_fault.h"
#include <openssl/x509.h>
#include <stdbool.h>

struct cert_peer_how {
    char const *sni;  /* name to ask for; NULL: the host, unless it is an address */
    char const *type; /* "rsa" or "ec": the kind of certificate to ask for; NULL: either */
    long timeout_s;   /* for all of it */
};

struct cert_peer {
    STACK_OF(X509) * chain;       /* as it was sent; owned */
    char address[80];             /* that was connected to */
    char version[16], cipher[64]; /* "" if the handshake did not come to its end */
    char broke_off[256];          /* why not: such as that we show no certificate; "" */
};

/** Connects to @p target, "host:port" or "[address]:port". Returns 0 as soon as a chain was seen,
 *  or -1 with @p fault; cert_peer_fini() in both cases. Blocks. */
int cert_peer_ask(struct cert_peer *ret, char const *target, struct cert_peer_how const *how,
                  struct cert_fault *fault);
void cert_peer_fini(struct cert_peer *peer);
