/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the group "proxy", and the faults that concern several of them at once. */
#include "proxy_conf.h"
#include "acl.h"
#include "domain_conf.h"
#include "domain_name.h"
#include "embed_template.h"
#include "federation.h"
#include "federation_conf.h"
#include "registrar_conf.h"
#include "route_table.h"
#include "secure_conf.h"
#include "stack.h"
#include "static_conf.h"
#include <errno.h>
#include <sofia-sip/sip_protos.h>
#include <string.h>
#include <strings.h>

/* Named by log lines and by `to`: keep it a word. */
static char const *check_name(char const *value)
{
    static char const allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return value[strspn(value, allowed)] ? "only letters, digits and - _ . may be in a name" : NULL;
}

static char const *fault_of_uri(url_t const *url)
{
    char transport[8] = "";
    bool is_sip = url && (url->url_type == url_sip || url->url_type == url_sips);
    if (!is_sip || !url->url_host || !*url->url_host)
        return "not a SIP URI (sip:HOST[:PORT][;transport=udp|tcp|tls])";
    if (!url_has_param(url, "transport"))
        return NULL;
    (void)url_param(url->url_params, "transport", transport, sizeof transport);
    if (strcasecmp(transport, "udp") != 0 && strcasecmp(transport, "tcp") != 0 &&
        strcasecmp(transport, "tls") != 0)
        return "transport is not udp, tcp or tls";
    return NULL;
}

static char const *check_sip_uri(char const *value)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    char const *wrong = fault_of_uri(url_make(home, value));
    su_home_deinit(home);
    return wrong;
}

static char const *check_domain_or_empty(char const *value)
{
    return *value ? domain_name_check_set(value) : NULL;
}

/* As c-ares takes them; what it refuses would only be seen as a proxy that does not start. */
static char const *check_dns_servers(char const *value)
{
    struct net_addr addr;
    char one[NET_ADDR_TEXT];

    while (*value) {
        size_t len = strcspn(value, ",");
        if (len >= sizeof one || (value[len] && !value[len + 1]))
            return "wants ADDRESS[:PORT],...";
        memcpy(one, value, len);
        one[len] = '\0';
        if (net_addr_parse(&addr, one, 53) < 0)
            return "wants ADDRESS[:PORT],...";
        value += len + (value[len] == ',');
    }
    return NULL;
}

