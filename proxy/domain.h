/* SPDX-License-Identifier: Apache-2.0 */
/* Which URIs mean this node: the proxy domain, hosted domains, our host names, the cluster's name,
 * the addresses of our listeners, and addresses that others use for us (a virtual IP in front of
 * two nodes, guide-rcc §4).
 *
 * Names are ours without a port or with the port of a listener; addresses only with the port of a
 * listener, because other programs of this node live on the same address. */
#pragma once
#include "net_addr.h"
#include <sofia-sip/url.h>
#include <stdbool.h>
#include <stdint.h>

struct domain;

enum { DOMAIN_ANY_LISTENER = -1 };

/** New and empty, or NULL when out of memory. */
struct domain *domain_new(void);
void domain_free(struct domain **pdomain);

/** Adds a host that is ours: a name, or a numeric address on which our ports are reached too.
 *  Repeated names do no harm. Returns 0 or -ENOMEM. */
int domain_add_host(struct domain *domain, char const *host);

/** Name number @p i, in lower case; NULL behind the last one. */
char const *domain_host_at(struct domain const *domain, size_t i);

/** Adds a bound listener; an unspecified address ("0.0.0.0") stands for all addresses of this
 *  machine. @p host is what the listener advertises. Returns 0 or a negative errno. */
int domain_add_listener(struct domain *domain, uint16_t listener, struct net_addr const *addr,
                        char const *host);

/** Does host and port of @p url mean us? maddr is not looked at. If @p ret_listener is not NULL it
 *  gets the listener whose address and port the URI names, DOMAIN_ANY_LISTENER if it names none. */
bool domain_owns(struct domain const *domain, url_t const *url, int *ret_listener);

/** Same for a host (a maddr value) with @p port, 0 = none given. */
bool domain_owns_host(struct domain const *domain, char const *host, uint16_t port,
                      int *ret_listener);

/** Port of @p url, 0 if it has none (the default of its scheme is not filled in), -ERANGE if it is
 *  none. */
int domain_url_port(url_t const *url);
