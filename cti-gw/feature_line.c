/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that phones have subscribed to, and their monitors. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "feature_line.h"
#include "cti_metrics.h"
#include "device_state.h"
#include "feature_subscription.h"
#include "gateway.h"
#include "log.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct key {
    unsigned connection;
    char const *xref;
};

static uint64_t hash_number(char const *number)
{
    return htab_hash(number, strlen(number), 0);
}

static uint64_t hash_xref(unsigned connection, char const *xref)
{
    return htab_hash(xref, strlen(xref), (uint64_t)connection + 1);
}

static struct feature_line *of_xref(struct htab_entry const *entry)
{
    return (struct feature_line *)((char *)entry - offsetof(struct feature_line, by_xref));
}

static bool is_number(struct htab_entry const *entry, void const *number)
{
    return strcmp(((struct feature_line const *)entry)->number, number) == 0;
}

static bool is_xref(struct htab_entry const *entry, void const *wanted)
{
    struct feature_line const *line = of_xref(entry);
    struct key const *key = wanted;

    return line->connection == key->connection && strcmp(line->xref, key->xref) == 0;
}

/* --- life ------------------------------------------------------------------------------------- */

void feature_line_init(struct feature_lines *lines)
{
    LIST_INIT(&lines->all);
    LIST_INIT(&lines->subscriptions);
    htab_init(&lines->by_number);
    htab_init(&lines->by_xref);
    htab_init(&lines->by_tag);
}

static void free_line(struct feature_line *line)
{
    htab_remove(&line->gw->features.by_number, &line->by_number);
    htab_remove(&line->gw->features.by_xref, &line->by_xref);
    LIST_REMOVE(line, link);
    free(line->number);
    free(line->xref);
    free(line);
}

void feature_line_fini(struct feature_lines *lines)
{
    struct feature_line *line;

    while ((line = LIST_FIRST(&lines->all)))
        free_line(line);
    htab_fini(&lines->by_number);
    htab_fini(&lines->by_xref);
    htab_fini(&lines->by_tag);
}

/* --- talking to the driver -------------------------------------------------------------------- */

static void tell_all(struct feature_line *line, uint16_t mask)
{
    struct feature_subscription *subscription, *next;

    for (subscription = LIST_FIRST(&line->subscriptions); subscription; subscription = next) {
        next = LIST_NEXT(subscription, link);
        feature_subscription_tell(subscription, mask);
    }
}

static void end_all(struct feature_line *line, char const *reason)
{
    struct feature_subscription *subscription, *next;

    for (subscription = LIST_FIRST(&line->subscriptions); subscription; subscription = next) {
        next = LIST_NEXT(subscription, link);
        feature_subscription_end(subscription, reason);
    }
}

static int ask(struct feature_line *line, struct csta_msg const *request, driver_reply_fn *reply)
{
    int err = provider_request(line->gw->provider, line->connection, request, reply, line);

    if (err == 0)
        line->pending++;
    return err;
}

static void end_pending(struct feature_line *line)
{
    line->pending--;
    if (line->closed && !line->pending)
        free_line(line);
}

static void on_nothing(void *ctx, struct csta_msg const *reply)
{
    (void)reply;
    end_pending(ctx);
}

static void stop_monitor(struct feature_line *line)
{
    struct csta_msg const stop = { .type = CSTA_MonitorStop,
                                   .edition = CSTA_ED3,
                                   .monitor_xref = line->xref };

    if (line->xref && provider_is_up(line->gw->provider, line->connection))
        (void)ask(line, &stop, on_nothing);
    htab_remove(&line->gw->features.by_xref, &line->by_xref);
}

static int take_monitor(struct feature_line *line, struct csta_msg const *reply)
{
    line->xref = strdup(reply->monitor_xref);
    if (!line->xref)
        return -ENOMEM;
    if (!line->closed)
        return htab_insert(&line->gw->features.by_xref, &line->by_xref,
                           hash_xref(line->connection, line->xref));
    stop_monitor(line);
    return 0;
}

static void on_monitor(void *ctx, struct csta_msg const *reply)
{
    struct feature_line *line = ctx;

    if (reply->type != CSTA_MonitorStartResponse || take_monitor(line, reply) < 0) {
        log_warn(NULL, "line of phones cannot be watched line=%s error=\"%s\"", line->number,
                 reply->error.value ? reply->error.value : "");
        end_all(line, "noresource");
    }
    end_pending(line);
}

