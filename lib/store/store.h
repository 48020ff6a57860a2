/* SPDX-License-Identifier: Apache-2.0 */
/* The durable directory of the node: users, registrations, and the people, devices and lines of
 * call control, in one SQLite file (WAL). Several programs may have it open.
 *
 * Writes never block a loop: they are jobs for the one thread that the store owns. It takes what
 * has gathered, runs it in one transaction (group commit) and tells each caller on the caller's own
 * loop. A write that was reported as done has been synced: it survives kill -9 and loss of power.
 * Jobs run in the order in which they were handed in, whichever thread that was.
 *
 * Order of use: store_open(); what reads everything at the start (store_users_new(),
 * store_bindings_each()); store_start(); one link per loop. And back: links, then store_close().
 * No header of this folder names a database: another one would stand behind the same functions. */
#pragma once
#include <stddef.h>
#include <uv.h>

struct store;
struct store_link;

/** The job is committed (0), or has changed nothing: -EEXIST, -ENOENT (as the function that made
 *  the job says), -ENOSPC, -EACCES, -EIO ... On -ECANCELED the link was freed first, and the job
 *  may still be done. Called exactly once, on the link's loop, never inside a call into the store.
 */
typedef void store_done_fn(void *ctx, int error);

/** Opens or makes the file at @p path, readable for its owner only, and brings it to the version of
 *  this program. At most @p max_jobs wait at a time. Blocks. Returns 0, or a negative errno after
 *  logging why. */
int store_open(struct store **ret, char const *path, size_t max_jobs);

/** Starts the thread. From now on nothing is read from the file. Returns 0 or a negative errno. */
int store_start(struct store *store);

/** Finishes every job, syncs and closes. Accepts NULL inside. */
void store_close(struct store **pstore);

/** New link of the calling thread's @p loop, or NULL. */
struct store_link *store_link_new(struct store *store, uv_loop_t *loop);

/** Tells those who still wait (-ECANCELED, now), and closes; jobs handed in go on. The loop must
 *  run once more. Accepts NULL inside. */
void store_link_free(struct store_link **plink);
