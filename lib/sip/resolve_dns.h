/* SPDX-License-Identifier: Apache-2.0 */
/* DNS for the resolver: c-ares on the libuv loop. Knows names and records, nothing of SIP.
 * Inner part of resolve.c. */
#pragma once
#include <ares.h>
#include <stdbool.h>
#include <uv.h>

struct resolve_dns;

/** @p servers: "192.0.2.1:53,...", NULL = the system's. NULL when out of memory or if they are no
 *  addresses. */
struct resolve_dns *resolve_dns_new(uv_loop_t *loop, char const *servers);

/** Every question under way is answered with ARES_EDESTRUCTION first. */
void resolve_dns_free(struct resolve_dns **pdns);

/** As ares_query() for records of @p type, and ares_getaddrinfo() for one address family or both
 *  (AF_UNSPEC); the callback may come before they return. */
void resolve_dns_query(struct resolve_dns *dns, char const *name, int type, ares_callback fn,
                       void *arg);
void resolve_dns_host(struct resolve_dns *dns, char const *name, int family,
                      ares_addrinfo_callback fn, void *arg);

/** Whether @p status means that the DNS has answered, if only that there is nothing. */
bool resolve_dns_is_certain(int status);
