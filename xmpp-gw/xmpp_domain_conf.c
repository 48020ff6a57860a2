/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a domain that may be talked to. */
#include "xmpp_domain_conf.h"
#include "stream_lookup.h"
#include "streams.h"
#include "xmpp_own_conf.h"

static char const *const tls_names[] = {
    [STREAMS_TLS_REQUIRED] = "required", [STREAMS_TLS_OPTIONAL] = "optional", NULL
};

static char const *check_server(char const *text)
{
    return stream_lookup_is_host(text) ? NULL : "wants a host, perhaps with a port";
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct xmpp_domain_conf, name, .min = 1, .max = 255,
                   .example = "partner.example.test", .check = xmpp_own_conf_check_domain,
                   .effect = CFG_RESTART,
                   .help = "The domain, with U-labels, in lower case. Another one under it is "
                           "another domain."),
    CFG_ROW_STRINGS("servers", struct xmpp_domain_conf, servers, .max = 16, .check = check_server,
                    .effect = CFG_RESTART,
                    .help = "Where its server is, as HOST or HOST:PORT, tried in this order; the "
                            "usual port is 5269. Empty: as the DNS says (SRV, RFC 6120 3.2, "
                            "XEP-0368). Not used by a domain of ours that is a component."),
    CFG_ROW_BOOL("direct_tls", struct xmpp_domain_conf, direct_tls, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Whether those `servers` begin with TLS instead of STARTTLS (XEP-0368). "
                         "Of others the DNS says it."),
    CFG_ROW_ENUM("tls", struct xmpp_domain_conf, tls, .default_text = "required",
                 .names = tls_names, .effect = CFG_RESTART,
                 .help = "Whether a stream to or from its server must be secured. optional: it is "
                         "if the server can."),
    CFG_ROW_BOOL("dialback", struct xmpp_domain_conf, dialback, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Whether its server may prove itself by dialback (XEP-0220) if its "
                         "certificate does not, and we to it: then whoever is at an address of "
                         "`servers` is believed."),
    CFG_ROW_BOOL("bidi", struct xmpp_domain_conf, bidi, .default_text = "true",
                 .effect = CFG_RESTART,
                 .help = "Whether one stream may carry both directions, if the server can "
                         "(XEP-0288)."),
};

struct cfg_schema const xmpp_domain_conf_schema = {
    .group = "domains entry",
    .size = sizeof(struct xmpp_domain_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "a domain that may be talked to; all others may not.",
};
