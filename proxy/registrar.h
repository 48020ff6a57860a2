/* SPDX-License-Identifier: Apache-2.0 */
/* The registrar (RFC 3261 §10.3, RFC 3327, RFC 8760): what all workers share, each worker's part,
 * and the way of a REGISTER.
 *
 * A REGISTER is judged in its worker against the location table, which takes the change at once;
 * its 200 leaves when the store has it on disk. Registrations with reg-id are ordinary ones here,
 * for RFC 5626 (outbound) is not offered; so 439 is never sent. */
#pragma once
#include "store_users.h"
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

struct digest_nonces;
struct location;
struct registrar_conf;
struct registrar_pending;
struct registrar_policy;
struct server_transaction;

/** Shared by all workers; what it points to guards itself. */
struct registrar {
    struct store *store;
    struct store_users *users;
    struct location *location;
    struct digest_nonces *nonces;
    uint64_t purge_ms; /* when the file is purged next; only registrar_tick() uses it */
};

/** A worker's part, used on its loop only. */
struct registrar_worker {
    struct registrar *shared; /* NULL: no registrar */
    struct store_link *link;
    LIST_HEAD(, registrar_pending) pending; /* REGISTERs that wait for the disk */
};

/** Opens the store and reads users and registrations. Blocks. Returns 0, or a negative errno after
 *  logging why; *@p ret is NULL then. */
int registrar_open(struct registrar **ret, struct registrar_conf const *conf);

/** After every registrar_worker_fini(). Writes what is still to be written; accepts NULL inside. */
void registrar_close(struct registrar **pregistrar);

/** Returns 0 or -ENOMEM; registrar_worker_fini() is due in any case. */
int registrar_worker_init(struct registrar_worker *worker, struct registrar *shared,
                          uv_loop_t *loop);

/** Leaves REGISTERs that wait without an answer. Harmless on a zeroed worker. The loop must run
 *  once more. */
void registrar_worker_fini(struct registrar_worker *worker);

/** Answers a REGISTER whose Request-URI is ours, now or when the store is done; counts and logs. */
void registrar_handle(struct registrar_worker *worker, struct registrar_policy const *policy,
                      struct server_transaction *st);

/** Removes expired registrations from memory; once a second, on one loop. Now and then also from
 *  the file. */
void registrar_tick(struct registrar_worker *worker);
