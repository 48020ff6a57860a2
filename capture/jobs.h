/* SPDX-License-Identifier: Apache-2.0 */
/* All capture jobs of the program: those that run, and the last that have ended, for people who
 * look. Belongs to the loop; a timer lets each job take what has come. */
#pragma once
#include "job.h"
#include "wheel.h"

enum { JOBS_ENDED_MAX = 32 };

/** Opens a source that gives what comes, with what the taps hold already if @p history. 0 or a
 *  negative errno. */
typedef int jobs_open_fn(void *ctx, bool history, struct capture_source **ret);

struct jobs {
    struct job_place place;
    struct wheel *wheel;
    jobs_open_fn *open;
    void *ctx;
    size_t max; /* that run at one time */
    uint64_t default_bytes, default_seconds;
    struct wheel_timer timer;
    TAILQ_HEAD(, job) all; /* in the order of their start */
};

/** Fields but timer and list are filled by the caller; borrowed. */
void jobs_init(struct jobs *jobs);
/** Ends all of them in order. */
void jobs_fini(struct jobs *jobs);

/** Starts one. NULL with the reason for people in @p fault and its code for ctl_fail() in
 *  *@p ret_code. */
struct job *jobs_start(struct jobs *jobs, struct job_options const *options, char const **ret_code,
                       char fault[static JOB_FAULT]);

/** The one of this name that runs, else the last one that has ended, or NULL. */
struct job *jobs_find(struct jobs *jobs, char const *name);

size_t jobs_running(struct jobs const *jobs);
