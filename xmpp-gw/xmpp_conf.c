/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of group "xmpp", and the faults that no single row can see. */
#include "xmpp_conf.h"
#include "secure_context.h"
#include "xmpp_domain_conf.h"
#include "xmpp_own_conf.h"
#include <stdlib.h>
#include <string.h>

static struct cfg_row const rows[] = {
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
    CFG_ROW_PATH("ca", struct xmpp_conf, ca, .default_text = "", .max = 4096, .effect = CFG_RESTART,
                 .help = "Certificates that are trusted: a PEM file, or a folder of them. Empty = "
                         "those of the system."),
#define LIMIT_ROW(name, dflt, lo, hi, of, text)                                                    \
    CFG_ROW_INT(#name, struct xmpp_conf, limits.name, .min = lo, .max = hi, .default_text = #dflt, \
                .unit = of, .effect = CFG_RESTART, .help = text),
    STREAM_LIMIT_LIST(LIMIT_ROW)
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

struct secure_context *xmpp_conf_context(struct xmpp_conf const *conf,
                                         struct xmpp_own_conf const *own,
                                         struct secure_fault *fault)
{
    struct secure_settings const settings = {
        .name = own->name,
        .certificates = { own->certificates.v, own->certificates.n },
        .keys = { own->keys.v, own->keys.n },
        .ca = conf->ca,
        .verify_peer = SECURE_VERIFY_LATER,
        .verify_server = true,
        .min_version = SECURE_TLS_1_2,
        .max_version = SECURE_TLS_1_3,
    };

    return secure_context_new(&settings, fault);
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

void xmpp_conf_check(void const *vconf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct xmpp_conf const *conf = vconf;

    (void)node;
    check_own(conf, faults);
    check_domains(conf, faults);
    if (conf->limits.retry_min_ms > conf->limits.retry_max_ms)
        cfg_fault(faults, cfg_faults_where(faults, &conf->limits.retry_min_ms),
                  "retry_min_ms is above retry_max_ms");
}
