/* SPDX-License-Identifier: Apache-2.0 */
/* The list of CTI connections over one driver. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "provider.h"
#include "clock.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "ctl.h"
#include "log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_CONNECTIONS = 8 };

struct connection {
    struct provider *provider;
    struct driver_conn *conn;
    char const *address;
    char const *loss, *attempt; /* why it was lost last; why it is still not up */
    char identity[32];
    bool up;
    enum csta_system_status status;
    int64_t sessions;
    bool logged[DRIVER_FAULTS]; /* since the link is up */
    uint64_t beat_us;           /* round-trip time of the last heartbeat; 0: none yet */
    int64_t lost_at_s;          /* wall clock; 0: never */
};

struct provider {
    struct driver const *driver;
    struct provider_handlers const *handlers;
    void *ctx;
    struct connection v[MAX_CONNECTIONS];
    unsigned n, next;
};

static unsigned index_of(struct connection const *c)
{
    return (unsigned)(c - c->provider->v);
}

static void on_up(void *ctx, char const *identity)
{
    struct connection *c = ctx;

    c->up = true;
    c->attempt = "";
    c->beat_us = 0;
    memset(c->logged, 0, sizeof c->logged);
    c->status = CSTA_STATUS_normal;
    snprintf(c->identity, sizeof c->identity, "%s", identity);
    cti_gauge(M_connections_up, 1);
}

static void on_down(void *ctx, char const *reason)
{
    struct connection *c = ctx;
    bool was_up = c->up;

    c->up = false;
    c->attempt = was_up ? "" : reason;
    if (!was_up)
        return;
    c->loss = reason;
    c->lost_at_s = (int64_t)(clock_wall_us() / 1000000);
    cti_gauge(M_connections_up, -1);
    cti_count(M_connections_lost);
    c->provider->handlers->on_lost(c->provider->ctx, index_of(c), reason);
}

static void on_event(void *ctx, struct csta_msg const *event)
{
    struct connection *c = ctx;

    c->provider->handlers->on_event(c->provider->ctx, index_of(c), event);
}

/* Heartbeats say normal again and again; only what changes is news. */
static void on_status(void *ctx, enum csta_system_status status)
{
    struct connection *c = ctx;

    if (status == c->status)
        return;
    c->status = status;
    c->provider->handlers->on_status(c->provider->ctx, index_of(c), status);
}

/* What is faster than the clock can tell counts as a microsecond. */
static void on_beat(void *ctx, uint64_t us)
{
    ((struct connection *)ctx)->beat_us = us ? us : 1;
}

static void count_fault(struct connection *c, enum driver_fault fault, char const *what)
{
    /* What ends the link is logged by its driver; an event may cross with the end of its monitor.
     */
    static struct {
        enum cti_metric metric;
        enum log_level level;
        char const *kind;
    } const kinds[DRIVER_FAULTS] = {
        [DRIVER_FAULT_MESSAGE] = { M_switch_messages_skipped, LOG_WARN, "message" },
        [DRIVER_FAULT_ANSWER] = { M_switch_answers_stray, LOG_WARN, "answer" },
        [DRIVER_FAULT_EVENT] = { M_switch_events_stray, LOG_INFO, "event" },
        [DRIVER_FAULT_FRAME] = { M_switch_frames_wrong, LOG_DEBUG, "framing" },
        [DRIVER_FAULT_HALF] = { M_switch_frames_slow, LOG_DEBUG, "half message" },
    };
    enum log_level level = c->logged[fault] ? LOG_DEBUG : kinds[fault].level;

    cti_count(kinds[fault].metric);
    c->logged[fault] = true;
    LOG_AT(level, c->address, "switch sent nonsense kind=\"%s\" what=\"%s\"", kinds[fault].kind,
           what);
}

static void on_fault(void *ctx, enum driver_fault fault, char const *what)
{
    count_fault(ctx, fault, what);
}

void provider_fault(struct provider *provider, unsigned index, enum driver_fault fault,
                    char const *what)
{
    count_fault(&provider->v[index], fault, what);
}

static char const *whose(void *ctx, char const *monitor_xref)
{
    struct connection *c = ctx;

    return c->provider->handlers->whose(c->provider->ctx, index_of(c), monitor_xref);
}

static struct driver_host const host = { on_up,   on_down,  on_event, on_status,
                                         on_beat, on_fault, whose };

