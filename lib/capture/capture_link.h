/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers: from the bytes of a packet to its IP header. */
#pragma once
#include "capture_header.h"

enum capture_link {
    CAPTURE_LINK_IP,
    CAPTURE_LINK_UPPER_PDU, /* capture_upper.h */
    CAPTURE_LINK_OTHER,     /* ARP and the like */
    CAPTURE_LINK_SHORT,     /* ends within its header */
    CAPTURE_LINK_STRANGE,   /* this link type is not known */
};

/** Looks at a packet of @p link_type (LINKTYPE_ of tcpdump.org); *ret is what is in it. */
enum capture_link capture_link_strip(unsigned link_type, struct capture_span packet,
                                     struct capture_span *ret);
