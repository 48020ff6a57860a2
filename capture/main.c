/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-capture: writes messages of the programs to files, and sends them to collectors. Owns
 * the process: what it is made of, and in which order it starts and stops. */
#include "capture_alarms.h"
#include "capture_conf.h"
#include "capture_metrics.h"
#include "capture_process.h"
#include "capture_taps.h"
#include "config.h"
#include "hep_export.h"
#include "job_commands.h"
#include "svc.h"
#include "tapped_programs.h"
#include <errno.h>
#include <signal.h>

static struct capture_process process;

static int open_taps(void *ctx, bool history, struct capture_source **ret)
{
    struct capture_taps_options options = {
        .run_dir = svc_node(ctx)->run_dir,
        .programs = tapped_programs,
        .n = TAPPED_PROGRAMS,
        .follow = true,
        .from_now = !history,
    };

    *ret = capture_taps_open(&options);
    return *ret ? 0 : -ENOMEM;
}

static int init(struct svc *svc)
{
    struct capture_conf const *conf = svc_conf(svc);

    svc_set_state(svc, &process);
    process.jobs = (struct jobs){
        .place = { .folder = { .fd = -1,
                               .path = conf->folder,
                               .min_free = (uint64_t)conf->min_free },
                   .application = PACKAGE_STRING,
                   .key_logs = conf->key_logs,
                   .netcap = conf->netcap,
                   .alarms = svc_alarms(svc) },
        .wheel = svc_wheel(svc),
        .open = open_taps,
        .ctx = svc,
        .max = (size_t)conf->max_jobs,
        .default_bytes = (uint64_t)conf->job_bytes,
        .default_seconds = (uint64_t)conf->job_seconds,
    };
    jobs_init(&process.jobs);
    /* A file that may not grow is an error of its job, and not the end of the program. */
    signal(SIGXFSZ, SIG_IGN);
    return 0;
}

/* As the user that may read the taps. */
static int start(struct svc *svc)
{
    struct capture_conf const *conf = svc_conf(svc);
    struct hep_export_options options = {
        .loop = svc_loop(svc),
        .wheel = svc_wheel(svc),
        .alarms = svc_alarms(svc),
        .entries = &conf->hep,
    };
    struct capture_source *source;

    if (conf->hep.n == 0)
        return 0;
    int error = open_taps(svc, false, &source);
    if (error < 0)
        return error;
    process.hep = hep_export_new(&options, source);
    return process.hep ? 0 : -EIO;
}

static void deinit(struct svc *svc)
{
    (void)svc;
    hep_export_free(&process.hep);
    jobs_fini(&process.jobs);
}

static struct met_set const *const metrics[] = { &capture_metrics, NULL };

static struct svc_desc const capture_svc = {
    .name = "crosspoint-capture",
    .summary = "capture jobs, and HEP to collectors",
    .schema = &capture_conf_schema,
    .check = capture_conf_check,
    .commands = job_commands,
    .metrics = metrics,
    .alarms = &capture_alarms,
    .init = init,
    .start = start,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&capture_svc, argc, argv);
}
