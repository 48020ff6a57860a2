/* SPDX-License-Identifier: Apache-2.0 */
/* See xmpp_settings.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "xmpp_settings.h"
#include "jid.h"
#include "log.h"
#include "net_addr.h"
#include "password.h"
#include "secure_context.h"
#include "xmpp_conf.h"
#include "xmpp_domain_conf.h"
#include "xmpp_own_conf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* NULL: out of memory. */
static struct net_addr *read_addresses(struct cfg_strings const *texts)
{
    struct net_addr *addrs = calloc(texts->n + 1, sizeof *addrs);

    for (size_t i = 0; addrs && i < texts->n; i++)
        (void)net_addr_parse(&addrs[i], texts->v[i], 0);
    return addrs;
}

static int read_secret(struct streams_own *own, struct xmpp_own_conf const *conf)
{
    char secret[PASSWORD_MAX + 1];
    int err = password_load(conf->secret_file, secret);

    if (err == 0 && !(own->secret = strdup(secret)))
        err = -ENOMEM;
    explicit_bzero(secret, sizeof secret);
    if (err < 0)
        log_error(conf->name, "secret not read file=\"%s\" error=\"%s\"", conf->secret_file,
                  strerror(-err));
    return err;
}

static int read_own(struct streams_own *own, struct xmpp_conf const *conf,
                    struct xmpp_own_conf const *entry)
{
    struct secure_fault fault;

    own->name = entry->name;
    own->servers = read_addresses(&entry->servers);
    own->n_servers = own->servers ? entry->servers.n : 0;
    if (!own->servers)
        return -ENOMEM;
    if (entry->servers.n)
        return read_secret(own, entry);
    own->context = xmpp_conf_context(conf, entry, &fault);
    if (own->context)
        return 0;
    log_error(entry->name, "TLS is not possible setting=%s error=\"%s\"", fault.setting,
              fault.text);
    return -EINVAL;
}

static int read_peer(struct streams_peer *peer, struct xmpp_domain_conf const *entry)
{
    char ascii[JID_PART_MAX + 1];

    peer->name = entry->name;
    peer->ascii = strdup(jid_domain_ascii(entry->name, ascii) ? ascii : entry->name);
    peer->hosts = entry->servers.v;
    peer->n_hosts = entry->servers.n;
    peer->tls = (enum streams_tls)entry->tls;
    peer->dialback = entry->dialback;
    peer->bidi = entry->bidi;
    peer->direct_tls = entry->direct_tls;
    return peer->ascii ? 0 : -ENOMEM;
}

/* Who begins with TLS says whom it wants (SNI): one context that knows all of us. */
static int read_context(struct streams_settings *settings, struct xmpp_conf const *conf)
{
    struct secure_fault fault;

    if (!conf->direct_tls_listen.n)
        return 0;
    settings->context = xmpp_conf_common_context(conf, &fault);
    if (settings->context)
        return 0;
    log_error(NULL, "TLS is not possible setting=%s error=\"%s\"", fault.setting, fault.text);
    return -EINVAL;
}

int xmpp_settings_init(struct streams_settings *settings, struct xmpp_conf const *conf)
{
    struct xmpp_own_conf const *own_conf = conf->own.v;
    struct xmpp_domain_conf const *domains = conf->domains.v;
    struct streams_own *own = calloc(conf->own.n + 1, sizeof *own);
    struct streams_peer *peers = calloc(conf->domains.n + 1, sizeof *peers);
    int err = own && peers ? 0 : -ENOMEM;

    settings->own = own;
    settings->peers = peers;
    settings->limits = conf->limits;
    for (size_t i = 0; err == 0 && i < conf->own.n; i++)
        err = read_own(&own[settings->n_own++], conf, &own_conf[i]);
    for (size_t i = 0; err == 0 && i < conf->domains.n; i++)
        err = read_peer(&peers[settings->n_peers++], &domains[i]);
    return err ? err : read_context(settings, conf);
}

void xmpp_settings_fini(struct streams_settings *settings)
{
    for (size_t i = 0; i < settings->n_own; i++) {
        struct streams_own const *own = &settings->own[i];
        struct secure_context *context = own->context;
        secure_context_unref(&context);
        free((void *)own->servers);
        free((void *)own->secret);
    }
    for (size_t i = 0; i < settings->n_peers; i++)
        free((void *)settings->peers[i].ascii);
    secure_context_unref(&settings->context);
    free((void *)settings->own);
    free((void *)settings->peers);
    *settings = (struct streams_settings){ 0 };
}
