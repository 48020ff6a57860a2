/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the parts of the call server and joins them: call events go to the monitors' sessions. */
#include "exchange.h"
#include "association.h"
#include "events.h"
#include "switch_conf.h"

static void on_call_event(void *ctx, struct call_event const *event)
{
    (void)ctx;
    events_tell(event, association_send_event);
}

int exchange_init(struct exchange *ex, struct switch_conf const *conf, char const *password,
                  struct wheel *wheel)
{
    *ex = (struct exchange){ .conf = conf, .password = password, .wheel = wheel };
    TAILQ_INIT(&ex->associations);
    call_id_init(&ex->session_ids);
    line_table_init(&ex->lines);
    monitor_table_init(&ex->monitors, (size_t)conf->max_monitors,
                       (size_t)conf->max_monitors_per_line);
    struct call_options options = {
        .lines = &ex->lines,
        .wheel = wheel,
        .no_answer_ms = (uint64_t)conf->no_answer_s * 1000,
        .max_calls = (size_t)conf->max_calls,
        .max_calls_per_line = (size_t)conf->max_calls_per_line,
        .call_waiting = conf->call_waiting,
        .on_event = on_call_event,
        .ctx = ex,
    };
    call_table_init(&ex->calls, &options);

    struct switch_line_conf const *lines = conf->lines.v;
    int error = 0;
    for (size_t i = 0; i < conf->lines.n && error == 0; i++)
        error = line_add(&ex->lines, lines[i].number, lines[i].devices.v, lines[i].devices.n);
    return error;
}

void exchange_fini(struct exchange *ex)
{
    call_table_fini(&ex->calls);
    monitor_table_fini(&ex->monitors);
    line_table_fini(&ex->lines);
}
