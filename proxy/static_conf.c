/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one entry of static_routes: see static_conf.h. */
#include "static_conf.h"
#include "domain_name.h"
#include "net_addr.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static char const *const type_names[] = { "user", "domain", NULL };
static char const *const transport_names[] = { "udp", "tcp", "tls", NULL };

/* What the name of an SRV record begins with (RFC 3263 §4.1), by transport. */
static char const *const srv_prefixes[] = { "_sip._udp.", "_sip._tcp.", "_sips._tcp." };

enum { N_PREFIXES = sizeof srv_prefixes / sizeof *srv_prefixes };

char const *static_conf_type_name(struct static_conf const *row)
{
    return type_names[row->type];
}

char const *static_conf_transport_name(struct static_conf const *row)
{
    return transport_names[row->transport];
}

static int srv_prefix(char const *host)
{
    for (int i = 0; i < N_PREFIXES; i++)
        if (strncasecmp(host, srv_prefixes[i], strlen(srv_prefixes[i])) == 0)
            return i;
    return -1;
}

/* With or without brackets; never with a port. */
static bool is_address(char const *host)
{
    struct net_addr addr;
    char const *colon = strchr(host, ':');
    bool has_port = (colon && !strchr(colon + 1, ':')) || strstr(host, "]:");
    return !has_port && (*host != '[' || colon) && net_addr_parse(&addr, host, 0) == 0;
}

static bool is_name(char const *host)
{
    int prefix = srv_prefix(host);
    return !domain_name_check(prefix < 0 ? host : host + strlen(srv_prefixes[prefix]));
}

static char const *check_next_hop(char const *value)
{
    if (!*value || is_address(value) || is_name(value))
        return NULL;
    return "neither a host name nor an IP address (the port is a key of its own)";
}

/* Named by log lines: keep it a word. */
static char const *check_name(char const *value)
{
    for (; *value; value++)
        if (!isalnum((unsigned char)*value) && !strchr("-_.", *value))
            return "only letters, digits and - _ . may be in a name";
    return NULL;
}

char const *static_conf_fault(struct static_conf const *row)
{
    if (!row->next_hop)
        return NULL;
    int prefix = srv_prefix(row->next_hop);
    if (!*row->next_hop)
        return row->block ? NULL : "\"next_hop\" is missing, and the route does not block";
    if (row->port == 0 && is_address(row->next_hop))
        return "port = 0 means DNS SRV, but next_hop is an address";
    if (row->port != 0 && prefix >= 0)
        return "next_hop is the name of an SRV record: port must be 0";
    if (prefix >= 0 && prefix != row->transport)
        return "next_hop is an SRV record of another transport";
    return NULL;
}

char const *static_conf_host(struct static_conf const *row, char ret[static 256])
{
    char const *host = row->next_hop;
    int prefix = srv_prefix(host);
    bool bare_v6 = strchr(host, ':') && *host != '[';
    if (prefix >= 0)
        host += strlen(srv_prefixes[prefix]);
    (void)snprintf(ret, 256, "%s%s%s", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "");
    return ret;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("pattern", struct static_conf, pattern, .min = 1, .max = 255, .example = "8...*",
                   .effect = CFG_RELOAD,
                   .help = "Which Request-URIs. In a user pattern \".\" is any one character and "
                           "\"*\", in the last place, any number of them; in a domain pattern "
                           "\".\" is a dot and \"*\" may stand anywhere. \"\\\\*\" (in the file) "
                           "is an asterisk."),
    CFG_ROW_STRING("name", struct static_conf, name, .default_text = "", .max = 64,
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name in logs and tables; empty = its number, from 1."),
    CFG_ROW_STRING("description", struct static_conf, description, .default_text = "", .max = 255,
                   .effect = CFG_RELOAD, .help = "For people."),
    CFG_ROW_STRING("next_hop", struct static_conf, next_hop, .default_text = "", .max = 253,
                   .check = check_next_hop, .effect = CFG_RELOAD,
                   .help = "Host name or IP address to send to, or the name of a DNS SRV record. "
                           "Only a route that blocks may be without."),
    CFG_ROW_INT("port", struct static_conf, port, .min = 0, .max = 65535, .default_text = "5060",
                .effect = CFG_RELOAD,
                .help = "Port of the next hop; 0 = next_hop is the name of an SRV record."),
    CFG_ROW_ENUM("type", struct static_conf, type, .default_text = "user", .names = type_names,
                 .effect = CFG_RELOAD,
                 .help = "Whether the pattern is for the user part or for the host of the "
                         "Request-URI."),
    CFG_ROW_ENUM("transport", struct static_conf, transport, .default_text = "tcp",
                 .names = transport_names, .effect = CFG_RELOAD,
                 .help = "Transport to the next hop."),
    CFG_ROW_INT("priority", struct static_conf, priority, .min = 1, .max = 65535,
                .default_text = "1", .effect = CFG_RELOAD,
                .help = "Among routes of one pattern the lowest number is tried first."),
    CFG_ROW_INT("weight", struct static_conf, weight, .min = 1, .max = 65535, .default_text = "10",
                .effect = CFG_RELOAD,
                .help = "Share of the traffic among routes of equal pattern and priority."),
    CFG_ROW_BOOL("allow_less_specific", struct static_conf, allow_less_specific,
                 .default_text = "true", .effect = CFG_RELOAD,
                 .help = "Whether routes of less specific patterns are tried when all of this "
                         "pattern have failed. All routes of the pattern must allow it."),
    CFG_ROW_BOOL("in_service", struct static_conf, in_service, .default_text = "true",
                 .effect = CFG_RELOAD, .help = "false = as if the route were not there."),
    CFG_ROW_BOOL("block", struct static_conf, block, .default_text = "false", .effect = CFG_RELOAD,
                 .help = "Requests that match are refused with `blocked_status`."),
};

struct cfg_schema const static_conf_schema = {
    .group = "static_routes entry",
    .size = sizeof(struct static_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "Where requests for a number or a domain go. The most specific pattern wins.",
};
