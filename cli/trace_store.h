/* SPDX-License-Identifier: Apache-2.0 */
/* The messages that a trace looks at, and the dialogs that they belong to: those with one
 * correlation id, or, if they say none, of one connection. Bounded: when there are too many, or
 * too many bytes, the oldest go, and dialogs that have none left with them.
 *
 * Held, it goes on collecting and shows nothing of it, until it is full: so what somebody looks at
 * stays as it is. Pure; not thread-safe. */
#pragma once
#include "capture_look.h"
#include "htab.h"
#include <sys/queue.h>

enum { TRACE_STORE_METHOD = 32 };

TAILQ_HEAD(trace_messages, trace_message);
TAILQ_HEAD(trace_dialogs, trace_dialog);

struct trace_message {
    TAILQ_ENTRY(trace_message) link, in_dialog;
    struct trace_dialog *dialog;
    uint64_t serial; /* 1, 2, 3 ... */
    size_t size;     /* of memory */
    struct capture_message message;
    char memory[]; /* what `message` points to */
};

struct trace_dialog {
    TAILQ_ENTRY(trace_dialog) link;
    struct htab_entry by_id;
    struct trace_messages messages; /* in the order in which they came */
    uint64_t serial;                /* 1, 2, 3 ... */
    uint64_t first_us, last_us;
    size_t n; /* messages that are there */
    size_t size;
    uint8_t state;                   /* enum trace_state */
    unsigned status;                 /* of the last final response to what it began with, or 0 */
    char method[TRACE_STORE_METHOD]; /* of SIP, else the name of the first message */
    char from[CAPTURE_PARTY], to[CAPTURE_PARTY];
    /* What trace_match.h knows of it. */
    uint64_t match_wish, match_seen;
    bool match;
    char id[]; /* as it came: anything */
};

struct trace_store {
    size_t max_messages, max_bytes;
    struct trace_messages messages, held; /* oldest first */
    struct trace_dialogs dialogs;         /* in the order of their first message */
    struct htab by_id;
    size_t n, n_held, n_dialogs, bytes; /* bytes: held ones, too */
    uint64_t last_serial, last_dialog;
    uint64_t changes; /* differs when anything that can be seen has changed */
    uint64_t gone;    /* to make room */
    uint64_t dropped; /* while held, because it was full */
    bool is_held;
};

/** An empty one. */
void trace_store_init(struct trace_store *store, size_t max_messages, size_t max_bytes);
void trace_store_fini(struct trace_store *store);

/** Takes a copy of @p message. 0 or -ENOMEM. */
int trace_store_add(struct trace_store *store, struct capture_message const *message);

/** Holds it, or shows what has come meanwhile. */
void trace_store_hold(struct trace_store *store, bool held);

/** Forgets all messages. */
void trace_store_clear(struct trace_store *store);

/** NULL if it has gone. */
struct trace_dialog *trace_store_dialog(struct trace_store const *store, uint64_t serial);
struct trace_message *trace_store_message(struct trace_store const *store, uint64_t serial);
