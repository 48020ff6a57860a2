/* SPDX-License-Identifier: Apache-2.0 */
/* HEP3, in which capture agents send messages to Homer: a list of chunks around one message, with
 * the addresses that it had, its time and a correlation id. */
#pragma once
#include "capture_header.h"
#include "net_addr.h"
#include <stdint.h>

enum { CAPTURE_HEP_ID = 256 };

struct capture_hep {
    struct net_addr source, destination;
    unsigned protocol; /* of IP */
    uint64_t time_us;  /* 0: not said */
    struct capture_span payload;
    char id[CAPTURE_HEP_ID];
};

/** Reads a whole HEP3 packet. False: a length in it cannot be, or there is no payload. */
bool capture_hep_parse(struct capture_span packet, struct capture_hep *ret);
