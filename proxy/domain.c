/* SPDX-License-Identifier: Apache-2.0 */
/* Own names and addresses: see domain.h. Names are hashed, for a node may host many domains; of
 * addresses it has a handful. */
#include "domain.h"
#include "htab.h"
#include <ctype.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_PORT = 5060, HOST_MAX = 256 };

struct own_name {
    struct htab_entry entry;
    char text[]; /* lower case, without final dot */
};

struct own_addr {
    struct net_addr addr;
    int listener; /* DOMAIN_ANY_LISTENER: an address without port, ours on every listener port */
};

struct domain {
    struct own_name **names; /* owned; in the order in which they were added */
    size_t n_names;
    struct htab by_name;
    struct own_addr *addrs;
    size_t n_addrs;
    uint16_t *ports; /* of listeners */
    size_t n_ports;
};

struct domain *domain_new(void)
{
    struct domain *domain = calloc(1, sizeof *domain);
    if (domain)
        htab_init(&domain->by_name);
    return domain;
}

void domain_free(struct domain **pdomain)
{
    struct domain *domain = *pdomain;
    *pdomain = NULL;
    if (!domain)
        return;
    for (size_t i = 0; i < domain->n_names; i++)
        free(domain->names[i]);
    htab_fini(&domain->by_name);
    free(domain->names);
    free(domain->addrs);
    free(domain->ports);
    free(domain);
}

/* One spelling per host: no brackets around IPv6, no final dot. Returns -EINVAL if too long. */
static int bare_host(char const *host, char bare[static HOST_MAX])
{
    size_t len = strlen(host);
    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    }
    if (len > 1 && host[len - 1] == '.')
        len--;
    if (len >= HOST_MAX)
        return -EINVAL;
    memcpy(bare, host, len);
    bare[len] = '\0';
    return 0;
}

static int add_addr(struct domain *domain, struct net_addr const *addr, int listener)
{
    struct own_addr *addrs = realloc(domain->addrs, (domain->n_addrs + 1) * sizeof *addrs);
    if (!addrs)
        return -ENOMEM;
    domain->addrs = addrs;
    addrs[domain->n_addrs++] = (struct own_addr){ *addr, listener };
    return 0;
}

static bool is_name(struct htab_entry const *entry, void const *key)
{
    return strcmp(((struct own_name const *)entry)->text, key) == 0;
}

/* @p name in lower case. */
static bool owns_name(struct domain const *domain, char const *name)
{
    return htab_find(&domain->by_name, htab_hash(name, strlen(name), 0), is_name, name);
}

static void to_lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

static int add_name(struct domain *domain, char const *text)
{
    size_t size = strlen(text) + 1;
    struct own_name **names = realloc(domain->names, (domain->n_names + 1) * sizeof(void *));
    if (!names)
        return -ENOMEM;
    domain->names = names;
    struct own_name *name = malloc(sizeof *name + size);
    if (!name || htab_insert(&domain->by_name, &name->entry, htab_hash(text, size - 1, 0)) < 0) {
        free(name);
        return -ENOMEM;
    }
    memcpy(name->text, text, size);
    names[domain->n_names++] = name;
    return 0;
}

char const *domain_host_at(struct domain const *domain, size_t i)
{
    return i < domain->n_names ? domain->names[i]->text : NULL;
}

int domain_add_host(struct domain *domain, char const *host)
{
    char bare[HOST_MAX];
    struct net_addr addr;
    if (!*host || bare_host(host, bare) < 0)
        return 0;
    if (net_addr_parse(&addr, bare, 0) == 0)
        return add_addr(domain, &addr, DOMAIN_ANY_LISTENER);
    to_lower(bare);
    return owns_name(domain, bare) ? 0 : add_name(domain, bare);
}

