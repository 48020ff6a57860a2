/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax of next hops: see next_hop.h. */
#include "next_hop.h"
#include "domain_name.h"
#include "net_addr.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What the name of an SRV record begins with (RFC 3263 §4.1), by transport. */
static char const *const services[TRANSPORT_KINDS] = {
    [TRANSPORT_UDP] = "_sip._udp.",
    [TRANSPORT_TCP] = "_sip._tcp.",
    [TRANSPORT_TLS] = "_sips._tcp.",
};

int next_hop_service(char const *text)
{
    for (int i = 0; i < TRANSPORT_KINDS; i++)
        if (strncasecmp(text, services[i], strlen(services[i])) == 0)
            return i;
    return NEXT_HOP_ANY_TRANSPORT;
}

static char const *without_service(char const *text)
{
    int service = next_hop_service(text);
    return service < 0 ? text : text + strlen(services[service]);
}

bool next_hop_is_address(char const *text)
{
    struct net_addr addr;
    char const *colon = strchr(text, ':');
    bool has_port = (colon && !strchr(colon + 1, ':')) || strstr(text, "]:");
    return !has_port && (*text != '[' || colon) && net_addr_parse(&addr, text, 0) == 0;
}

char const *next_hop_check(char const *text)
{
    if (!*text || next_hop_is_address(text) || !domain_name_check(without_service(text)))
        return NULL;
    return "neither a host name nor an IP address (the port is a key of its own)";
}

char const *next_hop_fault(char const *text, unsigned port, int transport)
{
    int service = next_hop_service(text);
    if (service < 0)
        return NULL;
    if (port != 0)
        return "next_hop is the name of an SRV record: port must be 0";
    if (transport != NEXT_HOP_ANY_TRANSPORT && transport != service)
        return "next_hop is an SRV record of another transport";
    return NULL;
}

char const *next_hop_host(char const *text, char ret[static NEXT_HOP_HOST])
{
    char const *host = without_service(text);
    bool bare_v6 = strchr(host, ':') && *host != '[';
    (void)snprintf(ret, NEXT_HOP_HOST, "%s%s%s", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "");
    return ret;
}
