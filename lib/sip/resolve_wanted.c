/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a URI. The parser of sofia-sip lets much through: what is no host, no port and no transport
 * ends here, before anybody asks the DNS for it. */
#include "resolve_wanted.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SIP_PORT = 5060, SIPS_PORT = 5061, MAX_PORT = 65535 };

uint16_t resolve_wanted_port(enum transport_kind kind)
{
    return kind == TRANSPORT_TLS ? SIPS_PORT : SIP_PORT;
}

static char const *read_transport(struct resolve_wanted *ret, url_t const *uri)
{
    char text[16] = "";

    if (url_param(uri->url_params, "transport", text, sizeof text) > (int)sizeof text)
        return "unknown transport";
    if (url_has_param(uri, "transport")) {
        ret->kind_given = true;
        if (strcasecmp(text, "udp") == 0)
            ret->kind = TRANSPORT_UDP;
        else if (strcasecmp(text, "tcp") == 0)
            ret->kind = TRANSPORT_TCP;
        else if (strcasecmp(text, "tls") == 0)
            ret->kind = TRANSPORT_TLS;
        else
            return "unknown transport";
    }
    if (!ret->secure)
        return NULL;
    if (ret->kind_given && ret->kind == TRANSPORT_UDP)
        return "sips cannot go over UDP";
    ret->kind = TRANSPORT_TLS; /* RFC 3261 26.2.2: sips with transport=tcp is TLS over TCP */
    return NULL;
}

/* RFC 3261 25.1: a port is digits. */
static char const *read_port(struct resolve_wanted *ret, char const *text)
{
    if (!text || !*text)
        return NULL;
    size_t digits = strspn(text, "0123456789");
    unsigned long port = strtoul(text, NULL, 10); /* ULONG_MAX if it is too large */
    if (text[digits] || port == 0 || port > MAX_PORT)
        return "wrong port";
    ret->port = (uint16_t)port;
    return NULL;
}

/* RFC 3261 25.1: labels with dots in between, the last of which begins with no digit; `_` because
 * such names are in use. Longer labels than the DNS has are left to it. */
static bool is_name(char const *host)
{
    char const *label = host;

    for (;;) {
        size_t len = strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-_");
        if (!len || (label[len] && label[len] != '.'))
            return false;
        if (!label[len] || !label[len + 1])
            return !isdigit((unsigned char)*label);
        label += len + 1;
    }
}

/* An IPv6 address stands in brackets; in maddr some peers leave them out. One colon alone would be
 * a port, which has no place here. */
static bool is_numeric(struct resolve_wanted *ret, bool in_brackets)
{
    char const *colon = strchr(ret->host, ':');

    if (colon ? strchr(colon + 1, ':') == NULL : in_brackets)
        return false;
    return !strpbrk(ret->host, "[]") && net_addr_parse(&ret->addr, ret->host, 0) == 0;
}

static char const *read_host(struct resolve_wanted *ret, char const *text)
{
    if ((size_t)snprintf(ret->host, sizeof ret->host, "%s", text) >= sizeof ret->host)
        return "host name is too long";
    size_t len = strlen(ret->host);
    bool in_brackets = ret->host[0] == '[' && ret->host[len - 1] == ']';
    if (in_brackets) {
        memmove(ret->host, ret->host + 1, len - 2);
        ret->host[len - 2] = '\0';
    }
    for (char *p = ret->host; *p; p++) /* names are equal without regard to case */
        *p += *p >= 'A' && *p <= 'Z' ? 'a' - 'A' : 0;
    ret->numeric = is_numeric(ret, in_brackets);
    if (!ret->numeric && (in_brackets || !is_name(ret->host)))
        return "neither an address nor a host name";
    return NULL;
}

char const *resolve_wanted_read(struct resolve_wanted *ret, url_t const *uri,
                                enum transport_kind fallback)
{
    char maddr[RESOLVE_HOST_BYTES] = "";
    char const *why;

    *ret = (struct resolve_wanted){ .kind = fallback, .secure = uri->url_type == url_sips };
    if (uri->url_type != url_sip && uri->url_type != url_sips)
        return "not a SIP URI";
    if (!uri->url_host || !*uri->url_host)
        return "URI without a host";
    if (url_param(uri->url_params, "maddr", maddr, sizeof maddr) > (int)sizeof maddr)
        return "host name is too long";
    if ((why = read_transport(ret, uri)) || (why = read_port(ret, uri->url_port)))
        return why;
    return read_host(ret, *maddr ? maddr : uri->url_host);
}
