/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands that every program answers. */
#include "audit.h"
#include "buf.h"
#include "clock.h"
#include "config.h"
#include "fsm.h"
#include "log.h"
#include "svc_log.h"
#include "svc_metrics.h"
#include "svc_parts.h"
#include "svc_reload.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REASON_BYTES = 65536 };

static int64_t const ADVANCE_MAX_MS = INT64_C(1000) * 86400 * 3650;

static void cmd_help(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("command", "arguments", "privilege", "of", "help", NULL);

    (void)args;
    for (struct ctl_command const *const *t = svc_commands(svc); *t; t++)
        for (struct ctl_command const *c = *t; c->name; c++)
            ctl_table_row(table, json_pack("[s,s,s,s,s]", c->name, c->args ? c->args : "",
                                           c->priv == CTL_READ ? "read" : "write",
                                           *t == svc_builtin_commands ? "all" : svc_short_name(svc),
                                           c->help));
    ctl_reply(call, table);
}

static void cmd_status(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("program", "version", "pid", "up s", "log level", NULL);
    uint64_t up_s = (clock_now_ms() - svc_started_ms(svc)) / 1000;

    (void)args;
    ctl_table_row(table,
                  json_pack("[s,s,i,I,s]", svc_short_name(svc), PACKAGE_VERSION, (int)getpid(),
                            (json_int_t)up_s, log_level_names[log_level_of(LOG_MAIN)]));
    ctl_reply(call, table);
}

static void add_set(json_t *table, struct met_set const *set)
{
    char name[96];

    for (size_t i = 0; i < set->n; i++) {
        snprintf(name, sizeof name, "%s%s%s", set->prefix, *set->prefix ? "_" : "",
                 set->rows[i].name);
        ctl_table_row(table,
                      json_pack("[s,I,s]", name, (json_int_t)met_get(set, i), set->rows[i].help));
    }
}

static void cmd_show_counters(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("counter", "value", "meaning", NULL);

    (void)args;
    for (struct met_set const *const *set = svc_descriptor(svc)->metrics; set && *set; set++)
        add_set(table, *set);
    add_set(table, &svc_metrics);
    ctl_table_row(table, json_pack("[s,I,s]", "fsm_unlisted", (json_int_t)fsm_unlisted(),
                                   "Events that no state table lists"));
    ctl_reply(call, table);
}

static void cmd_show_alarms(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)args;
    ctl_reply(call, alarm_show(svc_alarms(svc)));
}

static void cmd_show_config(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)args;
    ctl_reply(call, cfg_show(svc_cfg(svc)));
}

static void cmd_reload(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct buf why;

    (void)args;
    buf_init(&why, REASON_BYTES);
    audit_command(call, "reload of the configuration asked for");
    json_t *changes = svc_reload(svc, &why);
    if (changes)
        ctl_reply(call, changes);
    else
        ctl_fail(call, "bad-config", "the old configuration stays in force\n%s", buf_text(&why));
    buf_fini(&why);
}

/* A whole number of at least 0 among the arguments, as a number or as text; -1 if it is none. */
static int64_t number_arg(json_t const *args, char const *name, int64_t fallback)
{
    json_t const *value = json_object_get(args, name);
    char const *text = json_string_value(value);
    char *end;

    if (!value)
        return fallback;
    if (!text)
        return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                        : -1;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno ? number : -1;
}

static bool is_test_clock(struct svc *svc, struct ctl_call *call)
{
    if (!svc_has_test_clock(svc))
        ctl_fail(call, "not-allowed", "only with --test-clock");
    return svc_has_test_clock(svc);
}

static void cmd_clock_stop(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)args;
    if (!is_test_clock(svc, call))
        return;
    clock_stop();
    ctl_reply(call, json_pack("{s:I}", "now_ms", (json_int_t)clock_now_ms()));
}

/* One jump, not many steps: what a timer sends gets its answer only when the loop runs again, so
 * stepping through a silent hour would look like a dead peer. */
static void cmd_clock_advance(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    int64_t ms = number_arg(args, "ms", -1);

    if (!is_test_clock(svc, call))
        return;
    if (ms < 0 || ms > ADVANCE_MAX_MS) {
        ctl_fail(call, "bad-argument", "ms wants a number of milliseconds");
        return;
    }
    clock_advance_ms((uint64_t)ms);
    svc_run_timers(svc);
    if (svc_descriptor(svc)->on_clock)
        svc_descriptor(svc)->on_clock(svc);
    ctl_reply(call, json_pack("{s:I}", "now_ms", (json_int_t)clock_now_ms()));
}

/* clang-format off */
struct ctl_command const svc_builtin_commands[] = {
    { "help", CTL_READ, cmd_help, NULL, "Commands of this program." },
    { "status", CTL_READ, cmd_status, NULL, "Version, process id, time since start, log level." },
    { "show counters", CTL_READ, cmd_show_counters, NULL, "Every metric with its meaning." },
    { "show alarms", CTL_READ, cmd_show_alarms, NULL, "What is wrong now, and what to do." },
    { "show config", CTL_READ, cmd_show_config, NULL, "Every key with its value in force." },
    { "reload", CTL_WRITE, cmd_reload, NULL,
      "Reads the configuration again; a file with faults changes nothing." },
    { "show log", CTL_READ, svc_log_cmd_show, NULL, "The log level of each subsystem." },
    { "log", CTL_WRITE, svc_log_cmd_set, "LEVEL [SUBSYSTEM]",
      "Sets the log level, of all subsystems or one, until the next reload or start." },
    { "audit", CTL_WRITE, audit_cmd, "WHAT [DETAIL]",
      "Notes in the audit log what somebody does with what this program knows." },
    { "clock advance", CTL_WRITE, cmd_clock_advance, "MS", "Moves the clock of a test run." },
    { "clock stop", CTL_WRITE, cmd_clock_stop, NULL,
      "From now on the clock of a test run moves by clock advance, and to what is due in 100 ms." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};
/* clang-format on */
