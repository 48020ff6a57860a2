/* SPDX-License-Identifier: Apache-2.0 */
/* One capture job: takes messages from its source, or packets of an interface, leaves out what it
 * does not want, masks the rest, and writes them until a limit is reached, the disk is full, or it
 * is told to stop.
 *
 * Each job has a source of its own, so a slow or large one takes nothing from the others. */
#pragma once
#include "buf.h"
#include "capture_source.h"
#include "cfg.h"
#include "job_folder.h"
#include "job_options.h"
#include "job_output.h"
#include "key_reader.h"
#include <stdbool.h>
#include <sys/queue.h>

struct alarm_board;
struct capture_filter;
struct job_packets;

enum { JOB_REASON = 96 };

/* What jobs share; borrowed by each. */
struct job_place {
    struct job_folder folder;
    char const *application;
    struct cfg_strings key_logs;
    char const *netcap;         /* socket of crosspoint-netcap */
    struct alarm_board *alarms; /* NULL: none */
};

struct job;

typedef void job_ended_fn(struct job *job, void *ctx);

struct job {
    TAILQ_ENTRY(job) link; /* of the list that it stands in (jobs.c) */
    struct job_place const *place;
    struct job_options options;
    struct job_output output;
    struct capture_source *source; /* NULL: it has ended, unless there are packets */
    struct job_packets *packets;   /* of an interface; NULL: none */
    bool has_begun;                /* there is a file */
    struct capture_filter *filter;
    struct key_reader *keys; /* place->key_logs.n of them; NULL without secrets */
    uint64_t lost;           /* by the source, as far as it has been counted */
    bool keys_are_due;       /* to be looked at before the next message */
    struct buf masked, secrets;
    uint64_t started_ms, ended_ms;
    uint64_t stop_ms; /* when it ends because it was told to; 0: it was not */
    job_ended_fn *on_begin, *on_end;
    void *begin_ctx, *ctx;
    char reason[JOB_REASON]; /* why it has ended */
};

/** Starts it; makes its first file. @p source is its own from now on, also on failure; NULL if it
 *  is to take packets: then the file is made when the interface is open, and on_begin is called, or
 *  when it has ended before. Returns NULL with *@p ret_error: -EEXIST if there is such a file,
 * -ENOKEY if there is a key log that cannot be read, -ENOTCONN if crosspoint-netcap is not there.
 */
struct job *job_new(struct job_place const *place, struct job_options const *options,
                    struct capture_source *source, int *ret_error);
void job_free(struct job **pjob);

/** Takes at most @p max messages from the source. Returns whether there may be more at once. May
 *  end the job. */
bool job_run(struct job *job, unsigned max);

bool job_is_over(struct job const *job);

/** Has it end in order once what was said until now has come out of the taps; then @p on_end is
 *  called. -EALREADY if it was told before, or has ended. */
int job_stop(struct job *job, job_ended_fn *on_end, void *ctx);

/** Ends it in order; nothing happens if it has ended. @p reason for people: "stopped". */
void job_end(struct job *job, char const *reason);
