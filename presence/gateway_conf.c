/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the presence gateway. */
#include "gateway_conf.h"
#include <sofia-sip/url.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static char const *const packages[] = { "presence", "dialog", NULL };

static char const *check_host(char const *text)
{
    return !*text || strpbrk(text, "@;<> ,") ? "wants a host name, an SRV name or an IP address"
                                             : NULL;
}

static char const *check_transport(char const *text)
{
    return *text && strcmp(text, "udp") != 0 && strcmp(text, "tcp") != 0 && strcmp(text, "tls") != 0
               ? "wants udp, tcp or tls, or nothing"
               : NULL;
}

char const *gateway_conf_check_uri(char const *text)
{
    char copy[256];
    url_t url;

    if (!*text)
        return NULL;
    (void)snprintf(copy, sizeof copy, "%s", text);
    return url_d(&url, copy) < 0 || url.url_type != url_sip || !url.url_host ? "wants a sip: URI"
                                                                             : NULL;
}

static char const *check_user(char const *text)
{
    return !*text || strpbrk(text, "@:;<> ") ? "wants the user part of a SIP address" : NULL;
}

#define NUMBER_ROW(key, lo, hi, dflt, of, text)                                                    \
    CFG_ROW_INT(#key, struct gateway_conf, key, .min = lo, .max = hi, .default_text = #dflt,       \
                .unit = of, .effect = CFG_RESTART, .help = text)

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("address", struct gateway_conf, address, .max = 253,
                   .example = "cucm.example.test", .check = check_host, .effect = CFG_RESTART,
                   .help = "The call manager: a host name, an SRV name (subscriptions are then "
                           "spread over its hosts), or an IP address."),
    NUMBER_ROW(port, 0, 65535, 0, NULL, "Port; 0: as the DNS says, else 5060."),
    CFG_ROW_STRING("transport", struct gateway_conf, transport, .default_text = "tcp", .max = 8,
                   .check = check_transport, .effect = CFG_RESTART,
                   .help = "udp, tcp or tls; empty: as the DNS says."),
    CFG_ROW_ENUM("event", struct gateway_conf, event, .default_text = "presence", .names = packages,
                 .effect = CFG_RESTART,
                 .help = "Event package: presence (PIDF), or dialog (RFC 4235)."),
    CFG_ROW_STRING("outbound", struct gateway_conf, outbound,
                   .default_text = "sip:127.0.0.1:5049;transport=tcp", .max = 255,
                   .check = gateway_conf_check_uri, .effect = CFG_RESTART,
                   .help =
                       "The proxy, at an internal listener; it needs a static route or a domain "
                       "for the address. Empty: straight to the address."),
    CFG_ROW_STRING("user", struct gateway_conf, user, .default_text = "crosspoint", .max = 63,
                   .check = check_user, .effect = CFG_RESTART,
                   .help = "User part of From in node.domain: who subscribes."),
    NUMBER_ROW(expires, 60, 86400, 600, "s",
               "Time that subscriptions are asked for. A call manager that is gone is seen at the "
               "refresh at the latest."),
    NUMBER_ROW(rate, 1, 10000, 20, NULL, "Subscriptions begun a second."),
    NUMBER_ROW(retry, 1, 86400, 30, "s",
               "Pause after a failure; doubled each time, unless Retry-After says more."),
    NUMBER_ROW(max_retry, 1, 86400, 600, "s", "Longest such pause."),
};

struct cfg_schema const gateway_conf_schema = {
    .group = "presence gateway",
    .size = sizeof(struct gateway_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "a call manager that is subscribed to for every line of phone_lines.",
};

char const *gateway_conf_package(struct gateway_conf const *conf)
{
    return packages[conf->event];
}
