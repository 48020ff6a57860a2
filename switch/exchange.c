/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the parts of the call server and joins them: events go to the monitors' sessions. */
#include "exchange.h"
#include "association.h"
#include "events.h"
#include "switch_conf.h"
#include <errno.h>
#include <stdlib.h>

static void on_call_event(void *ctx, struct call_event const *event)
{
    (void)ctx;
    events_tell(event, association_send_event);
}

static void on_call_move(void *ctx, struct call *from, struct call *to)
{
    (void)ctx;
    monitor_follow(from, to);
}

static void on_call_end(void *ctx, struct call *call)
{
    struct exchange *ex = ctx;
    events_tell_end(call, association_send_event);
    monitor_end(&ex->monitors, call);
}

static void on_line_event(void *ctx, struct line_event const *event)
{
    struct exchange const *ex = ctx;
    if (event->type != CSTA_HookswitchEvent || ex->conf->hookswitch_events)
        events_tell_line(event, association_send_event);
}

static int add_trunks(struct exchange *ex)
{
    struct switch_trunk_conf const *trunks = ex->conf->trunks.v;
    size_t n = ex->conf->trunks.n;
    ex->trunks = calloc(n + 1, sizeof *ex->trunks);
    if (!ex->trunks)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        ex->trunks[i] =
            (struct line_trunk){ trunks[i].name, trunks[i].prefix, (size_t)trunks[i].max_calls };
    ex->lines.trunks = ex->trunks;
    ex->lines.n_trunks = n;
    return 0;
}

static int add_lines(struct exchange *ex)
{
    struct switch_line_conf const *lines = ex->conf->lines.v;
    int error = 0;
    for (size_t i = 0; i < ex->conf->lines.n && error == 0; i++) {
        struct line_options options = {
            .number = lines[i].number,
            .devices = lines[i].devices.v,
            .n_devices = lines[i].devices.n,
            .queue = (size_t)lines[i].queue,
            .restricted = lines[i].restricted,
        };
        error = line_add(&ex->lines, &options);
    }
    return error;
}

int exchange_init(struct exchange *ex, struct switch_conf const *conf, char const *password,
                  struct wheel *wheel)
{
    *ex = (struct exchange){
        .conf = conf, .password = password, .wheel = wheel, .status = CSTA_STATUS_normal
    };
    TAILQ_INIT(&ex->associations);
    call_id_init(&ex->session_ids);
    call_id_init(&ex->service_ids);
    line_table_init(&ex->lines);
    ex->lines.on_event = on_line_event;
    ex->lines.ctx = ex;
    monitor_table_init(&ex->monitors, (size_t)conf->max_monitors,
                       (size_t)conf->max_monitors_per_line);
    struct call_options options = {
        .lines = &ex->lines,
        .wheel = wheel,
        .no_answer_ms = (uint64_t)conf->no_answer_s * 1000,
        .ring_ms = (uint64_t)conf->ring_s * 1000,
        .rings = (unsigned)conf->forward_rings,
        .dial_ms = (uint64_t)conf->dial_timeout_s * 1000,
        .max_calls = (size_t)conf->max_calls,
        .max_calls_per_line = (size_t)conf->max_calls_per_line,
        .max_members = (size_t)conf->max_conference,
        .max_diversions = (size_t)conf->max_diversions,
        .call_waiting = conf->call_waiting,
        .offered = conf->offered_events,
        .accept_ms = (uint64_t)conf->accept_timeout_s * 1000,
        .on_event = on_call_event,
        .on_move = on_call_move,
        .on_end = on_call_end,
        .ctx = ex,
    };
    call_table_init(&ex->calls, &options);
    int error = add_trunks(ex);
    return error ? error : add_lines(ex);
}

void exchange_fini(struct exchange *ex)
{
    call_table_fini(&ex->calls);
    monitor_table_fini(&ex->monitors);
    line_table_fini(&ex->lines);
    free(ex->trunks);
    ex->trunks = NULL;
}

void exchange_forget_guest(struct exchange *ex, char const *number)
{
    struct line *line = line_find(&ex->lines, number) ? NULL : line_guest(&ex->lines, number);
    line_guest_release(&ex->lines, &line);
}
