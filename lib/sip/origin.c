/* SPDX-License-Identifier: Apache-2.0 */
/* What an origin says: names of transports and of the peer. */
#include "origin.h"
#include "secure_identity.h"
#include <strings.h>

char const *transport_kind_name(enum transport_kind kind)
{
    static char const *const names[TRANSPORT_KINDS] = {
        [TRANSPORT_UDP] = "udp",
        [TRANSPORT_TCP] = "tcp",
        [TRANSPORT_TLS] = "tls",
    };

    return (unsigned)kind < TRANSPORT_KINDS ? names[kind] : "?";
}

bool origin_is_subject(struct origin const *origin, char const *name)
{
    if (!origin->tls_subject)
        return false;
    return strcasecmp(origin->tls_subject, name) == 0 ||
           (origin->identity && secure_identity_has(origin->identity, name));
}
