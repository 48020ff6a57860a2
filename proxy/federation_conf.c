/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one entry of domains: see federation_conf.h. */
#include "federation_conf.h"
#include "domain_name.h"
#include "next_hop.h"
#include <string.h>

static char const *const kind_names[] = { "sip", "xmpp", NULL };

/* As enum transport_kind, and one more. */
static char const *const transport_names[] = { "udp", "tcp", "tls", "any", NULL };

_Static_assert(TRANSPORT_UDP == 0 && TRANSPORT_TCP == 1 && TRANSPORT_TLS == 2 &&
                   TRANSPORT_KINDS == 3,
               "transport_names[] is in this order");

char const *federation_conf_kind_name(int kind)
{
    return kind_names[kind];
}

static char const *check_name(char const *value)
{
    return domain_name_check_set(strncmp(value, "*.", 2) == 0 ? value + 2 : value);
}

char const *federation_conf_fault(struct federation_conf const *row)
{
    bool any = row->transport == TRANSPORT_KINDS;
    if (!row->next_hop)
        return NULL;
    if (row->federation == FEDERATION_CONF_XMPP && (*row->next_hop || row->port || !any))
        return "next_hop, port and transport are for federation = \"sip\": XMPP goes to "
               "`xmpp_gateway`";
    if (!*row->next_hop && (row->port || !any))
        return "port and transport want a next_hop: without it the DNS of the domain says all";
    return next_hop_fault(row->next_hop, (unsigned)row->port,
                          any ? NEXT_HOP_ANY_TRANSPORT : row->transport);
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct federation_conf, name, .min = 1, .max = DOMAIN_NAME_MAX + 2,
                   .example = "partner.example", .check = check_name, .effect = CFG_RELOAD,
                   .help = "The domain; \"*.partner.example\" stands for all domains below it."),
    CFG_ROW_ENUM("federation", struct federation_conf, federation, .default_text = "sip",
                 .names = kind_names, .effect = CFG_RELOAD,
                 .help = "Whether its users are reached by SIP or, through `xmpp_gateway`, by "
                         "XMPP."),
    CFG_ROW_STRING("description", struct federation_conf, description, .default_text = "",
                   .max = 255, .effect = CFG_RELOAD, .help = "For people."),
    CFG_ROW_STRING("next_hop", struct federation_conf, next_hop, .default_text = "", .max = 253,
                   .check = next_hop_check, .effect = CFG_RELOAD,
                   .help = "Host name or IP address to send to, or the name of a DNS SRV record; "
                           "empty = where the DNS of the domain says."),
    CFG_ROW_INT("port", struct federation_conf, port, .min = 0, .max = 65535, .default_text = "0",
                .effect = CFG_RELOAD,
                .help = "Port of the next hop; 0 = by SRV record, or the usual one."),
    CFG_ROW_ENUM("transport", struct federation_conf, transport, .default_text = "any",
                 .names = transport_names, .effect = CFG_RELOAD,
                 .help = "Transport to the next hop; any = where the DNS says."),
    CFG_ROW_STRING("listener", struct federation_conf, listener, .default_text = "", .max = 64,
                   .effect = CFG_RELOAD,
                   .help = "Name of the listener that its requests leave from; empty = "
                           "`preferred_listener` for a next hop, else the one they came in by."),
};

struct cfg_schema const federation_conf_schema = {
    .group = "domains entry",
    .size = sizeof(struct federation_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "A federated domain: what is sent there, and how. It has precedence over "
            "`relay_foreign`, not over static routes.",
};
