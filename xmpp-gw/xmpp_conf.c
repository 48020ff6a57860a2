/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of group "xmpp", and the faults that no single row can see. */
#include "xmpp_conf.h"
#include "net_addr.h"
#include "secure_context.h"
#include "stack.h"
#include "xmpp_domain_conf.h"
#include "xmpp_own_conf.h"
#include "xmpp_presence_conf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const *const im_types[] = {
    [XMPP_IM_NORMAL] = "normal", [XMPP_IM_CHAT] = "chat", NULL
};

static char const *check_proxy(char const *text)
{
    struct net_cidr block;

    return net_cidr_parse(&block, text) < 0 ? "wants an IP address, perhaps with /bits" : NULL;
}

static char const *check_outbound(char const *text)
{
    char copy[256];
    url_t url;

    (void)snprintf(copy, sizeof copy, "%s", text);
    return url_d(&url, copy) < 0 || url.url_type != url_sip || !url.url_host ? "wants a sip: URI"
                                                                             : NULL;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRINGS("listen", struct xmpp_conf, listen,
                    .default_text = "tcp:127.0.0.1:5084, udp:127.0.0.1:5084", .min = 1, .max = 16,
                    .check = stack_listen_check, .effect = CFG_RESTART,
                    .help =
                        "SIP listeners, as TRANSPORT:ADDRESS:PORT; the proxy sends here what is "
                        "for domains of XMPP."),
    CFG_ROW_STRINGS("proxies", struct xmpp_conf, proxies, .default_text = "127.0.0.0/8, ::1",
                    .max = 64, .check = check_proxy, .effect = CFG_RESTART,
                    .help = "Who may send SIP requests: proxies, which have judged who the sender "
                            "is. Others are answered 403."),
    CFG_ROW_STRING(
        "outbound", struct xmpp_conf, outbound, .default_text = "sip:127.0.0.1:5060;transport=tcp",
        .min = 1, .max = 255, .check = check_outbound, .effect = CFG_RESTART,
        .help = "Where SIP requests of XMPP users go: a listener of the proxy that is no "
                "internal one, so that they meet the method routes (side = "
                "\"outside\") of all who come from elsewhere."),
    CFG_ROW_BOOL("im", struct xmpp_conf, im, .default_text = "true", .effect = CFG_RESTART,
                 .help = "Whether messages pass between SIP and XMPP."),
    CFG_ROW_STRING("im_failure_text", struct xmpp_conf, im_failure_text,
                   .default_text = "Your IM could not be delivered", .min = 1, .max = 1000,
                   .effect = CFG_RESTART,
                   .help = "What a SIP user is written whose message turns out to be undeliverable "
                           "after it was accepted."),
    CFG_ROW_INT("im_idle", struct xmpp_conf, im_idle, .min = 1, .max = 86400, .default_text = "600",
                .unit = "s", .effect = CFG_RESTART,
                .help = "A conversation idle for so long is forgotten."),
    CFG_ROW_INT("im_max_conversations", struct xmpp_conf, im_max_conversations, .min = 1,
                .max = 10000000, .default_text = "100000", .effect = CFG_RESTART,
                .help = "Conversations at a time; of more, the one that is idle longest is "
                        "forgotten."),
    CFG_ROW_INT("im_max_waiting", struct xmpp_conf, im_max_waiting, .min = 1, .max = 100000,
                .default_text = "1000", .effect = CFG_RESTART,
                .help =
                    "Messages that wait for one SIP address, which gets one at a time; more are "
                    "refused (resource-constraint)."),
    CFG_ROW_INT(
        "im_max_bytes", struct xmpp_conf, im_max_bytes, .min = 160, .max = 1048576,
        .default_text = "1300", .unit = "bytes", .effect = CFG_RESTART,
        .help = "Largest body of a message to SIP, and largest subject; a larger one is refused "
                "(policy-violation). RFC 3428 allows no more than 1300 unless the whole way "
                "is known to be TCP or TLS."),
    CFG_ROW_ENUM("im_type", struct xmpp_conf, im_type, .default_text = "normal", .names = im_types,
                 .effect = CFG_RESTART,
                 .help =
                     "Type of messages from SIP. RFC 7572 wants normal, which many clients show "
                     "as a window of its own; chat is shown as a conversation."),
    CFG_ROW_BOOL("im_cpim", struct xmpp_conf, im_cpim, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "Whether SIP users are asked for notices of delivery (IMDN, RFC 5438), by "
                         "message/cpim, and get notices that they have not asked for themselves."),
    CFG_ROW_STRINGS("im_rooms", struct xmpp_conf, im_rooms, .max = 1000,
                    .check = xmpp_own_conf_check_domain, .effect = CFG_RESTART,
                    .help = "Domains of chat rooms, which SIP users cannot join: a message to one "
                            "is answered 406."),
    CFG_ROW_BOOL("presence", struct xmpp_conf, presence, .default_text = "true",
                 .effect = CFG_RESTART, .help = "Whether presence passes between SIP and XMPP."),
    CFG_ROW_PATH("store", struct xmpp_conf, store, .default_text = "", .max = 4096,
                 .effect = CFG_RESTART,
                 .help = "File with who may see whose presence, made when it is not there; it may "
                         "be that of other programs. Without one all of it is forgotten at the "
                         "end of the program, and people have to agree anew."),
    CFG_ROW_GROUPS("presence_map", struct xmpp_conf, presence_map, .max = 64,
                   .sub = &xmpp_presence_conf_schema, .effect = CFG_RESTART,
                   .help = "What presence means on the other side, where it is not what RFC 8048 "
                           "and the manual page crosspoint-xmpp(8) say."),
#define ROSTER_ROW(name, dflt, lo, hi, of, text)                                                   \
    CFG_ROW_INT("presence_" #name, struct xmpp_conf, roster_limits.name, .min = lo, .max = hi,     \
                .default_text = #dflt, .unit = of, .effect = CFG_RESTART, .help = text),
    ROSTER_LIMIT_LIST(ROSTER_ROW)
#undef ROSTER_ROW

        CFG_ROW_GROUPS("own", struct xmpp_conf, own, .max = 1000, .sub = &xmpp_own_conf_schema,
                       .effect = CFG_RESTART,
                       .help = "Domains of ours. People of SIP there are known to XMPP by the same "
                               "address."),
    CFG_ROW_GROUPS("domains", struct xmpp_conf, domains, .max = 100000,
                   .sub = &xmpp_domain_conf_schema, .effect = CFG_RESTART,
                   .help = "Domains that may be talked to, in either direction; others are "
                           "refused, each by its full name."),
    CFG_ROW_STRINGS("server_listen", struct xmpp_conf, server_listen, .max = 16,
                    .check = xmpp_own_conf_check_address, .effect = CFG_RESTART,
                    .help = "Where other servers connect to, as ADDRESS:PORT, usually port 5269; "
                            "TLS begins by STARTTLS. Empty: nobody can, and components only are "
                            "of use."),
    CFG_ROW_STRINGS("direct_tls_listen", struct xmpp_conf, direct_tls_listen, .max = 16,
                    .check = xmpp_own_conf_check_address, .effect = CFG_RESTART,
                    .help = "The same for those who begin with TLS (XEP-0368), usually port 5270, "
                            "which their DNS has as _xmpps-server."),
    CFG_ROW_STRING("dns_servers", struct xmpp_conf, dns_servers, .default_text = "", .max = 1024,
                   .effect = CFG_RESTART,
                   .help = "DNS servers, as ADDRESS or ADDRESS:PORT, separated by commas; empty: "
                           "those of the system."),
    CFG_ROW_PATH("ca", struct xmpp_conf, ca, .default_text = "", .max = 4096, .effect = CFG_RELOAD,
                 .help = "Certificates that are trusted: a PEM file, or a folder of them. Empty = "
                         "those of the system."),
    CFG_ROW_INT("check_max", struct xmpp_conf, check_max, .min = 1, .max = 100, .default_text = "4",
                .effect = CFG_RESTART,
                .help = "Checks of domains (crosspoint check domain) at a time; each opens a "
                        "stream to every address of its domain."),
    CFG_ROW_INT("check_ms", struct xmpp_conf, check_ms, .min = 1000, .max = 120000,
                .default_text = "20000", .unit = "ms", .effect = CFG_RESTART,
                .help = "How long such a check may take; then it says how far it came."),
#define EXPIRY_ROW(field, dflt, text)                                                              \
    CFG_ROW_INT("expiry_" #field, struct xmpp_conf, expiry.field, .min = 0, .max = 3650,           \
                .default_text = dflt, .unit = "days", .effect = CFG_RELOAD, .help = text),
    SECURE_WATCH_LIMIT_LIST(EXPIRY_ROW)
#undef EXPIRY_ROW
#define LIMIT_ROW(name, dflt, lo, hi, of, text)                                                    \
    CFG_ROW_INT(#name, struct xmpp_conf, limits.name, .min = lo, .max = hi, .default_text = #dflt, \
                .unit = of, .effect = CFG_RESTART, .help = text),
        STREAM_LIMIT_LIST(LIMIT_ROW)
#define SIP_LIMIT_ROW(name, dflt, lo, hi, of, text)                                                \
    CFG_ROW_INT("sip_" #name, struct xmpp_conf, sip_limits.name, .min = lo, .max = hi,             \
                .default_text = #dflt, .unit = of, .effect = CFG_RESTART, .help = text),
            STACK_LIMIT_LIST(SIP_LIMIT_ROW)
#undef SIP_LIMIT_ROW
#undef LIMIT_ROW
};

struct cfg_schema const xmpp_schema = {
    .group = "xmpp",
    .size = sizeof(struct xmpp_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "The gateway to XMPP: whose people are known there, and which domains may be talked "
            "to.",
};

static struct secure_context *make_context(struct xmpp_conf const *conf, char const *name,
                                           struct secure_names certificates,
                                           struct secure_names keys, struct secure_fault *fault)
{
    struct secure_settings const settings = {
        .name = name,
        .certificates = certificates,
        .keys = keys,
        .skips_same = true, /* one may be for several domains */
        .ca = conf->ca,
        .verify_peer = SECURE_VERIFY_LATER,
        .verify_server = true,
        .min_version = SECURE_TLS_1_2,
        .max_version = SECURE_TLS_1_3,
    };

    return secure_context_new(&settings, fault);
}

struct secure_context *xmpp_conf_context(struct xmpp_conf const *conf,
                                         struct xmpp_own_conf const *own,
                                         struct secure_fault *fault)
{
    return make_context(conf, own->name,
                        (struct secure_names){ own->certificates.v, own->certificates.n },
                        (struct secure_names){ own->keys.v, own->keys.n }, fault);
}

struct secure_context *xmpp_conf_common_context(struct xmpp_conf const *conf,
                                                struct secure_fault *fault)
{
    struct xmpp_own_conf const *own = conf->own.v;
    struct secure_context *context = NULL;
    size_t n = 0;

    for (size_t i = 0; i < conf->own.n; i++)
        n += own[i].certificates.n;
    char const **files = calloc(2 * n + 1, sizeof *files), **keys = files + n;
    *fault = (struct secure_fault){ .setting = "certificates" };
    n = 0;
    for (size_t i = 0; files && i < conf->own.n; i++) {
        for (size_t j = 0; j < own[i].certificates.n; j++, n++) {
            files[n] = own[i].certificates.v[j];
            keys[n] = j < own[i].keys.n ? own[i].keys.v[j] : files[n];
        }
    }
    if (files)
        context = make_context(conf, "direct-tls", (struct secure_names){ files, n },
                               (struct secure_names){ keys, n }, fault);
    free(files);
    return context;
}

static bool is_domain(struct xmpp_conf const *conf, char const *name)
{
    struct xmpp_domain_conf const *domains = conf->domains.v;

    for (size_t i = 0; i < conf->domains.n; i++)
        if (domains[i].name && strcmp(domains[i].name, name) == 0)
            return true;
    return false;
}

static void check_component(struct xmpp_own_conf const *own, struct cfg_faults *faults)
{
    if (own->secret_file && !*own->secret_file)
        cfg_fault(faults, own->where, "component \"%s\" has no secret_file", own->name);
}

static void check_server(struct xmpp_conf const *conf, struct xmpp_own_conf const *own,
                         struct cfg_faults *faults)
{
    struct secure_fault fault;

    if (!own->certificates.n) {
        cfg_fault(faults, own->where, "domain \"%s\" has no certificate", own->name);
        return;
    }
    struct secure_context *context = conf->ca ? xmpp_conf_context(conf, own, &fault) : NULL;
    if (!context && conf->ca)
        cfg_fault(faults, own->where, "domain \"%s\": %s: %s", own->name, fault.setting,
                  fault.text);
    secure_context_unref(&context);
}

static void check_own(struct xmpp_conf const *conf, struct cfg_faults *faults)
{
    struct xmpp_own_conf const *own = conf->own.v;

    for (size_t i = 0; i < conf->own.n; i++) {
        if (!own[i].name)
            continue;
        for (size_t j = 0; j < i; j++)
            if (own[j].name && strcmp(own[i].name, own[j].name) == 0)
                cfg_fault(faults, own[i].where, "domain \"%s\" stands twice", own[i].name);
        if (is_domain(conf, own[i].name))
            cfg_fault(faults, own[i].where, "domain \"%s\" is ours and among domains", own[i].name);
        if (own[i].servers.n)
            check_component(&own[i], faults);
        else
            check_server(conf, &own[i], faults);
    }
}

/* Pairs of names, in order, so that many domains cost little. */
static int compare_names(void const *a, void const *b)
{
    struct xmpp_domain_conf const *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);

    return order ? order : (*x)->where.line - (*y)->where.line;
}

static void check_domains(struct xmpp_conf const *conf, struct cfg_faults *faults)
{
    struct xmpp_domain_conf const *domains = conf->domains.v;
    struct xmpp_domain_conf const **order = calloc(conf->domains.n + 1, sizeof *order);
    size_t n = 0;

    for (size_t i = 0; order && i < conf->domains.n; i++)
        if (domains[i].name)
            order[n++] = &domains[i];
    if (n)
        qsort(order, n, sizeof *order, compare_names);
    for (size_t i = 1; i < n; i++)
        if (strcmp(order[i]->name, order[i - 1]->name) == 0)
            cfg_fault(faults, order[i]->where, "domain \"%s\" stands twice", order[i]->name);
    free(order);
}

/* An alarm that grows less grave as the end comes nearer would be a typing error. */
static void check_expiry(struct xmpp_conf const *conf, struct cfg_faults *faults)
{
    struct secure_watch_fault found[SECURE_WATCH_FAULTS_MAX];
    size_t n = secure_watch_faults(&conf->expiry, found);

    for (size_t i = 0; i < n; i++)
        cfg_fault(faults, cfg_faults_where(faults, found[i].field),
                  "xmpp.expiry_%s is more than expiry_%s", found[i].name, found[i].before);
}

static void check_presence(struct xmpp_conf const *conf, struct cfg_faults *faults)
{
    struct roster_limits const *limits = &conf->roster_limits;
    struct presence_map map;

    xmpp_presence_conf_read(&conf->presence_map, &map, faults);
    if (limits->min_expires > limits->max_expires)
        cfg_fault(faults, cfg_faults_where(faults, &limits->min_expires),
                  "presence_min_expires is above presence_max_expires");
}

void xmpp_conf_check(void const *vconf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct xmpp_conf const *conf = vconf;

    (void)node;
    check_own(conf, faults);
    check_domains(conf, faults);
    check_expiry(conf, faults);
    check_presence(conf, faults);
    if (conf->limits.retry_min_ms > conf->limits.retry_max_ms)
        cfg_fault(faults, cfg_faults_where(faults, &conf->limits.retry_min_ms),
                  "retry_min_ms is above retry_max_ms");
}
