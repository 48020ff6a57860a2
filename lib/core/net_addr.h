/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses with port, and CIDR blocks: plain values, printed and compared in one place.
 *
 * IPv4-mapped IPv6 addresses are folded to IPv4, so that one peer has one spelling. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NET_ADDR_TEXT = 64 }; /* enough for "[v6 with scope]:65535" */

struct net_addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    };
};

struct net_cidr {
    struct net_addr addr;
    unsigned bits;
};

/** Parses "192.0.2.1", "192.0.2.1:5060", "::1", "[::1]:5060"; a missing port is @p default_port.
 *  Never resolves names. Returns 0 or -EINVAL. */
int net_addr_parse(struct net_addr *ret, char const *text, uint16_t default_port);

/** From a socket call's address. Returns 0, or -EAFNOSUPPORT for other families. */
int net_addr_from(struct net_addr *ret, struct sockaddr const *sa);

/** Prints "192.0.2.1:5060" or "[::1]:5060" into @p text and returns it. */
char const *net_addr_print(struct net_addr const *addr, char text[static NET_ADDR_TEXT]);

/** Prints the address alone, without brackets or port. */
char const *net_addr_print_host(struct net_addr const *addr, char text[static NET_ADDR_TEXT]);

bool net_addr_equal(struct net_addr const *a, struct net_addr const *b);     /* with port */
bool net_addr_same_host(struct net_addr const *a, struct net_addr const *b); /* without */
uint16_t net_addr_port(struct net_addr const *addr);
void net_addr_set_port(struct net_addr *addr, uint16_t port);
bool net_addr_is_any(struct net_addr const *addr);
socklen_t net_addr_len(struct net_addr const *addr);

/** Parses "192.0.2.0/24", "2001:db8::/32" or a single address; host bits must be zero. Returns 0 or
 *  -EINVAL. */
int net_cidr_parse(struct net_cidr *ret, char const *text);
bool net_cidr_contains(struct net_cidr const *block, struct net_addr const *addr);
