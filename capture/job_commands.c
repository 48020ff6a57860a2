/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what the capture program tells and does over its control socket. */
#include "job_commands.h"
#include "audit.h"
#include "capture_process.h"
#include "clock.h"
#include "hep_export.h"
#include "jobs.h"
#include "svc.h"
#include <stdio.h>

enum { PATH_TEXT = 4200 };

static struct jobs *jobs_of(struct svc *svc)
{
    struct capture_process *process = svc_state(svc);

    return &process->jobs;
}

static json_t *describe(struct job const *job)
{
    char path[PATH_TEXT];

    (void)snprintf(path, sizeof path, "%s/%s", job->place->folder.path, job->output.name);
    return json_pack("{s:s,s:s,s:I,s:I}", "job", job->options.name, "file", path, "messages",
                     (json_int_t)job->output.messages, "bytes", (json_int_t)job->output.bytes);
}

/* Of an interface it is known later whether it can be opened. */
static void on_begun(struct job *job, void *ctx)
{
    if (job_is_over(job))
        ctl_fail(ctx, "unavailable", "%s", job->reason);
    else
        ctl_reply(ctx, describe(job));
}

static void cmd_start(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    struct job_options options;
    char fault[JOB_FAULT];
    char const *code = "bad-argument";
    struct job *job = NULL;

    if (job_options_read(&options, args, fault) == 0)
        job = jobs_start(jobs_of(svc), &options, &code, fault);
    if (!job) {
        ctl_fail(ctl, code, "%s", fault);
        return;
    }
    if (options.unmask)
        audit_command(ctl, "capture shows the words of people and their digests job=%s",
                      options.name);
    if (options.secrets)
        audit_command(ctl, "capture holds TLS secrets job=%s", options.name);
    if (job->has_begun) {
        ctl_reply(ctl, describe(job));
        return;
    }
    job->on_begin = on_begun;
    job->begin_ctx = ctl;
}

static void on_stopped(struct job *job, void *ctx)
{
    ctl_reply(ctx, describe(job));
}

static void cmd_stop(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    char const *name = ctl_arg(args, "name");
    struct job *job = name ? jobs_find(jobs_of(svc), name) : NULL;

    if (!name)
        ctl_fail(ctl, "bad-argument", "capture stop needs the name of a job");
    else if (!job)
        ctl_fail(ctl, "not-found", "no such job: %s", name);
    else if (job_is_over(job))
        ctl_fail(ctl, "wrong-state", "job %s has ended: %s", name, job->reason);
    else if (job_stop(job, on_stopped, ctl) < 0)
        ctl_fail(ctl, "wrong-state", "job %s is being stopped", name);
}

static char const *state_of(struct job const *job)
{
    return job_is_over(job) ? job->reason : job->stop_ms ? "stopping" : "running";
}

static void cmd_show(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    json_t *table =
        ctl_table("job", "state", "file", "messages", "bytes", "dropped", "for s", NULL);
    struct job const *job;

    (void)args;
    TAILQ_FOREACH(job, &jobs_of(svc)->all, link)
    {
        uint64_t end_ms = job_is_over(job) ? job->ended_ms : clock_now_ms();

        ctl_table_row(table,
                      json_pack("[s,s,s,I,I,I,I]", job->options.name, state_of(job),
                                job->output.name, (json_int_t)job->output.messages,
                                (json_int_t)job->output.bytes, (json_int_t)job->output.dropped,
                                (json_int_t)((end_ms - job->started_ms) / 1000)));
    }
    ctl_reply(ctl, table);
}

static void cmd_show_hep(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    struct capture_process *process = svc_state(svc);

    (void)args;
    ctl_reply(ctl, hep_export_show(process->hep));
}

/* clang-format off */
struct ctl_command const job_commands[] = {
    { "capture start", CTL_WRITE, cmd_start, "NAME",
      "Starts a job that writes messages to files; crosspoint help capture names its options." },
    { "capture stop", CTL_WRITE, cmd_stop, "NAME", "Ends a job in order." },
    { "show captures", CTL_READ, cmd_show, NULL,
      "The jobs that run and the last that have ended, with the reason." },
    { "show hep", CTL_READ, cmd_show_hep, NULL,
      "The collectors that get messages by HEP, and what they got." },
    { .name = NULL },
};
/* clang-format on */
