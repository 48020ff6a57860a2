/* SPDX-License-Identifier: Apache-2.0 */
/* Log levels by subsystem: see svc_log.h. */
#include "svc_log.h"
#include "audit.h"
#include "cfg.h"
#include "svc_parts.h"
#include <string.h>

void svc_log_use(struct svc_log *log, struct cfg_node const *node)
{
    struct cfg_log_level const *rows = node->log_levels.v;
    int all = log->debug && node->log_level < LOG_DEBUG ? LOG_DEBUG : node->log_level;

    for (int i = 0; i < LOG_SUBSYSTEMS; i++)
        log_set_level((enum log_subsystem)i, (enum log_level)all);
    for (size_t i = 0; i < node->log_levels.n; i++)
        log_set_level((enum log_subsystem)rows[i].subsystem, (enum log_level)rows[i].level);
    for (int i = 0; i < LOG_SUBSYSTEMS; i++)
        log->configured[i] = log_level_of((enum log_subsystem)i);
}

static int find(char const *const *names, char const *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

void svc_log_cmd_set(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    char const *level_name = ctl_arg(args, "level"), *name = ctl_arg(args, "subsystem");
    int level = level_name ? find(log_level_names, level_name) : -1;
    int subsystem = name ? find(log_subsystem_names, name) : LOG_SUBSYSTEMS;

    (void)svc;
    if (level < 0) {
        ctl_fail(call, "bad-argument", "level wants error, warn, info, debug or trace");
    } else if (subsystem < 0) {
        ctl_fail(call, "bad-argument", "no subsystem \"%s\"; see: crosspoint show log", name);
    } else {
        log_set_level((enum log_subsystem)subsystem, (enum log_level)level);
        audit_command(call, "log level set level=%s subsystem=%s", log_level_names[level],
                      name ? name : "all");
        ctl_reply(call,
                  json_pack("{s:s,s:s}", "level",
                            name ? log_level_names[log_level_of((enum log_subsystem)subsystem)]
                                 : log_level_names[level],
                            "subsystem", name ? name : "all"));
    }
}

void svc_log_cmd_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("subsystem", "level", "configured", NULL);

    (void)args;
    for (int i = 0; i < LOG_SUBSYSTEMS; i++)
        ctl_table_row(table, json_pack("[s,s,s]", log_subsystem_names[i],
                                       log_level_names[log_level_of((enum log_subsystem)i)],
                                       log_level_names[svc_levels(svc)->configured[i]]));
    ctl_reply(call, table);
}
