/* SPDX-License-Identifier: Apache-2.0 */
/* The location service: which contacts an address of record has (RFC 3261 §10.3 steps 6 and 7).
 *
 * One table for all workers, under a lock of its own that is held for look-ups and swaps only;
 * nothing is read or written under it. What is found is a list that never changes
 * (location_list.h).
 *
 * An update swaps the list of an address of record and hands the new one to be made durable, both
 * under the lock, so that the file sees the updates in the order in which the table saw them. If
 * that fails, the update is taken back, unless a later one has already built on it. */
#pragma once
#include "location_list.h"
#include <stdbool.h>
#include <stdint.h>

struct location;
struct store_binding;

struct location_limits {
    size_t max_contacts;      /* of one address of record */
    size_t max_registrations; /* contacts in all */
};

struct location_contact {
    char const *uri;
    char const *received;
    int q;
    uint32_t expires_s; /* 0: remove it */
};

/** What one REGISTER asks for. Strings are never NULL. */
struct location_update {
    char const *aor;
    char const *call_id;
    uint32_t cseq;
    char const *path;
    char const *user_agent;
    bool clear; /* remove all (Contact: *) */
    bool force; /* whatever Call-ID and CSeq are: by the administrator */
    struct location_contact const *contacts;
    size_t n_contacts;
    struct location_limits limits;
    /* Starts to make @p list durable. Called under the lock: no I/O. 0 or a negative errno. */
    int (*persist)(void *ctx, char const *aor, struct store_binding const *list, size_t n);
    void *ctx;
};

enum location_verdict {
    LOCATION_DONE,
    LOCATION_OLD,      /* CSeq not above that of the same Call-ID */
    LOCATION_TOO_MANY, /* contacts of the address of record */
    LOCATION_FULL,     /* contacts in all */
    LOCATION_FAILED,   /* see `error` of the result */
};

struct location_ticket;

struct location_result {
    struct location_list const *list; /* what the address of record has now; a reference */
    unsigned added, refreshed, removed;
    int error;                      /* LOCATION_FAILED: -ENOMEM, or what persist() said */
    struct location_ticket *ticket; /* for location_settle() */
};

/** Empty, or NULL when out of memory. */
struct location *location_new(void);
void location_free(struct location **plocation);

/** At the start: takes over what an address of record had in the store. Returns 0 or -ENOMEM. */
int location_restore(struct location *location, char const *aor, struct store_binding const *list,
                     size_t n);

/** All or nothing. On LOCATION_DONE @p ret is filled; when it is known whether the change is
 *  durable, location_settle() is due. On all others nothing has changed. */
enum location_verdict location_update(struct location *location,
                                      struct location_update const *update,
                                      struct location_result *ret);

/** Ends an update and clears *@p pticket; @p durable false takes it back. */
void location_settle(struct location *location, struct location_ticket **pticket, bool durable);

/** The contacts of @p aor, a reference, or NULL if it has none. Those that expire right now may
 *  still be among them. */
struct location_list const *location_find(struct location *location, char const *aor);

/** References to the lists of at most @p max addresses of record, in no order; the caller drops
 *  them and frees *@p ret. Returns how many, or -ENOMEM. */
int location_all(struct location *location, size_t max, struct location_list const ***ret);

/** Removes and logs what has expired; to be called about once a second. */
void location_tick(struct location *location);
