/* SPDX-License-Identifier: Apache-2.0 */
/* The table of stream connections, by number and by address, and the limits on how many there are.
 */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "secure_link.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define OWNER(entry, type, member) ((type *)((char *)(entry)-offsetof(type, member)))

/* How many accepted connections one address has; exists while there is one. */
struct stream_host {
    struct htab_entry entry;
    struct net_addr addr;
    int64_t connections;
};

static uint64_t hash_host(struct net_addr const *addr)
{
    if (addr->sa.sa_family == AF_INET6)
        return htab_hash(&addr->in6.sin6_addr, sizeof addr->in6.sin6_addr, AF_INET6);
    return htab_hash(&addr->in.sin_addr, sizeof addr->in.sin_addr, AF_INET);
}

/* TLS: connections of two contexts, or to two names at one address, are strangers to each other;
 * those that were accepted have no name, and are found by their address alone. */
static uint64_t hash_destination(struct destination const *to)
{
    uint32_t key[2] = { to->kind, net_addr_port(&to->addr) };
    uint64_t hash = htab_hash(key, sizeof key, hash_host(&to->addr));

    if (to->kind != TRANSPORT_TLS || !to->server_name)
        return hash;
    hash = htab_hash(&to->context, sizeof to->context, hash);
    return htab_hash(to->server_name, strlen(to->server_name), hash);
}

static uint64_t hash_connection(struct connection const *conn)
{
    struct destination as = { .kind = conn->kind, .addr = conn->peer };

    if (conn->secure && *secure_link_server_name(conn->secure)) {
        as.context = secure_link_context(conn->secure);
        as.server_name = secure_link_server_name(conn->secure);
    }
    return hash_destination(&as);
}

static bool is_id(struct htab_entry const *entry, void const *key)
{
    return OWNER(entry, struct connection, by_id)->id == *(uint64_t const *)key;
}

static bool is_destination(struct htab_entry const *entry, void const *key)
{
    struct connection const *conn = OWNER(entry, struct connection, by_addr);
    struct destination const *to = key;

    if (conn->secure && !secure_link_serves(conn->secure, to->context, to->server_name))
        return false;
    return conn->kind == to->kind && !conn->is_last && net_addr_equal(&conn->peer, &to->addr) &&
           (to->listener == TRANSPORT_AUTO_LISTENER || to->listener == conn->listener);
}

/* By whatever listener: what it sends comes back that way. */
static bool is_client(struct htab_entry const *entry, void const *key)
{
    struct connection const *conn = OWNER(entry, struct connection, by_addr);
    struct destination const *to = key;

    return conn->is_client && conn->kind == to->kind && !conn->is_last &&
           net_addr_equal(&conn->peer, &to->addr);
}

static bool is_host(struct htab_entry const *entry, void const *key)
{
    return net_addr_same_host(&OWNER(entry, struct stream_host, entry)->addr, key);
}

bool transport_table_is_of_client(struct destination const *to)
{
    struct net_addr named;

    return to->kind == TRANSPORT_TLS &&
           (!to->server_name || net_addr_parse(&named, to->server_name, 0) == 0);
}

static struct connection *find_client(struct transport const *t, struct destination const *to)
{
    struct destination const client = { .kind = to->kind, .addr = to->addr };
    struct htab_entry *entry = NULL;

    if (transport_table_is_of_client(to))
        entry = htab_find(&t->by_addr, hash_destination(&client), is_client, &client);
    return entry ? OWNER(entry, struct connection, by_addr) : NULL;
}

struct connection *transport_table_find(struct transport const *t, struct destination const *to)
{
    struct htab_entry *entry = NULL;

    if (to->connection)
        entry = htab_find(&t->by_id, htab_hash(&to->connection, sizeof to->connection, 0), is_id,
                          &to->connection);
    if (entry)
        return OWNER(entry, struct connection, by_id);
    if (to->addr.sa.sa_family == AF_UNSPEC)
        return NULL;
    if (to->kind != TRANSPORT_TLS || to->server_name)
        entry = htab_find(&t->by_addr, hash_destination(to), is_destination, to);
    return entry ? OWNER(entry, struct connection, by_addr) : find_client(t, to);
}

int transport_table_admit(struct transport const *t)
{
    if (t->n_connections < (size_t)t->limits->max_connections)
        return 0;
    met_inc(&sip_metrics, M_connections_refused);
    log_warn(NULL, "connection refused reason=max_connections connections=%zu", t->n_connections);
    return -EMFILE;
}

int transport_table_admit_host(struct connection *conn)
{
    struct transport *t = conn->transport;
    uint64_t hash = hash_host(&conn->peer);
    struct htab_entry *entry = htab_find(&t->by_host, hash, is_host, &conn->peer);
    struct stream_host *host = entry ? OWNER(entry, struct stream_host, entry) : NULL;
    char peer[NET_ADDR_TEXT];

    if (host && host->connections >= t->limits->max_connections_per_host) {
        met_inc(&sip_metrics, M_connections_refused_host);
        log_warn(NULL, "connection refused reason=max_connections_per_host source=%s",
                 net_addr_print(&conn->peer, peer));
        return -EMFILE;
    }
    if (!host) {
        host = calloc(1, sizeof *host);
        if (!host || htab_insert(&t->by_host, &host->entry, hash) < 0) {
            free(host);
            return -ENOMEM;
        }
        host->addr = conn->peer;
    }
    host->connections++;
    conn->host = host;
    return 0;
}

int transport_table_add(struct connection *conn)
{
    struct transport *t = conn->transport;

    if (htab_insert(&t->by_id, &conn->by_id, htab_hash(&conn->id, sizeof conn->id, 0)) < 0)
        return -ENOMEM;
    if (htab_insert(&t->by_addr, &conn->by_addr, hash_connection(conn)) < 0) {
        htab_remove(&t->by_id, &conn->by_id);
        return -ENOMEM;
    }
    TAILQ_INSERT_TAIL(&t->connections, conn, link);
    t->n_connections++;
    met_inc(&sip_metrics, M_connections);
    conn->is_listed = true;
    transport_share_note(conn);
    return 0;
}

void transport_table_remove(struct connection *conn)
{
    struct transport *t = conn->transport;

    if (conn->host && --conn->host->connections == 0) {
        htab_remove(&t->by_host, &conn->host->entry);
        free(conn->host);
    }
    conn->host = NULL;
    if (!conn->is_listed)
        return;
    transport_share_forget(conn);
    htab_remove(&t->by_id, &conn->by_id);
    htab_remove(&t->by_addr, &conn->by_addr);
    TAILQ_REMOVE(&t->connections, conn, link);
    t->n_connections--;
    met_add(&sip_metrics, M_connections, -1);
    conn->is_listed = false;
}
