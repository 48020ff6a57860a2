/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to an access list: see acl_conf.h. */
#include "acl_conf.h"
#include "acl.h"
#include "domain_name.h"
#include "proxy_conf.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* As route predicates divide their values; so a name of a group holds neither. */
static char const *check_groups(char const *value)
{
    static char const allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_., ";
    return value[strspn(value, allowed)]
               ? "only letters, digits and - _ . may be in the name of a group"
               : NULL;
}

char const *acl_conf_check_host(char const *value)
{
    struct net_cidr block;
    if (net_cidr_parse(&block, value) == 0)
        return strchr(value, '/') ? "wants one host, not a block" : NULL;
    return acl_check_pattern(value) ? "not an IP address or host name" : NULL;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("pattern", struct acl_conf, pattern, .min = 1, .max = DOMAIN_NAME_MAX,
                   .example = "192.0.2.0/24", .check = acl_check_pattern, .effect = CFG_RELOAD,
                   .help = "IP address, CIDR block, or host name, as \"192.0.2.0/24\" or "
                           "\"pbx.example.test\". The addresses of a name are asked of the DNS at "
                           "the start and again every acl_refresh seconds; a name without a dot "
                           "that has none is looked for in node.domain."),
    CFG_ROW_STRING("description", struct acl_conf, description, .default_text = "", .max = 256,
                   .effect = CFG_RELOAD, .help = "Who that is; for people."),
    CFG_ROW_STRING("group", struct acl_conf, group, .default_text = "", .max = 256,
                   .check = check_groups, .effect = CFG_RELOAD,
                   .help = "Groups that this source belongs to, divided by commas; routes can ask "
                           "for them. A source is in the groups of all entries that hold it."),
    CFG_ROW_BOOL("trusted", struct acl_conf, trusted, .default_text = "false", .effect = CFG_RELOAD,
                 .help = "Whether this host may say who its users are (RFC 3325). "
                         "P-Asserted-Identity from others is removed, and goes to others only if "
                         "Privacy does not ask for secrecy. Call managers and our own programs are "
                         "trusted in any case. A host that several entries hold is trusted if one "
                         "of them says so."),
};

struct cfg_schema const acl_conf_schema = {
    .group = "acl entry",
    .size = sizeof(struct acl_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "A source address that may send requests.",
};

static int add_entries(struct acl *acl, struct proxy_conf const *conf, struct cfg_faults *faults)
{
    struct acl_conf const *entries = conf->acl.v;
    for (size_t i = 0; i < conf->acl.n; i++) {
        struct acl_conf const *entry = &entries[i];
        struct acl_rule rule = { .pattern = entry->pattern,
                                 .description = entry->description,
                                 .groups = entry->group,
                                 .trusted = entry->trusted };
        int error = entry->pattern ? acl_add(acl, &rule) : 0;
        if (error == -EEXIST)
            cfg_fault(faults, entry->where, "acl pattern \"%s\" stands twice", entry->pattern);
        else if (error < 0)
            return error;
    }
    return 0;
}

/* Guide L4479: <host name>.<domain>. Returns NULL, or what is wrong with the result. */
static char const *whole_name(char const *host, char const *domain, size_t size, char *ret)
{
    bool is_whole = strpbrk(host, ".:") != NULL;
    int len =
        is_whole ? snprintf(ret, size, "%s", host) : snprintf(ret, size, "%s.%s", host, domain);
    if (len < 0 || (size_t)len >= size)
        return "is longer than a name may be";
    return acl_check_pattern(ret) ? "is no host name" : NULL;
}

static int add_call_managers(struct acl *acl, struct proxy_conf const *conf, char const *domain,
                             struct cfg_faults *faults)
{
    struct cfg_strings const *hosts = &conf->call_managers;
    for (size_t i = 0; i < hosts->n; i++) {
        char name[DOMAIN_NAME_MAX + 1];
        struct acl_rule rule = { .pattern = name,
                                 .description = "call manager",
                                 .groups = ACL_CONF_CALL_MANAGERS,
                                 .automatic = true,
                                 .trusted = true };
        char const *wrong = whole_name(hosts->v[i], domain, sizeof name, name);
        int error = wrong ? -EINVAL : acl_add(acl, &rule);
        if (error == -ENOMEM)
            return error;
        if (error < 0)
            cfg_fault(faults, hosts->where, "call_managers: \"%s\" %s", hosts->v[i],
                      wrong ? wrong : "stands twice");
    }
    return 0;
}

struct acl *acl_conf_new(struct proxy_conf const *conf, struct cfg_node const *node,
                         struct cfg_faults *faults)
{
    struct acl *acl = acl_new();
    char const *domain = conf->call_manager_domain;
    if (!domain || !*domain)
        domain = node->domain;
    if (acl && (add_entries(acl, conf, faults) < 0 ||
                (domain && add_call_managers(acl, conf, domain, faults) < 0)))
        acl_free(&acl);
    return acl;
}