struct provider *provider_new(struct cti_conf const *conf, struct driver_options const *base,
                              struct provider_handlers const *handlers, void *ctx)
{
    struct provider *provider = calloc(1, sizeof *provider);

    if (!provider)
        return NULL;
    provider->driver = driver_find(conf->driver);
    provider->handlers = handlers;
    provider->ctx = ctx;
    for (size_t i = 0; i < conf->connections.n && i < MAX_CONNECTIONS; i++) {
        struct driver_options options = *base;
        struct connection *c = &provider->v[i];
        options.address = c->address = conf->connections.v[i];
        c->provider = provider;
        c->loss = c->attempt = "";
        c->conn = provider->driver->open(&options, &host, c);
        provider->n++;
        if (!c->conn)
            provider_free(&provider);
        if (!provider)
            break;
    }
    return provider;
}

void provider_free(struct provider **pprovider)
{
    struct provider *provider = *pprovider;

    *pprovider = NULL;
    if (!provider)
        return;
    for (unsigned i = 0; i < provider->n; i++) {
        if (provider->v[i].up)
            cti_gauge(M_connections_up, -1);
        provider->driver->close(&provider->v[i].conn);
    }
    free(provider);
}

int provider_choose(struct provider *provider)
{
    for (unsigned i = 0; i < provider->n; i++) {
        unsigned index = (provider->next + i) % provider->n;
        if (provider_is_usable(provider, index)) {
            provider->next = index + 1;
            return (int)index;
        }
    }
    return -ENOTCONN;
}

void provider_session(struct provider *provider, unsigned index, int by)
{
    provider->v[index].sessions += by;
}

bool provider_is_up(struct provider const *provider, unsigned index)
{
    return provider->v[index].up;
}

static bool is_usable(struct connection const *c)
{
    return c->up && c->status != CSTA_STATUS_disabled;
}

bool provider_is_usable(struct provider const *provider, unsigned index)
{
    return is_usable(&provider->v[index]);
}

static char const *state_of(struct connection const *c)
{
    if (is_usable(c))
        return "up";
    return c->up ? "disabled" : "down";
}

enum csta_system_status provider_status(struct provider const *provider, unsigned index)
{
    return provider->v[index].status;
}

/* Takes off @p set what the other end has said it cannot do. */
static void narrow(struct provider const *provider, unsigned index, struct csta_set *set)
{
    struct driver_conn const *conn = provider->v[index].conn;

    if (conn && provider->driver->narrow)
        provider->driver->narrow(conn, set);
}

bool provider_serves(struct provider const *provider, unsigned index, enum csta_type service)
{
    struct csta_set set = { 0 };

    if (provider->driver->service[service])
        csta_set_add(&set, service);
    narrow(provider, index, &set);
    return csta_set_has(&set, service);
}

void provider_features(struct provider const *provider, unsigned index, struct csta_set *ret)
{
    struct driver const *driver = provider->driver;

    *ret = driver->events;
    for (int type = 0; type < CSTA_TYPES; type++)
        if (driver->service[type])
            csta_set_add(ret, (enum csta_type)type);
    narrow(provider, index, ret);
}

int provider_request(struct provider *provider, unsigned index, struct csta_msg const *request,
                     driver_reply_fn *reply, void *ctx)
{
    driver_service_fn *service = provider->driver->service[request->type];
    struct driver_conn *conn = provider->v[index].conn;

    if (!service)
        return -EOPNOTSUPP;
    return conn ? service(conn, request, reply, ctx) : -ENOTCONN; /* while all are closed */
}

static char const *moment(int64_t at_s, char text[static 24])
{
    time_t at = (time_t)at_s;
    struct tm tm;

    text[0] = '\0';
    if (at_s && gmtime_r(&at, &tm))
        strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}

static json_t *round_trip(struct connection const *c)
{
    return c->up && c->beat_us ? json_real((double)c->beat_us / 1000) : json_string("");
}

void provider_rows(struct provider const *provider, json_t *table)
{
    for (unsigned i = 0; i < provider->n; i++) {
        struct connection const *c = &provider->v[i];
        char at[24];
        ctl_table_row(table,
                      json_pack("[s,s,s,I,o,s,s,s]", c->address, state_of(c),
                                c->up ? c->identity : "", (json_int_t)c->sessions, round_trip(c),
                                moment(c->lost_at_s, at), c->loss, c->attempt));
    }
}
