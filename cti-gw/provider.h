/* SPDX-License-Identifier: Apache-2.0 */
/* The CTI connections of the gateway (guide-rcc 2): up to eight, all kept connected by the driver.
 *
 * New sessions go round robin over those that are up, in configured order; a session stays on its
 * connection, and is told when that is lost: the connection's identity differs after a rebuild. */
#pragma once
#include "driver.h"
#include <jansson.h>

struct cti_conf;
struct provider;

struct provider_handlers {
    /* The connection with this index was lost; all sessions on it have to end. */
    void (*on_lost)(void *ctx, unsigned index, char const *reason);
    void (*on_event)(void *ctx, unsigned index, struct csta_msg const *event);
    /* The switch says that its status is another one now. */
    void (*on_status)(void *ctx, unsigned index, enum csta_system_status status);
    /* Call-ID of the session that has this monitor, "" if none has. */
    char const *(*whose)(void *ctx, unsigned index, char const *monitor_xref);
};

/** Opens every connection of @p conf. @p base holds loop, wheel, tap and password. NULL when out of
 *  memory. */
struct provider *provider_new(struct cti_conf const *conf, struct driver_options const *base,
                              struct provider_handlers const *handlers, void *ctx);
void provider_free(struct provider **pprovider);

/** Chooses a connection for a new session: its index, or -ENOTCONN when none is usable. */
int provider_choose(struct provider *provider);

/** Counts sessions of a connection up and down, for the tables. */
void provider_session(struct provider *provider, unsigned index, int by);

bool provider_is_up(struct provider const *provider, unsigned index);

/** May new sessions be on connection @p index? It is up, and the switch has not said that it serves
 *  nobody (disabled), as it does before a planned stop. */
bool provider_is_usable(struct provider const *provider, unsigned index);

/** What the switch said last about itself; normal if nothing. */
enum csta_system_status provider_status(struct provider const *provider, unsigned index);

/** Can the driver do this service at the end of connection @p index? As provider_features() says.
 */
bool provider_serves(struct provider const *provider, unsigned index, enum csta_type service);

/** All services and events that the driver has at the end of connection @p index. */
void provider_features(struct provider const *provider, unsigned index, struct csta_set *ret);

/** Sends a service over connection @p index: as the driver's slot. */
int provider_request(struct provider *provider, unsigned index, struct csta_msg const *request,
                     driver_reply_fn *reply, void *ctx);

/** The switch has sent over connection @p index what nobody can use: counts it, and logs the first
 * of each kind on a link as @p what, so that a switch gone mad does not fill the disk. */
void provider_fault(struct provider *provider, unsigned index, enum driver_fault fault,
                    char const *what);

/** Rows for "show cti": address, state, identity, sessions, round-trip time of the heartbeat in
 *  ms, time and reason of the last loss, and why it is still not up. */
void provider_rows(struct provider const *provider, json_t *table);
