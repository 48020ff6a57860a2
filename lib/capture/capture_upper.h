/* SPDX-License-Identifier: Apache-2.0 */
/* Upper PDUs (link type 252): messages without packets, behind a list of tags; what was encrypted
 * is written so, by upper_pdu.h and by Wireshark. */
#pragma once
#include "capture_header.h"
#include "net_addr.h"

struct capture_upper {
    struct net_addr source, destination;
    bool is_datagram;         /* UDP */
    struct capture_span name; /* of the dissector: "sip", "xmpp", "xml" */
    struct capture_span payload;
};

/** False if a length cannot be. */
bool capture_upper_parse(struct capture_span packet, struct capture_upper *ret);