/* An error is told, too: a phone that waits for its first NOTIFY gets one without content. */
static void on_state(void *ctx, struct csta_msg const *reply)
{
    struct feature_line *line = ctx;
    uint16_t told = feature_state_take(&line->state, reply);

    if (!line->closed)
        tell_all(line, told ? told : FEATURE_STATE_NOTHING);
    end_pending(line);
}

static int ask_state(struct feature_line *line)
{
    struct csta_msg request = { .type = CSTA_GetDoNotDisturb,
                                .edition = CSTA_ED3,
                                .device = line->number };
    int err = ask(line, &request, on_state);

    request.type = CSTA_GetForwarding;
    return err < 0 ? err : ask(line, &request, on_state);
}

static void on_set(void *ctx, struct csta_msg const *reply)
{
    struct feature_line *line = ctx;

    if (reply->type == CSTA_CSTAErrorCode) {
        cti_count(M_feature_set_errors);
        log_info(NULL, "phone's wish refused line=%s error=\"%s\" why=\"the switch says so\"",
                 line->number, reply->error.value ? reply->error.value : "");
        if (!line->closed)
            (void)ask_state(line);
    }
    end_pending(line);
}

int feature_line_set(struct feature_line *line, struct csta_msg request)
{
    request.edition = CSTA_ED3;
    request.device = line->number;
    return ask(line, &request, on_set);
}

/* --- the gateway's side ----------------------------------------------------------------------- */

static struct feature_line *new_line(struct gateway *gw, char const *number, unsigned connection)
{
    struct feature_line *line = calloc(1, sizeof *line);
    struct csta_msg const start = { .type = CSTA_MonitorStart,
                                    .edition = CSTA_ED3,
                                    .device = number };

    if (!line)
        return NULL;
    line->gw = gw;
    line->connection = connection;
    LIST_INIT(&line->subscriptions);
    LIST_INSERT_HEAD(&gw->features.all, line, link);
    line->number = strdup(number);
    if (line->number &&
        htab_insert(&gw->features.by_number, &line->by_number, hash_number(number)) == 0 &&
        ask(line, &start, on_monitor) == 0 && ask_state(line) == 0)
        return line;
    feature_line_release(line);
    return NULL;
}

struct feature_line *feature_line_get(struct gateway *gw, char const *number)
{
    struct feature_line *line = (struct feature_line *)htab_find(
        &gw->features.by_number, hash_number(number), is_number, number);

    if (line)
        return line;
    int connection = provider_choose(gw->provider);
    return connection < 0 ? NULL : new_line(gw, number, (unsigned)connection);
}

void feature_line_release(struct feature_line *line)
{
    if (line->closed || !LIST_EMPTY(&line->subscriptions))
        return;
    line->closed = true;
    htab_remove(&line->gw->features.by_number, &line->by_number);
    stop_monitor(line);
    if (!line->pending)
        free_line(line);
}

bool feature_line_take(struct gateway *gw, unsigned index, struct csta_msg const *event)
{
    struct key key = { index, event->monitor_xref };
    struct htab_entry *entry =
        key.xref ? htab_find(&gw->features.by_xref, hash_xref(index, key.xref), is_xref, &key)
                 : NULL;

    if (!entry)
        return false;
    struct feature_line *line = of_xref(entry);
    device_state_take(gw, line->number, NULL, event);
    uint16_t told = feature_state_take(&line->state, event);
    if (told)
        tell_all(line, told);
    return true;
}

void feature_line_lost(struct gateway *gw, unsigned index)
{
    struct feature_line *line, *next;

    for (line = LIST_FIRST(&gw->features.all); line; line = next) {
        next = LIST_NEXT(line, link);
        if (line->connection == index && !line->closed)
            end_all(line, "probation");
    }
}

void feature_line_stop(struct gateway *gw)
{
    struct feature_line *line, *next;
    struct feature_subscription *subscription;

    while ((subscription = LIST_FIRST(&gw->features.subscriptions)))
        feature_subscription_free(&subscription);
    for (line = LIST_FIRST(&gw->features.all); line; line = next) {
        next = LIST_NEXT(line, link);
        feature_line_release(line);
    }
}
