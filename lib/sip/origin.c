/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the transports, as in origins, logs and configuration. */
#include "origin.h"

char const *transport_kind_name(enum transport_kind kind)
{
    static char const *const names[TRANSPORT_KINDS] = {
        [TRANSPORT_UDP] = "udp",
        [TRANSPORT_TCP] = "tcp",
        [TRANSPORT_TLS] = "tls",
    };

    return (unsigned)kind < TRANSPORT_KINDS ? names[kind] : "?";
}
