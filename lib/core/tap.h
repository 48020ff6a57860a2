/* SPDX-License-Identifier: Apache-2.0 */
/* The tap: a bounded ring of every message that this process sent or received, after decryption.
 *
 * Transports and links add one record per message; who decides about a message notes it later. One
 * ring per process; all its threads add to it. When it is full (records or bytes) the oldest goes.
 * tap_keep() puts it into a file, which others read while the program runs, and after it has
 * crashed (tap_reader.h); what that looks like is in tap_layout.h. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tap_direction { TAP_RECEIVED, TAP_SENT, TAP_DIRECTIONS };
enum tap_protocol { TAP_SIP, TAP_CSTA, TAP_XMPP, TAP_PROTOCOLS };

/* What is longer in a record is cut. */
enum { TAP_LISTENER = 95, TAP_SUBJECT = 255, TAP_ID = 255, TAP_NOTE = 1023 };

struct tap_record {
    uint64_t serial;  /* 1, 2, 3 ... in this process; a gap means that the ring overflowed */
    uint64_t wall_us; /* clock_wall_us() */
    enum tap_direction direction;
    enum tap_protocol protocol;
    char transport[4]; /* "udp", "tcp", "tls" */
    struct net_addr local, remote;
    /* NULL is "", and "" is what the ring gives. */
    char const *listener; /* by which it came or went */
    char const *subject;  /* whom the peer has proved to be by TLS */
    char const *id;       /* Call-ID of what it belongs to; "" of SIP, which says so itself */
    bool is_cut;          /* it was too large for the ring */
    size_t len;
    char const *bytes; /* owned by the ring; a NUL stands behind them */
};

struct tap;

/** New ring of at most @p max_records records and @p max_bytes bytes, all that is noted about them
 *  included. NULL if either is 0 or there is no memory. Memory is taken as it fills. */
struct tap *tap_new(size_t max_records, size_t max_bytes);

/** Says in its file, if it has one, that the program has ended in order. The file stays. */
void tap_free(struct tap **ptap);

/** Goes on in the file @p dir/@p program.tap, for nobody but its owner, with what the ring holds. A
 *  file that is there already becomes .tap.1 if its program has not ended in order, else it goes.
 *  Returns 0, or a negative errno: the ring stays in memory. */
int tap_keep(struct tap *tap, char const *dir, char const *program);

/** Copies @p bytes into a new record; fields other than serial, time, len and bytes come from
 *  @p like. Returns the serial, 0 if @p tap is NULL. A message of more than a quarter of the ring
 *  is cut. */
uint64_t tap_add(struct tap *tap, struct tap_record const *like, void const *bytes, size_t len);

/** Notes what was decided about the message @p serial; several notes are one after the other. Does
 *  nothing if @p tap is NULL or @p serial is 0. */
void tap_note(struct tap *tap, uint64_t serial, char const *text, size_t len);

/** Keeps other threads from adding while records are read: they wait, so it must be short. */
void tap_lock(struct tap *tap);
void tap_unlock(struct tap *tap);

/** First record with a serial above @p after, or NULL. Borrowed until the next call, or until
 *  tap_unlock(), in a process with one thread until the next tap_add(). Fast if @p after is what
 *  the last call has given. */
struct tap_record const *tap_next(struct tap *tap, uint64_t after);