static struct cfg_row const target_rows[] = {
    CFG_ROW_STRING("name", struct proxy_conf_target, name, .min = 1, .max = 64, .example = "cti",
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name that `to` of a method route uses."),
    CFG_ROW_STRING("uri", struct proxy_conf_target, uri, .min = 1, .max = 1024,
                   .example = "sip:127.0.0.1:5082;transport=tcp", .check = check_sip_uri,
                   .effect = CFG_RELOAD,
                   .help = "Where the requests are sent; their Request-URI stays as it is."),
    CFG_ROW_BOOL("internal", struct proxy_conf_target, internal, .default_text = "false",
                 .effect = CFG_RELOAD,
                 .help = "Reached from an internal listener. Always so on a loopback address."),
    CFG_ROW_STRING("listener", struct proxy_conf_target, listener, .default_text = "", .max = 64,
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name of the listener that its requests leave from; empty = as "
                           "`internal` and `preferred_listener` say. Its transport is used where "
                           "neither `uri` nor the DNS names one."),
};

static struct cfg_schema const target_schema = {
    .group = "targets entry",
    .size = sizeof(struct proxy_conf_target),
    .rows = target_rows,
    .n = sizeof target_rows / sizeof *target_rows,
    .help = "A named next hop.",
};

static struct cfg_row const route_rows[] = {
    CFG_ROW_STRING("name", struct proxy_conf_route, name, .default_text = "", .max = 64,
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name in logs and tables; empty = its number, from 1."),
#define ROUTE_PRED(key, value, argument, names_domain, asks_origin, help_text)                     \
    CFG_ROW_STRING(#key, struct proxy_conf_route, pred[ROUTE_PRED_##key], .default_text = "",      \
                   .max = 1024, .effect = CFG_RELOAD, .help = help_text),
#include "route_pred.def"
#undef ROUTE_PRED
    CFG_ROW_STRING("to", struct proxy_conf_route, to, .min = 1, .max = 64, .example = "cti",
                   .effect = CFG_RELOAD, .help = "Name of the target that gets the request."),
};

static struct cfg_schema const route_schema = {
    .group = "method_routes entry",
    .size = sizeof(struct proxy_conf_route),
    .rows = route_rows,
    .n = sizeof route_rows / sizeof *route_rows,
    .help = "Requests for which all given predicates hold go to a target. The first route wins.",
};

static char const *const blocked_names[] = { "404", "403", NULL };
/* As enum peer_probing. */
static char const *const probe_names[] = { "off", "resting", "all", NULL };

static char const *const refusal_names[] = { "403", "silence", NULL };

static struct cfg_row const rows[] = {
    CFG_ROW_INT("workers", struct proxy_conf, workers, .min = 0, .max = PROXY_CONF_WORKERS_MAX,
                .default_text = "0", .effect = CFG_RESTART,
                .help = "Threads that carry requests; 0 = one per processor."),
    CFG_ROW_STRINGS("listen", struct proxy_conf, listen, .max = 64, .check = stack_listen_check_tls,
                    .default_text = "udp:127.0.0.1:5060, tcp:127.0.0.1:5060", .effect = CFG_RESTART,
                    .help = "Listeners, as \"udp:127.0.0.1:5060\", perhaps with a name: "
                            "\"tcp:127.0.0.1:5060;name=default-tcp\". One of TLS accepts under a "
                            "TLS context: \"tls:127.0.0.1:5062;context=peer\"; without it, under "
                            "`tls_server_context`. Port 5061 is usual for a listener that shows "
                            "its certificate alone, 5062 for one whose context demands the "
                            "peer's, too."),
    CFG_ROW_STRINGS("internal", struct proxy_conf, internal, .max = 64,
                    .default_text = "tcp:127.0.0.1:5049", .check = stack_listen_check,
                    .effect = CFG_RESTART,
                    .help = "Listeners towards the other programs of this node."),
    CFG_ROW_STRING("preferred_listener", struct proxy_conf, preferred_listener, .default_text = "",
                   .max = 64, .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name of the listener that requests leave from which a route sends to "
                           "another host, or which our own programs send there; its transport is "
                           "used where neither the target nor the DNS names one. Empty = the "
                           "listener that the request came in by."),
    CFG_ROW_STRINGS("own_hosts", struct proxy_conf, own_hosts, .max = 64, .effect = CFG_RELOAD,
                    .help = "Further names and addresses that mean this node."),
    CFG_ROW_STRINGS("virtual_address", struct proxy_conf, virtual_address, .max = 64,
                    .check = domain_conf_check_address, .effect = CFG_RELOAD,
                    .help = "Addresses of the load balancer in front of this node and its "
                            "siblings: they mean this node, on the ports of its listeners."),
    CFG_ROW_STRING("srv_cluster_name", struct proxy_conf, srv_cluster_name, .default_text = "",
                   .max = 255, .check = check_domain_or_empty, .effect = CFG_RELOAD,
                   .help = "Name of the DNS SRV record that stands for all nodes of the cluster; "
                           "requests for it are ours. The records must name port 5060. Empty = "
                           "none, or the domain itself has the records."),
    CFG_ROW_STRINGS("hosted_domains", struct proxy_conf, hosted_domains, .max = 10000,
                    .check = domain_name_check_set, .effect = CFG_RELOAD,
                    .help = "Further domains whose users are served here."),
    CFG_ROW_STRING("advertised_host", struct proxy_conf, advertised_host, .default_text = "",
                   .max = 255, .effect = CFG_RESTART,
                   .help = "Host that Via and Record-Route name; empty = the listener's address."),
    CFG_ROW_STRING("dns_servers", struct proxy_conf, dns_servers, .default_text = "", .max = 1024,
                   .check = check_dns_servers, .effect = CFG_RESTART,
                   .help = "DNS servers, \"127.0.0.1:5353,...\"; empty = those of the system."),
    CFG_ROW_BOOL("ipv6", struct proxy_conf, ipv6, .default_text = "true", .effect = CFG_RELOAD,
                 .help = "Whether requests are sent to IPv6 addresses, numeric ones and those that "
                         "the DNS gives. It takes an IPv6 listener too: without one this node uses "
                         "IPv4 alone and asks the DNS for nothing else."),
    CFG_ROW_GROUPS("tls_contexts", struct proxy_conf, tls_contexts, .max = SECURE_CONF_MAX,
                   .sub = &secure_conf_schema, .effect = CFG_RELOAD,
                   .help = "TLS contexts. The guide calls the one of the peer authentication "
                           "listener Default_Cisco_UPS_SIP_Proxy_Peer_Auth_TLS_Context. A reload "
                           "reads the files again; connections that are open keep theirs."),
    CFG_ROW_STRING("tls_server_context", struct proxy_conf, tls_server_context, .default_text = "",
                   .max = 64, .check = check_name, .effect = CFG_RELOAD,
                   .help = "TLS context of listeners that name none; empty = the first one."),
    CFG_ROW_STRING("tls_client_context", struct proxy_conf, tls_client_context, .default_text = "",
                   .max = 64, .check = check_name, .effect = CFG_RELOAD,
                   .help = "TLS context of the connections that we open; empty = the first one."),
    CFG_ROW_ENUM(
        "tls_mode", struct proxy_conf, tls_mode, .default_text = "normal",
        .names = secure_conf_modes, .effect = CFG_RELOAD,
        .help =
            "`fips`: TLS uses the FIPS module of OpenSSL, which must be installed, and "
            "approved algorithms alone. `common_criteria`: approved algorithms, TLS "
            "1.2 or later, and each context must verify servers, check revocation for "
            "the chain, select the subjects of the peers that it asks for "
            "certificates, know no wildcards and log no keys; each certificate must say what it "
            "is for. What a context has against it is a fault. Both resume no "
            "session."),
#define EXPIRY_ROW(field, dflt, text)                                                              \
    CFG_ROW_INT("expiry_" #field, struct proxy_conf, expiry.field, .min = 0, .max = 3650,          \
                .default_text = dflt, .unit = "days", .effect = CFG_RELOAD, .help = text),
    SECURE_WATCH_LIMIT_LIST(EXPIRY_ROW)
#undef EXPIRY_ROW
        CFG_ROW_GROUPS("targets", struct proxy_conf, targets, .max = 1000, .sub = &target_schema,
                       .effect = CFG_RELOAD, .help = "Named next hops."),
    CFG_ROW_GROUPS("acl", struct proxy_conf, acl, .max = 100000, .sub = &acl_conf_schema,
                   .effect = CFG_RELOAD,
                   .help = "Who may send requests, on any listener. Empty = nobody. The numeric "
                           "addresses of targets are admitted on internal listeners, and call "
                           "managers and TLS peers as the next keys say."),
    CFG_ROW_INT("acl_refresh", struct proxy_conf, acl_refresh_s, .default_text = "300", .min = 5,
                .max = 86400, .unit = "s", .effect = CFG_RELOAD,
                .help = "After how long the addresses of the names in `acl` are asked for again; "
                        "earlier if their time to live is shorter. A name that no longer has any "
                        "keeps the last ones, and raises an alarm."),
    CFG_ROW_BOOL("acl_tls_peers", struct proxy_conf, acl_tls_peers, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether a TLS peer whose certificate is verified is admitted without an "
                         "entry in `acl`."),
    CFG_ROW_STRINGS("call_managers", struct proxy_conf, call_managers, .max = 1000,
                    .check = acl_conf_check_host, .effect = CFG_RELOAD,
                    .help = "Host names of the call manager's nodes. Each gets an entry in the "
                            "access list by itself, <host>.<call_manager_domain> (a whole name or "
                            "an address as it is), in the group \"" ACL_CONF_CALL_MANAGERS "\"."),
    CFG_ROW_STRING("call_manager_domain", struct proxy_conf, call_manager_domain,
                   .default_text = "", .max = DOMAIN_NAME_MAX, .check = check_domain_or_empty,
                   .effect = CFG_RELOAD,
                   .help = "DNS domain of the call manager's nodes; empty = node.domain."),
    CFG_ROW_ENUM("acl_refusal", struct proxy_conf, acl_refusal, .default_text = "403",
                 .names = refusal_names, .effect = CFG_RELOAD,
                 .help = "What a source outside the access list gets."),
    CFG_ROW_BOOL("method_routing", struct proxy_conf, method_routing, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether `method_routes` are looked at; if not, requests pass them by."),
    CFG_ROW_GROUPS("method_routes", struct proxy_conf, method_routes, .max = 10000,
                   .sub = &route_schema, .effect = CFG_RELOAD,
                   .help = "Routes by method, event, content type and domain."),
    CFG_ROW_GROUPS("static_routes", struct proxy_conf, static_routes, .max = STATIC_CONF_MAX,
                   .sub = &static_conf_schema, .effect = CFG_RELOAD,
                   .help = "Routes by number or domain, for requests that no method route takes."),
    CFG_ROW_STRINGS("embed_templates", struct proxy_conf, embed_templates,
                    .max = EMBED_TEMPLATES_MAX, .check = embed_template_check, .effect = CFG_RELOAD,
                    .help = "Forms of user patterns that have \".\" before a digit; a static route "
                            "with such a pattern is used only if one of these has its form. \"x\" "
                            "is a digit of the pattern: \"74..78xxxxx*\" lets 74..7812345* in."),
    CFG_ROW_ENUM("blocked_status", struct proxy_conf, blocked_status, .default_text = "404",
                 .names = blocked_names, .effect = CFG_RELOAD,
                 .help = "Answer to a request that a static route blocks."),
    CFG_ROW_INT("route_seed", struct proxy_conf, route_seed, .min = 0, .max = INT64_MAX,
                .default_text = "0", .effect = CFG_RELOAD,
                .help = "Decides, with the Call-ID, the order of static routes of equal priority; "
                        "for tests. 0 = another at each start."),
    CFG_ROW_GROUPS("registrar", struct proxy_conf, registrar, .max = 1,
                   .sub = &registrar_conf_schema, .effect = CFG_RELOAD,
                   .help = "Phones of the own domains register here: registrar = { store = "
                           "\"FILE\"; }. Without this group there is no registrar."),
    CFG_ROW_GROUPS("domains", struct proxy_conf, domains, .max = FEDERATION_CONF_MAX,
                   .sub = &federation_conf_schema, .effect = CFG_RELOAD,
                   .help = "Federated domains: those of partners."),
    CFG_ROW_STRING("xmpp_gateway", struct proxy_conf, xmpp_gateway, .default_text = "", .max = 64,
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name of the target that gets the requests for domains that are "
                           "federated by XMPP; empty = none, and they are refused."),
    CFG_ROW_BOOL("relay_foreign", struct proxy_conf, relay_foreign, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether requests for other domains are sent on by DNS, or get 403."),
    CFG_ROW_INT("peer_backoff_min_ms", struct proxy_conf, peer_rules.backoff_min_ms, .min = 100,
                .max = 3600000, .default_text = "1000", .unit = "ms", .effect = CFG_RELOAD,
                .help = "How long an address of a next hop rests after its first failure: no "
                        "connection, a certificate that does not do, no answer, or 503. Each "
                        "further failure doubles it."),
    CFG_ROW_INT("peer_backoff_max_ms", struct proxy_conf, peer_rules.backoff_max_ms, .min = 100,
                .max = 86400000, .default_text = "60000", .unit = "ms", .effect = CFG_RELOAD,
                .help = "The longest rest, also of one who asks for more with Retry-After."),
    CFG_ROW_ENUM("peer_probe", struct proxy_conf, peer_rules.probe, .default_text = "resting",
                 .names = probe_names, .effect = CFG_RELOAD,
                 .help = "Which next hops are asked with OPTIONS: off = none, a rest is over when "
                         "its time is; resting = one whose time is over rests on until it "
                         "answers; all = the others, too, every `peer_probe_interval`."),
    CFG_ROW_INT("peer_probe_interval", struct proxy_conf, peer_rules.probe_interval_s, .min = 1,
                .max = 86400, .default_text = "30", .unit = "s", .effect = CFG_RELOAD,
                .help = "How often next hops that do not rest are asked, if `peer_probe` is all."),
    CFG_ROW_INT("peer_probes_max", struct proxy_conf, peer_rules.probes_max, .min = 1, .max = 10000,
                .default_text = "100", .effect = CFG_RELOAD,
                .help = "OPTIONS to next hops on their way at the same time."),
    CFG_ROW_INT("probe_max", struct proxy_conf, probe_max, .min = 0, .max = 100,
                .default_text = "4", .effect = CFG_RELOAD,
                .help = "How many `crosspoint probe` may run at the same time; 0 = none."),
    CFG_ROW_INT("probe_answer_ms", struct proxy_conf, probe_answer_ms, .min = 100, .max = 30000,
                .default_text = "5000", .unit = "ms", .effect = CFG_RELOAD,
                .help = "How long `crosspoint probe` waits for the answer to OPTIONS; connections "
                        "and handshakes have `connect_ms` and `tls_handshake_ms`."),
    CFG_ROW_INT("max_branches", struct proxy_conf, max_branches, .min = 1, .max = 128,
                .default_text = "20", .effect = CFG_RELOAD,
                .help = "Targets of one request, forking and failover together; further ones are "
                        "left out."),
    CFG_ROW_INT("max_breadth", struct proxy_conf, max_breadth, .min = 1, .max = 1000,
                .default_text = "60", .effect = CFG_RELOAD,
                .help =
                    "Max-Breadth (RFC 5393) that a request may bring, and gets if it has none."),
#define LIMIT_ROW(key, dflt, low, high, unit_text, help_text)                                      \
    CFG_ROW_INT(#key, struct proxy_conf, limits.key, .min = low, .max = high,                      \
                .default_text = #dflt, .unit = unit_text, .effect = CFG_RESTART,                   \
                .help = help_text),
    STACK_LIMIT_LIST(LIMIT_ROW)
#undef LIMIT_ROW
};

struct cfg_schema const proxy_conf_schema = {
    .group = "proxy",
    .size = sizeof(struct proxy_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "SIP proxy: listeners, access list and routes.",
};

static size_t n_listeners(struct proxy_conf const *conf)
{
    return conf->listen.n + conf->internal.n;
}

/* Of both lists, in the order in which they are opened. */
static char const *listener_at(struct proxy_conf const *conf, size_t i)
{
    return i < conf->listen.n ? conf->listen.v[i] : conf->internal.v[i - conf->listen.n];
}

static void check_address(struct proxy_conf const *conf, char const *text, struct cfg_where where,
                          struct cfg_faults *faults)
{
    struct stack_listener parts;
    if (stack_listener_parse(text, &parts))
        return; /* already a fault of its row */
    /* Each worker would get another one, and nobody would know any. */
    if (net_addr_port(&parts.addr) == 0)
        cfg_fault(faults, where, "listener \"%s\" wants a port", text);
    /* It stands in Via and Record-Route, and nobody can send there. */
    if (net_addr_is_any(&parts.addr) && !*conf->advertised_host)
        cfg_fault(faults, where, "listener \"%s\" has all addresses: advertised_host must name one",
                  text);
}

static void check_listeners(struct proxy_conf const *conf, struct cfg_faults *faults)
{
    char name[TRANSPORT_NAME_BYTES], other_name[TRANSPORT_NAME_BYTES];
    for (size_t i = 0; i < n_listeners(conf); i++) {
        struct cfg_where where = i < conf->listen.n ? conf->listen.where : conf->internal.where;
        char const *text = listener_at(conf, i);
        size_t addr = strcspn(text, ";");
        check_address(conf, text, where, faults);
        (void)stack_listen_name(text, name);
        for (size_t j = 0; j < i; j++) {
            char const *other = listener_at(conf, j);
            if (addr == strcspn(other, ";") && strncasecmp(text, other, addr) == 0)
                cfg_fault(faults, where, "listener \"%.*s\" stands twice", (int)addr, text);
            if (*name && strcmp(name, stack_listen_name(other, other_name)) == 0)
                cfg_fault(faults, where, "two listeners are called \"%s\"", name);
        }
    }
}

static bool has_listener(struct proxy_conf const *conf, char const *wanted)
{
    char name[TRANSPORT_NAME_BYTES];
    for (size_t i = 0; i < n_listeners(conf); i++)
        if (strcmp(stack_listen_name(listener_at(conf, i), name), wanted) == 0)
            return true;
    return false;
}

/* A name that nobody has would only be seen as requests that leave by another listener. */
static void check_listener(struct proxy_conf const *conf, struct cfg_where where,
                           char const *wanted, struct cfg_faults *faults)
{
    if (wanted && *wanted && !has_listener(conf, wanted))
        cfg_fault(faults, where, "there is no listener called \"%s\"", wanted);
}

static void check_listener_names(struct proxy_conf const *conf, struct cfg_faults *faults)
{
    struct proxy_conf_target const *targets = conf->targets.v;
    check_listener(conf, cfg_faults_where(faults, &conf->preferred_listener),
                   conf->preferred_listener, faults);
    for (size_t i = 0; i < conf->targets.n; i++)
        check_listener(conf, targets[i].where, targets[i].listener, faults);
    struct federation_conf const *domains = conf->domains.v;
    for (size_t i = 0; i < conf->domains.n; i++)
        check_listener(conf, domains[i].where, domains[i].listener, faults);
}

static void check_federation(struct proxy_conf const *conf, struct route_table const *table,
                             struct cfg_faults *faults)
{
    struct federation_conf const *domains = conf->domains.v;
    struct federation *federation = federation_new(&conf->domains, table->own, faults);
    for (size_t i = 0; i < conf->domains.n; i++)
        if (domains[i].federation == FEDERATION_CONF_XMPP &&
            (!conf->xmpp_gateway || !*conf->xmpp_gateway))
            cfg_warning(faults, domains[i].where,
                        "domain \"%s\" is federated by XMPP, and there is no xmpp_gateway: "
                        "requests for it will be refused",
                        domains[i].name ? domains[i].name : "?");
    federation_free(&federation);
}

/* A group that nobody is in would only be seen as a route that never matches. */
static void check_groups(struct route_pred const *pred, struct acl const *acl,
                         struct cfg_where where, struct cfg_faults *faults)
{
    for (size_t i = 0; i < pred->n; i++)
        if (!acl_has_group(acl, pred->values[i].text))
            cfg_fault(faults, where, "method route: no entry of acl is in group \"%s\"",
                      pred->values[i].text);
}

static void check_source_groups(struct proxy_conf const *conf, struct route_table const *table,
                                struct acl const *acl, struct cfg_faults *faults)
{
    struct proxy_conf_route const *routes = conf->method_routes.v;
    for (size_t i = 0; i < table->n_rules; i++)
        for (size_t p = 0; p < table->rules[i].n_preds; p++)
            if (table->rules[i].preds[p].row == route_pred_row(ROUTE_PRED_source_group))
                check_groups(&table->rules[i].preds[p], acl, routes[i].where, faults);
}

static void check_contexts(struct proxy_conf const *conf, struct cfg_faults *faults)
{
    struct secure_set contexts;
    secure_conf_make(conf, &contexts, faults);
    secure_set_fini(&contexts);
}

/* An alarm that grows less grave as the end comes nearer would be a typing error. */
static void check_expiry(struct proxy_conf const *conf, struct cfg_faults *faults)
{
    struct secure_watch_fault found[SECURE_WATCH_FAULTS_MAX];
    size_t n = secure_watch_faults(&conf->expiry, found);

    for (size_t i = 0; i < n; i++)
        cfg_fault(faults, cfg_faults_where(faults, found[i].field),
                  "proxy.expiry_%s is more than expiry_%s", found[i].name, found[i].before);
}

static void check_registrar(struct proxy_conf const *conf, struct cfg_faults *faults)
{
    struct registrar_conf const *registrar = proxy_conf_registrar(conf);
    char const *fault = registrar ? registrar_conf_fault(registrar) : NULL;
    if (fault)
        cfg_fault(faults, registrar->where, "registrar: %s", fault);
}

void proxy_conf_check(void const *vconf, struct cfg_node const *node, struct cfg_faults *faults)
{
    struct proxy_conf const *conf = vconf;
    if (conf->listen.n + conf->internal.n == 0)
        cfg_fault(faults, conf->listen.where, "proxy.listen: there is no listener at all");
    check_listeners(conf, faults);
    check_listener_names(conf, faults);
    check_contexts(conf, faults);
    check_expiry(conf, faults);
    if (conf->peer_rules.backoff_min_ms > conf->peer_rules.backoff_max_ms)
        cfg_fault(faults, cfg_faults_where(faults, &conf->peer_rules.backoff_max_ms),
                  "proxy.peer_backoff_max_ms is less than peer_backoff_min_ms");
    check_registrar(conf, faults);
    struct acl *acl = acl_conf_new(conf, node, faults);
    struct route_table *table = route_table_new(conf, node, faults);
    if (table && acl)
        check_source_groups(conf, table, acl, faults);
    acl_free(&acl);
    if (table)
        check_federation(conf, table, faults);
    route_table_free(&table);
}
