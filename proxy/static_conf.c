/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one entry of static_routes: see static_conf.h. */
#include "static_conf.h"
#include "next_hop.h"
#include <ctype.h>
#include <string.h>

static char const *const type_names[] = { "user", "domain", NULL };
static char const *const transport_names[] = { "udp", "tcp", "tls", NULL };

_Static_assert((int)STATIC_CONF_UDP == TRANSPORT_UDP && (int)STATIC_CONF_TCP == TRANSPORT_TCP &&
                   (int)STATIC_CONF_TLS == TRANSPORT_TLS,
               "next_hop.h knows them by these numbers");

char const *static_conf_type_name(struct static_conf const *row)
{
    return type_names[row->type];
}

char const *static_conf_transport_name(struct static_conf const *row)
{
    return transport_names[row->transport];
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
    if (!*row->next_hop)
        return row->block ? NULL : "\"next_hop\" is missing, and the route does not block";
    if (row->port == 0 && next_hop_is_address(row->next_hop))
        return "port = 0 means DNS SRV, but next_hop is an address";
    return next_hop_fault(row->next_hop, (unsigned)row->port, row->transport);
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("pattern", struct static_conf, pattern, .min = 1, .max = 255, .example = "8...*",
                   .effect = CFG_RELOAD,
                   .help = "Which Request-URIs. In a user pattern \".\" is any one character and "
                           "\"*\", in the last place, any number of them, also none; in a domain "
                           "pattern \".\" is a dot and \"*\" may stand anywhere. An asterisk "
                           "itself is \"\\*\", in this file written with two backslashes."),
    CFG_ROW_STRING("name", struct static_conf, name, .default_text = "", .max = 64,
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name in logs and tables; empty = its number, from 1."),
    CFG_ROW_STRING("description", struct static_conf, description, .default_text = "", .max = 255,
                   .effect = CFG_RELOAD, .help = "For people."),
    CFG_ROW_STRING("next_hop", struct static_conf, next_hop, .default_text = "", .max = 253,
                   .check = next_hop_check, .effect = CFG_RELOAD,
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
