/* SPDX-License-Identifier: Apache-2.0 */
/* The list of capture jobs: see jobs.h. */
#include "jobs.h"
#include "capture_metrics.h"
#include "log.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How often taps are looked at; how much a job may take before the next one has its turn. */
enum { LOOK_MS = 50, TURN = 1000 };

void jobs_init(struct jobs *jobs)
{
    TAILQ_INIT(&jobs->all);
    jobs->timer = (struct wheel_timer){ .armed = false };
}

void jobs_fini(struct jobs *jobs)
{
    struct job *job;

    if (jobs->timer.armed)
        wheel_disarm(&jobs->timer);
    while ((job = TAILQ_FIRST(&jobs->all))) {
        TAILQ_REMOVE(&jobs->all, job, link);
        job_end(job, "program stopped");
        job_free(&job);
    }
    job_folder_fini(&jobs->place.folder);
}

size_t jobs_running(struct jobs const *jobs)
{
    struct job const *job;
    size_t n = 0;

    TAILQ_FOREACH(job, &jobs->all, link)
    {
        n += !job_is_over(job);
    }
    return n;
}

struct job *jobs_find(struct jobs *jobs, char const *name)
{
    struct job *job, *found = NULL;

    TAILQ_FOREACH(job, &jobs->all, link)
    {
        if (strcmp(job->options.name, name) == 0 && (!found || job_is_over(found)))
            found = job;
    }
    return found;
}

static void forget_oldest(struct jobs *jobs)
{
    struct job *job, *next, *oldest = NULL;
    size_t n = 0;

    for (job = TAILQ_FIRST(&jobs->all); job; job = next) {
        next = TAILQ_NEXT(job, link);
        if (!job_is_over(job))
            continue;
        oldest = oldest ? oldest : job;
        n++;
    }
    if (n <= JOBS_ENDED_MAX)
        return;
    TAILQ_REMOVE(&jobs->all, oldest, link);
    job_free(&oldest);
}

static void on_timer(struct wheel_timer *timer)
{
    struct jobs *jobs = (struct jobs *)((char *)timer - offsetof(struct jobs, timer));
    bool more = false;
    struct job *job;

    TAILQ_FOREACH(job, &jobs->all, link)
    {
        if (!job_is_over(job))
            more |= job_run(job, TURN);
    }
    forget_oldest(jobs);
    if (jobs_running(jobs))
        wheel_arm(jobs->wheel, &jobs->timer, more ? 0 : LOOK_MS, on_timer);
}

static struct job *refuse(char const **ret_code, char fault[static JOB_FAULT], char const *code,
                          char const *why)
{
    *ret_code = code;
    (void)snprintf(fault, JOB_FAULT, "%s", why);
    met_inc(&capture_metrics, M_jobs_refused);
    return NULL;
}

static char const *explain(int error)
{
    switch (error) {
    case -EEXIST:
        return "a file of this name is there already";
    case -ENOKEY:
        return "TLS secrets (key_logs) cannot be read; see the log";
    case -ENOENT:
        return "not there, nor the folder to make it in; make one that node.user may write, or set "
               "capture.folder";
    case -EACCES:
        return "node.user may not write there; give it the folder, or set capture.folder";
    case -ENOTCONN:
        return "crosspoint-netcap is not there; see crosspoint-netcap(8)";
    case -ENOSPC:
        return "the disk is full, or min_free would not be left";
    default:
        return strerror(-error);
    }
}

static struct job *refuse_error(struct jobs const *jobs, char const **ret_code,
                                char fault[static JOB_FAULT], int error)
{
    char const *path = error == -ENOTCONN ? jobs->place.netcap : jobs->place.folder.path;

    (void)snprintf(fault, JOB_FAULT, "%.150s: %s", path, explain(error));
    *ret_code = error == -EEXIST ? "wrong-state" : "unavailable";
    met_inc(&capture_metrics, M_jobs_refused);
    log_warn(NULL, "capture not started path=\"%s\" reason=\"%s\"", path, explain(error));
    return NULL;
}

/* The folder may have come, gone or become another since the last job. */
static int open_folder(struct jobs *jobs)
{
    struct job_folder fresh;
    int error = job_folder_init(&fresh, jobs->place.folder.path, jobs->place.folder.min_free);

    if (error < 0) {
        job_folder_fini(&fresh);
        return error;
    }
    if (jobs_running(jobs)) {
        job_folder_fini(&fresh);
        return 0;
    }
    job_folder_fini(&jobs->place.folder);
    jobs->place.folder = fresh;
    return 0;
}

struct job *jobs_start(struct jobs *jobs, struct job_options const *options, char const **ret_code,
                       char fault[static JOB_FAULT])
{
    struct job_options bounded = *options;
    struct job *job = jobs_find(jobs, options->name);
    struct capture_source *source = NULL;
    int error;

    if (job && !job_is_over(job))
        return refuse(ret_code, fault, "wrong-state", "a job of this name runs");
    if (jobs_running(jobs) >= jobs->max)
        return refuse(ret_code, fault, "unavailable", "as many jobs run as max_jobs lets");
    if (options->secrets && jobs->place.key_logs.n == 0)
        return refuse(
            ret_code, fault, "wrong-state",
            "there are no secrets: set key_log in a TLS context, and key_logs in capture");
    /* Ring files are bounded by themselves. */
    if (!bounded.bytes && !bounded.files)
        bounded.bytes = jobs->default_bytes;
    if (!bounded.seconds)
        bounded.seconds = jobs->default_seconds;
    error = open_folder(jobs);
    if (error < 0)
        return refuse_error(jobs, ret_code, fault, error);
    error = *options->interface ? 0 : jobs->open(jobs->ctx, options->history, &source);
    if (error < 0)
        return refuse(ret_code, fault, "unavailable", strerror(-error));
    job = job_new(&jobs->place, &bounded, source, &error);
    if (!job)
        return refuse_error(jobs, ret_code, fault, error);
    TAILQ_INSERT_TAIL(&jobs->all, job, link);
    if (!jobs->timer.armed)
        wheel_arm(jobs->wheel, &jobs->timer, 0, on_timer);
    return job;
}
