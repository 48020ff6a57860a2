/* SPDX-License-Identifier: Apache-2.0 */
/* The tap: a bounded ring of every message that this process sent or received, after decryption.
 *
 * Transports and links add one record per message; the control command "tap" reads them, and the
 * ladder is drawn from them. When the ring is full (records or bytes) the oldest goes. One ring per
 * process; all its threads add to it. */
#pragma once
#include "net_addr.h"
#include <stddef.h>
#include <stdint.h>

enum tap_direction { TAP_RECEIVED, TAP_SENT };
enum tap_protocol { TAP_SIP, TAP_CSTA, TAP_XMPP };

struct tap_record {
    uint64_t serial;  /* 1, 2, 3 ... in this process; a gap means that the ring overflowed */
    uint64_t wall_us; /* clock_wall_us() */
    enum tap_direction direction;
    enum tap_protocol protocol;
    char transport[4]; /* "udp", "tcp", "tls" */
    struct net_addr local, remote;
    size_t len;
    char const *bytes; /* owned by the ring */
};

struct tap;

/** New ring of at most @p max_records records and @p max_bytes bytes of messages, or NULL. */
struct tap *tap_new(size_t max_records, size_t max_bytes);
void tap_free(struct tap **ptap);

/** Copies @p bytes into a new record; fields other than serial, time, len and bytes come from
 *  @p like. @p tap may be NULL: nothing is kept. */
void tap_add(struct tap *tap, struct tap_record const *like, void const *bytes, size_t len);

/** Keeps other threads from adding while records are read: they wait, so it must be short. */
void tap_lock(struct tap *tap);
void tap_unlock(struct tap *tap);

/** First record with a serial above @p after, or NULL. Borrowed until tap_unlock(), in a process
 *  with one thread until the next tap_add(). */
struct tap_record const *tap_next(struct tap const *tap, uint64_t after);
