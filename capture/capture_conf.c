/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the configuration rows of the capture program. */
#include "capture_conf.h"
#include "hep_conf.h"

#define INT(key, field, lowest, highest, text, ...)                                                \
    CFG_ROW_INT(key, struct capture_conf, field, .min = lowest, .max = highest,                    \
                .default_text = text, .effect = CFG_RESTART, __VA_ARGS__)

static struct cfg_row const rows[] = {
    CFG_ROW_PATH("folder", struct capture_conf, folder, .max = 4000,
                 .default_text = "/var/lib/crosspoint/capture", .effect = CFG_RESTART,
                 .help = "Where the files of capture jobs are written, and nowhere else. It is "
                         "made if only its last part is missing."),
    INT("max_jobs", max_jobs, 1, 64, "8", .help = "Most capture jobs at one time."),
    INT("job_bytes", job_bytes, 65536, INT64_C(1) << 50, "1073741824", .unit = "bytes",
        .help = "Most bytes that a job writes in all, unless it is started with another limit."),
    INT("job_seconds", job_seconds, 1, 31536000, "86400", .unit = "s",
        .help = "How long a job runs, unless it is started with another limit."),
    INT("min_free", min_free, 0, INT64_C(1) << 50, "268435456", .unit = "bytes",
        .help = "What jobs leave of the disk: one that would have to go below it ends as if the "
                "disk were full."),
    CFG_ROW_PATHS("key_logs", struct capture_conf, key_logs, .max = 64, .effect = CFG_RESTART,
                  .help = "Files of TLS secrets (key_log of TLS contexts) that a job with "
                          "--secrets copies into its file. Without one no job can."),
    CFG_ROW_PATH("netcap", struct capture_conf, netcap, .max = 107,
                 .default_text = "/run/crosspoint-netcap.sock", .effect = CFG_RESTART,
                 .help = "Socket where crosspoint-netcap(8) is started for jobs that capture the "
                         "packets of an interface."),
    CFG_ROW_GROUPS("hep", struct capture_conf, hep, .max = HEP_CONF_MAX, .effect = CFG_RESTART,
                   .sub = &hep_conf_schema,
                   .help = "Collectors (Homer) that get every message by HEP version 3."),
};

struct cfg_schema const capture_conf_schema = {
    .group = "capture",
    .size = sizeof(struct capture_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "Capture jobs, which write messages to files, and collectors that get them by HEP.",
};

void capture_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct capture_conf const *capture = conf;

    (void)node;
    hep_conf_check(&capture->hep, faults);
}
