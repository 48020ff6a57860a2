/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a domain of ours. */
#include "xmpp_own_conf.h"
#include "net_addr.h"
#include "password.h"
#include "streams.h"
#include <errno.h>
#include <string.h>

char const *xmpp_own_conf_check_domain(char const *name)
{
    char domain[STREAMS_DOMAIN_BYTES];

    /* It stands in headers as it is. */
    if (strpbrk(name, "@/<>&'\" ") || !streams_domain(name, domain))
        return "wants a domain";
    return strcmp(domain, name) == 0 ? NULL : "wants lower case, and no dot at the end";
}

char const *xmpp_own_conf_check_address(char const *text)
{
    struct net_addr addr;

    return net_addr_parse(&addr, text, 0) < 0 || net_addr_port(&addr) == 0
               ? "wants an IP address with a port"
               : NULL;
}

static char const *check_secret_file(char const *path)
{
    char secret[PASSWORD_MAX + 1];
    int err = *path ? password_load(path, secret) : 0;

    if (err == -EINVAL)
        return "its first line is empty or too long for a secret";
    return err ? strerror(-err) : NULL;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct xmpp_own_conf, name, .min = 1, .max = 255,
                   .example = "example.test", .check = xmpp_own_conf_check_domain,
                   .effect = CFG_RESTART, .help = "The domain, with U-labels, in lower case."),
    CFG_ROW_STRINGS("servers", struct xmpp_own_conf, servers, .max = 16,
                    .check = xmpp_own_conf_check_address, .effect = CFG_RESTART,
                    .help = "The server that it is a component of (XEP-0114), as ADDRESS:PORT, "
                            "tried in this order. That link is not secured: it wants to be on "
                            "this host, or in a tunnel. Empty: we are the server of the domain, "
                            "and others connect to `server_listen`."),
    CFG_ROW_PATH("secret_file", struct xmpp_own_conf, secret_file, .default_text = "", .max = 4096,
                 .check = check_secret_file, .effect = CFG_RESTART,
                 .help = "File whose first line is the secret of the component."),
    CFG_ROW_PATHS("certificates", struct xmpp_own_conf, certificates, .max = 8,
                  .effect = CFG_RELOAD,
                  .help = "PEM files: the certificate of the domain, then each one's issuer; "
                          "several: of other kinds of keys. Wanted unless it is a component."),
    CFG_ROW_PATHS("keys", struct xmpp_own_conf, keys, .max = 8, .effect = CFG_RELOAD,
                  .help = "PEM files with the keys, in the order of the certificates; missing = "
                          "the key is in the file of the certificate."),
};

struct cfg_schema const xmpp_own_conf_schema = {
    .group = "own entry",
    .size = sizeof(struct xmpp_own_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "a domain whose people of SIP are known to XMPP.",
};
