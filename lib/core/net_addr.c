/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and CIDR blocks on the socket structs of the C library. */
#include "net_addr.h"
#include "text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One peer, one spelling: ::ffff:192.0.2.1 becomes 192.0.2.1. */
static void fold_mapped(struct net_addr *addr)
{
    if (addr->sa.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&addr->in6.sin6_addr))
        return;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = addr->in6.sin6_port };
    memcpy(&in.sin_addr, &addr->in6.sin6_addr.s6_addr[12], 4);
    memset(addr, 0, sizeof *addr);
    addr->in = in;
}

/* The grammar of RFC 3261 makes one colon too many before an IPv4 tail: "2001:db8:::192.0.2.1" must
 * be taken for what it means (RFC 5118 4.10). Returns @p host, or the corrected copy. */
static char const *without_third_colon(char const *host, char fixed[static INET6_ADDRSTRLEN])
{
    char const *colons = strstr(host, ":::");

    if (!colons || !strchr(colons, '.') || strchr(colons + 3, ':'))
        return host;
    snprintf(fixed, INET6_ADDRSTRLEN, "%.*s%s", (int)(colons - host), host, colons + 1);
    return fixed;
}

static int parse_host(struct net_addr *ret, char const *text, uint16_t port)
{
    char fixed[INET6_ADDRSTRLEN];
    char const *host = without_third_colon(text, fixed);

    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, host, &ret->in.sin_addr) == 1) {
        ret->in.sin_family = AF_INET;
        ret->in.sin_port = htons(port);
        return 0;
    }
    if (inet_pton(AF_INET6, host, &ret->in6.sin6_addr) == 1) {
        ret->in6.sin6_family = AF_INET6;
        ret->in6.sin6_port = htons(port);
        fold_mapped(ret);
        return 0;
    }
    return -EINVAL;
}

/* Digits only, 1..65535. */
static int parse_port(char const *text, uint16_t *ret)
{
    unsigned long port = 0;

    if (!*text || strlen(text) > 5)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        port = port * 10 + (unsigned long)(*text - '0');
    }
    if (port > 65535)
        return -EINVAL;
    *ret = (uint16_t)port;
    return 0;
}

int net_addr_parse(struct net_addr *ret, char const *text, uint16_t default_port)
{
    char host[INET6_ADDRSTRLEN];
    char const *colon = strrchr(text, ':'), *from = text, *end = NULL;
    uint16_t port = default_port;

    if (text[0] == '[') {
        from = text + 1;
        end = strchr(text, ']');
        if (!end || (end[1] && (end[1] != ':' || parse_port(end + 2, &port) < 0)))
            return -EINVAL;
    } else if (colon && strchr(text, ':') == colon) {
        end = colon;
        if (parse_port(colon + 1, &port) < 0)
            return -EINVAL;
    } else {
        end = text + strlen(text);
    }
    if ((size_t)(end - from) >= sizeof host)
        return -EINVAL;
    memcpy(host, from, (size_t)(end - from));
    host[end - from] = '\0';
    return parse_host(ret, host, port);
}

int net_addr_from(struct net_addr *ret, struct sockaddr const *sa)
{
    memset(ret, 0, sizeof *ret);
    if (sa->sa_family == AF_INET)
        memcpy(&ret->in, sa, sizeof ret->in);
    else if (sa->sa_family == AF_INET6)
        memcpy(&ret->in6, sa, sizeof ret->in6);
    else
        return -EAFNOSUPPORT;
    fold_mapped(ret);
    return 0;
}

char const *net_addr_print_host(struct net_addr const *addr, char text[static NET_ADDR_TEXT])
{
    unsigned char const *v4 = (unsigned char const *)&addr->in.sin_addr;
    struct text line;

    text_begin(&line, text, NET_ADDR_TEXT);
    if (addr->sa.sa_family == AF_INET6) {
        if (!inet_ntop(AF_INET6, &addr->in6.sin6_addr, text, NET_ADDR_TEXT))
            text_puts(&line, "?");
        return text;
    }
    for (int i = 0; i < 4; i++) {
        text_puts(&line, i ? "." : "");
        text_number(&line, v4[i], 1);
    }
    return text;
}

