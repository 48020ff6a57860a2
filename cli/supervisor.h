/* SPDX-License-Identifier: Apache-2.0 */
/* Starts programs one after the other, each when the one before is ready; prefixes their output,
 * restarts one that dies, stops all in reverse order. It knows nothing of Crosspoint: what to run,
 * when a child is ready and what to print are its owner's.
 *
 * A child that ends before everything was ready for the first time with a code of <sysexits.h> that
 * says "this can not work" (usage, unavailable, configuration) ends the whole run with that code.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct supervisor;
struct wheel;

enum { SUPERVISOR_CHILDREN = 8 };

struct supervisor_child {
    char const *name;
    char const *const *argv; /* argv[0] is the path; ended by NULL */
};

struct supervisor_owner {
    /* Does child @p i answer? Asked every few milliseconds after its start. */
    bool (*is_ready)(void *ctx, size_t i);
    /* Every child was ready for the first time. */
    void (*on_ready)(void *ctx);
    /* A line that the child wrote (without newline), or what happened to it. */
    void (*on_line)(void *ctx, char const *name, char const *line);
    /* Every child is gone; @p code is the exit code of the run. The supervisor may be freed when
     * the loop has ended. */
    void (*on_end)(void *ctx, int code);
};

/** @p children (at most SUPERVISOR_CHILDREN) in starting order; all borrowed. Starts when the loop
 *  runs. NULL when out of memory. */
struct supervisor *supervisor_new(uv_loop_t *loop, struct wheel *wheel,
                                  struct supervisor_child const *children, size_t n,
                                  struct supervisor_owner const *owner, void *ctx);

/** Frees; every child must be gone, and the loop must have run until nothing was left. */
void supervisor_free(struct supervisor **psupervisor);

/** SIGTERM in reverse order of starting, each when the one before is gone; SIGKILL for one that
 *  needs more than SUPERVISOR_PATIENCE_MS. Harmless when already stopping. */
void supervisor_stop(struct supervisor *supervisor);

/** SIGHUP to every child that runs: they read their configuration again. */
void supervisor_reload(struct supervisor *supervisor);

enum { SUPERVISOR_POLL_MS = 10, SUPERVISOR_PATIENCE_MS = 10000 };
