/* SPDX-License-Identifier: Apache-2.0 */
/* Process skeleton: a program is one const descriptor, and svc_main() does the rest.
 *
 * svc_main() reads the options (-f FILE, -t test the configuration, -d debug log, -v version,
 * --print-sample, --print-man, --print-config), loads and checks the configuration, raises file
 * limits, calls init, drops root for node.user, calls start, opens the control socket, runs the
 * libuv loop until SIGTERM or SIGINT, calls deinit and returns the exit code. SIGPIPE is ignored.
 *
 * Exit codes: 0, 64 usage, 69 could not start (address in use ...), 70 internal, 78 configuration.
 */
#pragma once
#include "alarm.h"
#include "cfg.h"
#include "ctl.h"
#include "met.h"
#include <uv.h>

struct tap;
struct wheel;

struct svc;

struct svc_desc {
    char const *name; /* "crosspoint-proxy"; its log and control-socket name is what follows '-' */
    char const *summary;             /* one line for --help and the man page */
    struct cfg_schema const *schema; /* the program's group of the file, e.g. "proxy" */
    /* Faults that no single row can see; NULL if none. @p conf is the filled schema struct. Called
     * also when rows have faults, so that all are named at once: a string that was refused or is
     * missing is NULL, also in an entry of a list. */
    void (*check)(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
    struct ctl_command const *commands;   /* ended by a row without a name */
    struct met_set const *const *metrics; /* ended by NULL */
    struct alarm_set const *alarms;       /* NULL: none */
    /* Opens sockets and builds state. Returns 0 or a negative errno after logging why. */
    int (*init)(struct svc *svc);
    /* After init and as node.user, who owns what this makes: opens the files that the program
     * writes. Returns 0 or a negative errno after logging why. NULL: there are none. */
    int (*start)(struct svc *svc);
    /* Puts @p cfg, which has no faults, in force; keeps a reference (cfg_ref) to what it uses
     * beyond the call. Keys of CFG_RESTART keep their old effect. Returns 0, or a negative errno
     * after logging why: nothing has changed then. NULL: every key of the program waits for a
     * restart. */
    int (*reload)(struct svc *svc, struct cfg *cfg);
    /* The clock was moved, and the timers of svc_wheel() have run: for those of other threads. NULL
     * if there are none. */
    void (*on_clock)(struct svc *svc);
    /* Undoes init in reverse order; called also after a failed init. */
    void (*deinit)(struct svc *svc);
};

/** Runs the program; returns its exit code. */
int svc_main(struct svc_desc const *desc, int argc, char **argv);

/** The process's one state object: set in init, read in commands and callbacks. */
void svc_set_state(struct svc *svc, void *state);
void *svc_state(struct svc *svc);

/** For start: runs the loop until @p done says yes, the program is told to stop, or @p timeout_ms
 *  is over. */
void svc_wait(struct svc *svc, bool (*done)(void *ctx), void *ctx, unsigned timeout_ms);

/** Borrowed for the life of the process; configuration and node until the next reload. */
uv_loop_t *svc_loop(struct svc *svc);
struct wheel *svc_wheel(struct svc *svc); /* driven by the loop */
struct tap *svc_tap(struct svc *svc);
struct alarm_board *svc_alarms(struct svc *svc);
void const *svc_conf(struct svc *svc); /* the filled struct of desc->schema */
struct cfg_node const *svc_node(struct svc *svc);
struct svc_desc const *svc_descriptor(struct svc *svc);
struct cfg *svc_cfg(struct svc *svc);