char const *net_addr_print(struct net_addr const *addr, char text[static NET_ADDR_TEXT])
{
    char host[NET_ADDR_TEXT];
    bool v6 = addr->sa.sa_family == AF_INET6;
    struct text line;

    text_begin(&line, text, NET_ADDR_TEXT);
    text_puts(&line, v6 ? "[" : "");
    text_puts(&line, net_addr_print_host(addr, host));
    text_puts(&line, v6 ? "]:" : ":");
    text_number(&line, net_addr_port(addr), 1);
    return text;
}

static void const *raw_bytes(struct net_addr const *addr, size_t *ret_len)
{
    if (addr->sa.sa_family == AF_INET6) {
        *ret_len = 16;
        return &addr->in6.sin6_addr;
    }
    *ret_len = 4;
    return &addr->in.sin_addr;
}

bool net_addr_same_host(struct net_addr const *a, struct net_addr const *b)
{
    size_t len, other;
    void const *x = raw_bytes(a, &len), *y = raw_bytes(b, &other);

    return a->sa.sa_family == b->sa.sa_family && memcmp(x, y, len) == 0;
}

bool net_addr_equal(struct net_addr const *a, struct net_addr const *b)
{
    return net_addr_same_host(a, b) && net_addr_port(a) == net_addr_port(b);
}

uint16_t net_addr_port(struct net_addr const *addr)
{
    return ntohs(addr->sa.sa_family == AF_INET6 ? addr->in6.sin6_port : addr->in.sin_port);
}

void net_addr_set_port(struct net_addr *addr, uint16_t port)
{
    if (addr->sa.sa_family == AF_INET6)
        addr->in6.sin6_port = htons(port);
    else
        addr->in.sin_port = htons(port);
}

bool net_addr_is_any(struct net_addr const *addr)
{
    static unsigned char const zeros[16];
    size_t len;
    void const *raw = raw_bytes(addr, &len);

    return memcmp(raw, zeros, len) == 0;
}

socklen_t net_addr_len(struct net_addr const *addr)
{
    return addr->sa.sa_family == AF_INET6 ? sizeof addr->in6 : sizeof addr->in;
}

/* Are all bits from @p from on zero? */
static bool host_bits_zero(unsigned char const *raw, size_t len, unsigned from)
{
    for (unsigned bit = from; bit < len * 8; bit++)
        if (raw[bit / 8] >> (7 - bit % 8) & 1)
            return false;
    return true;
}

int net_cidr_parse(struct net_cidr *ret, char const *text)
{
    char host[INET6_ADDRSTRLEN];
    char const *slash = strchr(text, '/');
    size_t host_len = slash ? (size_t)(slash - text) : strlen(text), len;
    uint16_t bits = 0;

    if (host_len >= sizeof host)
        return -EINVAL;
    memcpy(host, text, host_len);
    host[host_len] = '\0';
    if (parse_host(&ret->addr, host, 0) < 0)
        return -EINVAL;
    void const *raw = raw_bytes(&ret->addr, &len);
    if (slash && (parse_port(slash + 1, &bits) < 0 || bits > len * 8))
        return -EINVAL;
    ret->bits = slash ? bits : (unsigned)len * 8;
    return host_bits_zero(raw, len, ret->bits) ? 0 : -EINVAL;
}

bool net_cidr_contains(struct net_cidr const *block, struct net_addr const *addr)
{
    size_t len, other;
    unsigned char const *b = raw_bytes(&block->addr, &len), *a = raw_bytes(addr, &other);
    unsigned whole = block->bits / 8, rest = block->bits % 8;

    if (len != other || memcmp(a, b, whole) != 0)
        return false;
    return !rest || ((a[whole] ^ b[whole]) & (0xff00 >> rest) & 0xff) == 0;
}
