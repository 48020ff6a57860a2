/* SPDX-License-Identifier: Apache-2.0 */
/* Reload: load beside the configuration in force, check, hand over, swap. */
#define LOG_SUBSYSTEM LOG_CFG
#include "svc_reload.h"
#include "buf.h"
#include "log.h"
#include "svc_log.h"
#include "svc_metrics.h"
#include "svc_parts.h"
#include <stdlib.h>
#include <string.h>

/* Faults and warnings, a line each, into the log; to whoever asked, if there are faults. */
static void tell_faults(struct cfg_faults const *faults, struct buf *why)
{
    char *text = NULL, *rest, *line;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    cfg_faults_print(faults, out);
    fclose(out);
    if (cfg_faults_count(faults))
        buf_puts(why, text);
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (cfg_faults_count(faults))
            log_error(NULL, "configuration fault %s", line);
        else
            log_warn(NULL, "configuration fault %s", line);
    free(text);
}

static struct cfg *load(struct svc *svc, struct buf *why)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = faults ? svc_load(svc_descriptor(svc), svc_file(svc), faults) : NULL;

    if (!cfg)
        buf_puts(why, "out of memory\n");
    else if (cfg_faults_count(faults) || cfg_faults_warnings(faults))
        tell_faults(faults, why);
    if (cfg && cfg_faults_count(faults))
        cfg_free(&cfg);
    cfg_faults_free(&faults);
    return cfg;
}

static void log_changes(json_t const *diff)
{
    json_t const *row;
    size_t i;

    json_array_foreach(json_object_get(diff, "rows"), i, row)
    {
        char const *effect = json_string_value(json_array_get(row, 3));
        log_info(NULL, "configuration changed key=%s old=\"%s\" new=\"%s\" takes_effect_at=%s",
                 json_string_value(json_array_get(row, 0)),
                 json_string_value(json_array_get(row, 1)),
                 json_string_value(json_array_get(row, 2)), effect);
    }
}

/* A program without reload has keys of CFG_RESTART only: it goes on as it is. */
static int hand_over(struct svc *svc, struct cfg *cfg, struct buf *why)
{
    struct svc_desc const *desc = svc_descriptor(svc);
    int error = desc->reload ? desc->reload(svc, cfg) : 0;

    if (error < 0)
        buf_printf(why, "not taken: %s; the log says more\n", strerror(-error));
    return error;
}

json_t *svc_reload(struct svc *svc, struct buf *why)
{
    struct cfg *cfg = load(svc, why);

    if (!cfg || hand_over(svc, cfg, why) < 0) {
        cfg_free(&cfg);
        svc_count(M_reloads_failed);
        log_error(NULL, "configuration not reloaded file=\"%s\"; the old one stays in force",
                  svc_file(svc));
        return NULL;
    }
    json_t *diff = cfg_diff(svc_cfg(svc), cfg);
    svc_log_use(svc_levels(svc), cfg_get_node(cfg));
    if (svc_descriptor(svc)->reload)
        svc_take_cfg(svc, cfg);
    else
        cfg_free(&cfg);
    svc_count(M_reloads);
    log_info(NULL, "configuration reloaded file=\"%s\" changes=%zu", svc_file(svc),
             json_array_size(json_object_get(diff, "rows")));
    log_changes(diff);
    return diff;
}
