/* SPDX-License-Identifier: Apache-2.0 */
/* DNS for the resolver: c-ares on the libuv loop. Knows names and records, nothing of SIP.
 * Inner part of resolve.c. */
#pragma once
#include <ares.h>
#include <uv.h>

struct resolve_dns;

/** @p servers: "192.0.2.1:53,...", NULL = the system's. NULL when out of memory or if they are no
 *  addresses. */
struct resolve_dns *resolve_dns_new(uv_loop_t *loop, char const *servers);

/** Every question under way is answered with ARES_EDESTRUCTION first. */
void resolve_dns_free(struct resolve_dns **pdns);

/** As ares_query() for SRV, and ares_getaddrinfo(); the callback may come before they return. */
void resolve_dns_srv(struct resolve_dns *dns, char const *name, ares_callback fn, void *arg);
void resolve_dns_host(struct resolve_dns *dns, char const *name, ares_addrinfo_callback fn,
                      void *arg);