static bool is_loopback(struct net_addr const *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return (ntohl(addr->in.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&addr->in6.sin6_addr);
}

static int add_all_interfaces(struct domain *domain, struct net_addr const *any, int listener)
{
    struct ifaddrs *list = NULL;
    int error = 0;
    if (getifaddrs(&list) < 0)
        return -errno;
    for (struct ifaddrs *i = list; i && error == 0; i = i->ifa_next) {
        struct net_addr addr;
        if (!i->ifa_addr || net_addr_from(&addr, i->ifa_addr) < 0)
            continue;
        /* A socket on "::" takes IPv4 too, one on "0.0.0.0" takes IPv4 only. */
        if (any->sa.sa_family == AF_INET && addr.sa.sa_family != AF_INET)
            continue;
        net_addr_set_port(&addr, net_addr_port(any));
        error = add_addr(domain, &addr, listener);
    }
    freeifaddrs(list);
    return error;
}

static int add_port(struct domain *domain, uint16_t port)
{
    uint16_t *ports = realloc(domain->ports, (domain->n_ports + 1) * sizeof *ports);
    if (!ports)
        return -ENOMEM;
    domain->ports = ports;
    ports[domain->n_ports++] = port;
    return 0;
}

int domain_add_listener(struct domain *domain, uint16_t listener, struct net_addr const *addr,
                        char const *host)
{
    int error = add_port(domain, net_addr_port(addr));
    if (error == 0 && host)
        error = domain_add_host(domain, host);
    if (error == 0 && (net_addr_is_any(addr) || is_loopback(addr)))
        error = domain_add_host(domain, "localhost");
    if (error < 0)
        return error;
    return net_addr_is_any(addr) ? add_all_interfaces(domain, addr, listener)
                                 : add_addr(domain, addr, listener);
}

static bool is_listener_port(struct domain const *domain, uint16_t port)
{
    for (size_t i = 0; i < domain->n_ports; i++)
        if (domain->ports[i] == port)
            return true;
    return false;
}

static bool owns_addr(struct domain const *domain, struct net_addr const *addr, int *ret_listener)
{
    bool found = false;
    for (size_t i = 0; i < domain->n_addrs; i++) {
        struct own_addr const *own = &domain->addrs[i];
        if (!net_addr_same_host(&own->addr, addr))
            continue;
        if (own->listener == DOMAIN_ANY_LISTENER) {
            found |= is_listener_port(domain, net_addr_port(addr));
        } else if (net_addr_port(&own->addr) == net_addr_port(addr)) {
            *ret_listener = own->listener;
            return true;
        }
    }
    return found;
}

bool domain_owns_host(struct domain const *domain, char const *host, uint16_t port,
                      int *ret_listener)
{
    char bare[HOST_MAX];
    struct net_addr addr;
    int listener = DOMAIN_ANY_LISTENER;
    int *ret = ret_listener ? ret_listener : &listener;
    *ret = DOMAIN_ANY_LISTENER;
    if (bare_host(host, bare) < 0)
        return false;
    if (net_addr_parse(&addr, bare, 0) == 0) {
        net_addr_set_port(&addr, port ? port : DEFAULT_PORT);
        return owns_addr(domain, &addr, ret);
    }
    if (port && !is_listener_port(domain, port))
        return false;
    to_lower(bare);
    return owns_name(domain, bare);
}

int domain_url_port(url_t const *url)
{
    int port = 0;
    if (!url->url_port)
        return 0;
    for (char const *c = url->url_port; *c >= '0' && *c <= '9' && port <= UINT16_MAX; c++)
        port = port * 10 + (*c - '0');
    return port <= UINT16_MAX ? port : -ERANGE;
}

bool domain_owns(struct domain const *domain, url_t const *url, int *ret_listener)
{
    if (ret_listener)
        *ret_listener = DOMAIN_ANY_LISTENER;
    if (url->url_type != url_sip && url->url_type != url_sips)
        return false;
    int port = domain_url_port(url);
    return url->url_host && port >= 0 &&
           domain_owns_host(domain, url->url_host, (uint16_t)port, ret_listener);
}
