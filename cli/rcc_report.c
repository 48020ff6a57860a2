/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the rcc client. A line is built as a JSON object first; text is one way to print it. */
#include "rcc_report.h"
#include "buf.h"
#include "clock.h"
#include "rcc_words.h"
#include "table.h"
#include "time_text.h"
#include <jansson.h>
#include <string.h>

enum { LINE_BYTES = 65536, STEP_COLUMN = 22 };

/* New object with the time in it; NULL members are left out. */
static json_t *line_new(char const *kind, char const *name, char const *arg)
{
    char time[TIME_TEXT];
    json_t *line = json_pack("{s:s}", "time", time_text_full(clock_wall_us(), time));

    json_object_set_new(line, kind, json_string(name));
    if (arg)
        json_object_set_new(line, "arg", json_string(arg));
    return line;
}

/* Takes @p line; the text form is @p text behind the time. */
static void line_print(struct rcc_report const *report, json_t *line, char const *label,
                       char const *text)
{
    char time[TIME_TEXT];
    struct buf out;

    if (report->json) {
        json_dumpf(line, report->out, JSON_COMPACT);
        fputc('\n', report->out);
    } else {
        buf_init(&out, LINE_BYTES);
        table_print_text(text, &out);
        fprintf(report->out, "%s  %-*s  %s\n", time_text_clock(clock_wall_us(), time), STEP_COLUMN,
                label, buf_text(&out));
        buf_fini(&out);
    }
    fflush(report->out);
    json_decref(line);
}

static void step_label(char const *step, char const *arg, struct buf *out)
{
    table_print_text(step, out);
    if (arg) {
        buf_puts(out, " ");
        table_print_text(arg, out);
    }
}

static void print_step(struct rcc_report const *report, json_t *line, char const *step,
                       char const *arg, char const *text)
{
    struct buf label;

    buf_init(&label, 512);
    step_label(step, arg, &label);
    line_print(report, line, buf_text(&label), text);
    buf_fini(&label);
}

void rcc_report_done(struct rcc_report const *report, char const *step, char const *arg,
                     char const *result)
{
    json_t *line = line_new("step", step, arg);
    struct buf text;

    json_object_set_new(line, "ok", json_true());
    json_object_set_new(line, "result", json_string(result));
    buf_init(&text, LINE_BYTES);
    buf_printf(&text, "ok%s%s", *result ? ": " : "", result);
    print_step(report, line, step, arg, buf_text(&text));
    buf_fini(&text);
}

static void failure_text(struct rcc_failure const *failure, char const *hint, struct buf *out)
{
    buf_puts(out, "FAILED:");
    if (failure->status)
        buf_printf(out, " %d %s", failure->status, failure->reason);
    if (*failure->warning)
        buf_printf(out, " (%s)", failure->warning);
    if (failure->is_csta)
        buf_printf(out, " CSTA %s%s%s", csta_error_category_str(failure->category),
                   *failure->value ? " " : "", failure->value);
    if (*failure->text)
        buf_printf(out, " %s", failure->text);
    if (*hint)
        buf_printf(out, " - %s", hint);
}

void rcc_report_failed(struct rcc_report const *report, char const *step, char const *arg,
                       struct rcc_failure const *failure)
{
    struct csta_error error = { failure->category, *failure->value ? failure->value : NULL };
    char const *hint =
        failure->is_csta ? rcc_words_error(&error) : rcc_words_status(failure->status);
    json_t *line = line_new("step", step, arg);
    struct buf text;

    json_object_set_new(line, "ok", json_false());
    if (failure->status)
        json_object_set_new(line, "status", json_integer(failure->status));
    if (*failure->reason)
        json_object_set_new(line, "reason", json_string(failure->reason));
    if (*failure->warning)
        json_object_set_new(line, "warning", json_string(failure->warning));
    if (failure->is_csta)
        json_object_set_new(line, "csta_error",
                            json_pack("{s:s,s:s}", "category",
                                      csta_error_category_str(failure->category), "value",
                                      failure->value));
    if (*failure->text)
        json_object_set_new(line, "error", json_string(failure->text));
    if (*hint)
        json_object_set_new(line, "hint", json_string(hint));
    buf_init(&text, LINE_BYTES);
    failure_text(failure, hint, &text);
    print_step(report, line, step, arg, buf_text(&text));
    buf_fini(&text);
}

/* "Delivered" of "DeliveredEvent". */
static void event_name(enum csta_type type, char *ret, size_t size)
{
    char const *name = csta_type_str(type);
    size_t len = strlen(name);

    if (csta_is_event(type) && len > strlen("Event"))
        len -= strlen("Event");
    snprintf(ret, size, "%.*s", (int)len, name);
}

static char const *device_text(struct csta_device const *device)
{
    switch (device->kind) {
    case CSTA_DEVICE_IDENTIFIER:
        return device->id;
    case CSTA_DEVICE_NOT_KNOWN:
        return "(not known)";
    case CSTA_DEVICE_RESTRICTED:
        return "(restricted)";
    default:
        return NULL;
    }
}

static void add(json_t *line, struct buf *text, char const *key, char const *value)
{
    if (!value || !*value)
        return;
    json_object_set_new(line, key, json_string(value));
    buf_printf(text, " %s=%s", key, value);
}

void rcc_report_event(struct rcc_report const *report, struct csta_msg const *event)
{
    json_t *line;
    char name[64];
    struct buf text;

    event_name(event->type, name, sizeof name);
    line = line_new("event", name, NULL);
    buf_init(&text, LINE_BYTES);
    buf_puts(&text, name);
    add(line, &text, "call", event->conn.call_id);
    add(line, &text, "state",
        event->local_state ? csta_connection_state_str(event->local_state) : NULL);
    add(line, &text, "calling", device_text(&event->calling));
    add(line, &text, "called", device_text(&event->called));
    add(line, &text, "device", device_text(&event->subject));
    add(line, &text, "cause", event->cause ? csta_cause_str(event->cause) : NULL);
    add(line, &text, "status",
        event->system_status ? csta_system_status_str(event->system_status) : NULL);
    line_print(report, line, "event", buf_text(&text));
    buf_fini(&text);
}

void rcc_report_snapshot(struct rcc_report const *report, struct csta_msg const *response)
{
    char text[64];

    for (size_t i = 0; i < response->n_items; i++) {
        struct csta_snapshot_item const *item = &response->items[i];
        json_t *line = line_new("snapshot", "call", NULL);
        struct buf out;

        buf_init(&out, LINE_BYTES);
        buf_puts(&out, "  -");
        add(line, &out, "call", item->conn.call_id);
        add(line, &out, "state", item->state ? csta_connection_state_str(item->state) : NULL);
        add(line, &out, "endpoint", item->endpoint);
        line_print(report, line, "", buf_text(&out));
        buf_fini(&out);
    }
    snprintf(text, sizeof text, "SnapshotDevice, %zu call%s", response->n_items,
             response->n_items == 1 ? "" : "s");
    rcc_report_done(report, "snapshot", NULL, text);
}

void rcc_report_features(struct rcc_report const *report, char const *step,
                         struct csta_msg const *response)
{
    struct buf text;
    char name[64];

    buf_init(&text, LINE_BYTES);
    buf_puts(&text, "GetCSTAFeatures");
    for (int type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        if (!csta_set_has(&response->features, type))
            continue;
        event_name(type, name, sizeof name);
        buf_printf(&text, " %s", name);
    }
    rcc_report_done(report, step, NULL, buf_text(&text));
    buf_fini(&text);
}
