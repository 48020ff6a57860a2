/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands that every program answers. */
#include "buf.h"
#include "clock.h"
#include "config.h"
#include "fsm.h"
#include "log.h"
#include "svc_metrics.h"
#include "svc_parts.h"
#include "tap.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAP_PAGE = 500 };

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
    json_t *table = ctl_table("program", "version", "pid", "up s", NULL);
    uint64_t up_s = (clock_now_ms() - svc_started_ms(svc)) / 1000;

    (void)args;
    ctl_table_row(table, json_pack("[s,s,i,I]", svc_short_name(svc), PACKAGE_VERSION, (int)getpid(),
                                   (json_int_t)up_s));
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

static void cmd_show_config(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    (void)args;
    ctl_reply(call, cfg_show(svc_cfg(svc)));
}

/* Text of a record as JSON: what is not UTF-8 is escaped byte by byte. */
static json_t *tap_text(struct tap_record const *record)
{
    json_t *text = json_stringn(record->bytes, record->len);
    struct buf escaped;

    if (text)
        return text;
    buf_init(&escaped, record->len * 4);
    for (size_t i = 0; i < record->len; i++) {
        unsigned char c = (unsigned char)record->bytes[i];
        if (c < 0x80)
            buf_add(&escaped, &c, 1);
        else
            buf_printf(&escaped, "\\x%02x", c);
    }
    text = json_stringn(escaped.data, escaped.len);
    buf_fini(&escaped);
    return text;
}

static json_t *tap_object(struct tap_record const *record)
{
    char local[NET_ADDR_TEXT], remote[NET_ADDR_TEXT];

    return json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:s,s:o}", "serial", (json_int_t)record->serial,
                     "time_us", (json_int_t)record->wall_us, "direction",
                     record->direction == TAP_SENT ? "sent" : "received", "protocol",
                     record->protocol == TAP_SIP ? "sip" : "csta", "transport", record->transport,
                     "local", net_addr_print(&record->local, local), "remote",
                     net_addr_print(&record->remote, remote), "text", tap_text(record));
}

static void cmd_tap(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *records = json_array(), *from = json_object_get(args, "after");
    uint64_t after = json_is_string(from) ? strtoull(json_string_value(from), NULL, 10)
                                          : (uint64_t)json_integer_value(from);
    struct tap_record const *record;

    for (int i = 0; i < TAP_PAGE && (record = tap_next(svc_tap(svc), after)); i++) {
        json_array_append_new(records, tap_object(record));
        after = record->serial;
    }
    ctl_reply(call, json_pack("{s:o}", "records", records));
}

static void cmd_log(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    static char const *const names[LOG_LEVELS] = { "error", "warn", "info", "debug", "trace" };
    char const *level = ctl_arg(args, "level");

    (void)svc;
    for (int i = 0; level && i < LOG_LEVELS; i++)
        if (strcmp(names[i], level) == 0) {
            log_set_level(LOG_SUBSYSTEMS, (enum log_level)i);
            log_warn(NULL, "log level set level=%s", names[i]);
            ctl_reply(call, json_pack("{s:s}", "level", names[i]));
            return;
        }
    ctl_fail(call, "bad-argument", "level wants error, warn, info, debug or trace");
}

static void cmd_clock_advance(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    char const *ms = ctl_arg(args, "ms");

    if (!svc_has_test_clock(svc)) {
        ctl_fail(call, "not-allowed", "only with --test-clock");
        return;
    }
    clock_advance_ms(ms ? strtoull(ms, NULL, 10) : 0);
    svc_run_timers(svc);
    ctl_reply(call, json_pack("{s:I}", "now_ms", (json_int_t)clock_now_ms()));
}

/* clang-format off */
struct ctl_command const svc_builtin_commands[] = {
    { "help", CTL_READ, cmd_help, NULL, "Commands of this program." },
    { "status", CTL_READ, cmd_status, NULL, "Version, process id, time since start, log level." },
    { "show counters", CTL_READ, cmd_show_counters, NULL, "Every metric with its meaning." },
    { "show config", CTL_READ, cmd_show_config, NULL, "Every key with its value in force." },
    { "tap", CTL_WRITE, cmd_tap, "AFTER", "Messages sent and received, for the ladder." },
    { "log", CTL_WRITE, cmd_log, "LEVEL", "Sets the log level until the next start." },
    { "clock advance", CTL_WRITE, cmd_clock_advance, "MS", "Moves the clock of a test run." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};
/* clang-format on */
