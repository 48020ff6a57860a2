/* SPDX-License-Identifier: Apache-2.0 */
/* One message as people look at it, wherever it was seen: in the tap of a program, in a capture
 * file, on an interface. A plain value; what it points to belongs to the source that gave it, until
 * that is asked for the next one. */
#pragma once
#include "net_addr.h"
#include "tap.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_message {
    uint64_t time_us; /* since 1970 */
    uint64_t number;  /* in its source, from 1: serial of a tap, frame of a file */
    enum tap_protocol protocol;
    char const *transport; /* "udp", "tcp", "tls" */
    struct net_addr source, destination;
    /* Of a tap: the program that recorded it, and whether it sent it. Else "" and false. */
    char const *program;
    bool sent;
    char const *peer;      /* our program at its other end, "" if it is none of ours */
    bool cut;              /* the capture has not all of it */
    char const *interface; /* listener of the program, or interface of the file; "" if unknown */
    char const *subject;   /* who the peer has proved to be by TLS, "" if nobody */
    char const *id;        /* correlation: Call-ID of what it belongs to; "" if unknown */
    char const *note;      /* what was decided about it, or the comment of a packet; "" if none */
    char const *bytes;     /* not terminated */
    size_t len;
};
