/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a capture job: see job.h. */
#include "job.h"
#include "alarm.h"
#include "capture_alarms.h"
#include "capture_filter.h"
#include "capture_mask.h"
#include "capture_metrics.h"
#include "clock.h"
#include "job_packets.h"
#include "log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SETTLE_MS: a source keeps back what is younger, for it may not be in order yet. */
enum { MASKED_MAX = 1 << 26, SECRETS_MAX = 64 << 20, SETTLE_MS = 400 };

static int start_keys(struct job *job)
{
    struct cfg_strings const *paths = &job->place->key_logs;

    if (!job->options.secrets)
        return 0;
    job->keys = calloc(paths->n ? paths->n : 1, sizeof *job->keys);
    if (!job->keys)
        return -ENOMEM;
    for (size_t i = 0; i < paths->n; i++)
        key_reader_init(&job->keys[i], paths->v[i]);
    return 0;
}

static void say_start(struct job const *job)
{
    struct job_options const *options = &job->options;

    met_inc(&capture_metrics, M_jobs_started);
    met_add(&capture_metrics, M_jobs, 1);
    log_info(NULL, "capture started job=%s file=%s", options->name, job->output.name);
    if (options->unmask)
        alarm_raise(job->place->alarms, CAPTURE_ALARM_unmasked, options->name);
    if (options->secrets)
        alarm_raise(job->place->alarms, CAPTURE_ALARM_secrets_captured, options->name);
}

/* New lines of the key logs, all of them where a file begins: they must stand before what they
 * decrypt. */
static int write_secrets(struct job *job, bool is_new)
{
    int error = 0;

    if (!job->keys || (!is_new && !job->keys_are_due))
        return 0;
    job->keys_are_due = false;
    buf_reset(&job->secrets);
    for (size_t i = 0; i < job->place->key_logs.n; i++) {
        if (is_new)
            key_reader_rewind(&job->keys[i]);
        error = key_reader_read(&job->keys[i], &job->secrets);
        if (error < 0) {
            log_error(NULL, "TLS secrets cannot be read job=%s path=\"%s\" error=\"%s\"",
                      job->options.name, job->keys[i].path, strerror(-error));
            return -ENOKEY;
        }
    }
    return job_output_secrets(&job->output, job->secrets.data, job->secrets.len);
}

/* Room for a message of @p len bytes, and the secrets before it. */
static int prepare(struct job *job, uint64_t len)
{
    int rc = job_output_prepare(&job->output, len);

    return rc < 0 ? rc : write_secrets(job, rc == 1);
}

static int begin(struct job *job)
{
    int error = prepare(job, 0);

    if (error == 0)
        error = job_output_flush(&job->output);
    if (error < 0)
        return error;
    job->has_begun = true;
    if (job->on_begin)
        job->on_begin(job, job->begin_ctx);
    return 0;
}

static int open_packets(struct job *job)
{
    struct job_options const *options = &job->options;
    int error =
        job_packets_open(job->place->netcap, options->interface, options->filter, &job->packets);

    if (error == 0)
        return 0;
    log_warn(NULL, "crosspoint-netcap is not reached path=\"%s\" error=\"%s\"", job->place->netcap,
             strerror(-error));
    return -ENOTCONN;
}

struct job *job_new(struct job_place const *place, struct job_options const *options,
                    struct capture_source *source, int *ret_error)
{
    struct job *job = calloc(1, sizeof *job);
    char fault[JOB_FAULT]; /* the options have been checked */

    *ret_error = -ENOMEM;
    if (!job) {
        capture_source_free(&source);
        return NULL;
    }
    job->place = place;
    job->options = *options;
    job->source = source;
    job->started_ms = clock_now_ms();
    buf_init(&job->masked, MASKED_MAX);
    buf_init(&job->secrets, SECRETS_MAX);
    job_output_init(&job->output, &place->folder, &job->options, place->application);
    job->filter = job_options_filter(&job->options, fault);
    *ret_error = job->filter ? start_keys(job) : -EINVAL;
    if (*ret_error == 0)
        *ret_error = source ? begin(job) : open_packets(job);
    if (*ret_error < 0) {
        job_free(&job);
        return NULL;
    }
    say_start(job);
    return job;
}

void job_free(struct job **pjob)
{
    struct job *job = *pjob;

    *pjob = NULL;
    if (!job)
        return;
    capture_source_free(&job->source);
    job_packets_free(&job->packets);
    capture_filter_free(&job->filter);
    job_output_fini(&job->output);
    buf_fini(&job->masked);
    buf_fini(&job->secrets);
    free(job->keys);
    free(job);
}

bool job_is_over(struct job const *job)
{
    return !job->source && !job->packets;
}

void job_end(struct job *job, char const *reason)
{
    if (job_is_over(job))
        return;
    capture_source_free(&job->source);
    job_packets_free(&job->packets);
    met_add(&capture_metrics, M_jobs, -1);
    job->ended_ms = clock_now_ms();
    (void)snprintf(job->reason, sizeof job->reason, "%s", reason);
    job_output_fini(&job->output);
    alarm_clear(job->place->alarms, CAPTURE_ALARM_unmasked, job->options.name);
    alarm_clear(job->place->alarms, CAPTURE_ALARM_secrets_captured, job->options.name);
    log_info(NULL, "capture ended job=%s reason=\"%s\" messages=%llu bytes=%llu dropped=%llu",
             job->options.name, reason, (unsigned long long)job->output.messages,
             (unsigned long long)job->output.bytes, (unsigned long long)job->output.dropped);
    if (job->on_begin && !job->has_begun)
        job->on_begin(job, job->begin_ctx);
    if (job->on_end)
        job->on_end(job, job->ctx);
}

int job_stop(struct job *job, job_ended_fn *on_end, void *ctx)
{
    if (job_is_over(job) || job->stop_ms)
        return -EALREADY;
    job->stop_ms = clock_now_ms() + SETTLE_MS;
    job->on_end = on_end;
    job->ctx = ctx;
    return 0;
}

static void end_failed(struct job *job, int error)
{
    char reason[JOB_REASON];

    met_inc(&capture_metrics, M_jobs_failed);
    if (error == -ENOSPC || error == -EDQUOT)
        alarm_raise(job->place->alarms, CAPTURE_ALARM_disk_full, job->place->folder.path);
    (void)snprintf(reason, sizeof reason, "failed: %s",
                   error == -ENOSPC    ? "disk full"
                   : error == -ENOLINK ? job_packets_fault(job->packets)
                   : error == -EEXIST  ? "a file of this name is there already"
                                       : strerror(-error));
    job_end(job, reason);
}

/* The limit that has been reached, or NULL. */
static char const *reached(struct job const *job)
{
    struct job_options const *options = &job->options;
    struct job_output const *output = &job->output;

    if (options->messages && output->messages + output->in_pending >= options->messages)
        return "messages reached";
    if (options->bytes && output->bytes + output->pending.len >= options->bytes)
        return "bytes reached";
    if (options->seconds && clock_now_ms() - job->started_ms >= options->seconds * 1000)
        return "seconds reached";
    return job->stop_ms && clock_now_ms() >= job->stop_ms ? "stopped" : NULL;
}

static int write_message(struct job *job, struct capture_message *message)
{
    int error;

    if (!job->options.unmask && capture_mask_message(message, &job->masked) < 0) {
        job_output_lost(&job->output, 1);
        return 0;
    }
    error = prepare(job, message->len);
    return error < 0 ? error : job_output_message(&job->output, message);
}

/* As take(). */
static int take_packet(struct job *job)
{
    struct capture_packet packet;
    int rc = job_packets_next(job->packets, &packet), error = 0;

    if (!job->has_begun && job_packets_are_open(job->packets))
        error = begin(job);
    if (error < 0 || rc <= 0)
        return error < 0 ? error : rc;
    error = prepare(job, packet.len);
    if (error == 0)
        error = job_output_packet(&job->output, &packet);
    return error < 0 ? error : 1;
}

/* 1: there was one; 0: there is none now; or a negative errno. */
static int take(struct job *job)
{
    struct capture_message message;
    int rc;

    if (job->packets)
        return take_packet(job);
    rc = capture_source_next(job->source, &message);
    if (rc <= 0)
        return rc;
    if (!capture_filter_match(job->filter, &message, NULL))
        return 1;
    rc = write_message(job, &message);
    return rc < 0 ? rc : 1;
}

/* What the programs said faster than it could be read. */
static void count_lost(struct job *job)
{
    uint64_t lost = job->source ? capture_source_lost(job->source) - job->lost : 0;

    if (lost == 0)
        return;
    if (job->lost == 0)
        log_warn(NULL, "capture misses messages that were overwritten before they were read job=%s",
                 job->options.name);
    job->lost += lost;
    job_output_lost(&job->output, lost);
}

bool job_run(struct job *job, unsigned max)
{
    uint64_t bytes = job->output.bytes;
    char const *limit = reached(job);
    int rc = 1;

    /* The messages of this turn have settled: what decrypts them was written before. */
    job->keys_are_due = true;
    while (!limit && rc == 1 && max--) {
        rc = take(job);
        limit = reached(job);
    }
    count_lost(job);
    if (rc >= 0) {
        int error = job_output_flush(&job->output);

        rc = error < 0 ? error : rc;
    }
    if (rc < 0)
        end_failed(job, rc);
    else if (limit)
        job_end(job, limit);
    if (rc >= 0 && job->output.bytes > bytes)
        alarm_clear(job->place->alarms, CAPTURE_ALARM_disk_full, job->place->folder.path);
    return rc == 1 && !job_is_over(job);
}
