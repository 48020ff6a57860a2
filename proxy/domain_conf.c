/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to own names: see domain_conf.h. */
#include "domain_conf.h"
#include "cfg.h"
#include "domain.h"
#include "proxy_conf.h"
#include <errno.h>
#include <string.h>

char const *domain_conf_check_address(char const *value)
{
    struct net_addr addr;
    /* A port would be parsed, and then be ignored. */
    bool has_port =
        strstr(value, "]:") || (strchr(value, ':') == strrchr(value, ':') && strchr(value, ':'));
    return has_port || net_addr_parse(&addr, value, 0) < 0 ? "not an IP address (without port)"
                                                           : NULL;
}

static int add(struct domain *domain, char const *host)
{
    return host ? domain_add_host(domain, host) : 0;
}

static int add_list(struct domain *domain, struct cfg_strings const *list)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < list->n; i++)
        error = add(domain, list->v[i]);
    return error;
}

/* Each domain is one of the cluster's once (guide 7.5). Nothing else is in @p domain yet. */
static int add_hosted(struct domain *domain, struct cfg_strings const *list,
                      struct cfg_faults *faults)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < list->n; i++) {
        if (domain_owns_host(domain, list->v[i], 0, NULL))
            cfg_fault(faults, list->where, "hosted_domains: \"%s\" stands twice", list->v[i]);
        error = add(domain, list->v[i]);
    }
    return error;
}

struct domain *domain_conf_new(struct proxy_conf const *conf, struct cfg_node const *node,
                               struct cfg_faults *faults)
{
    struct domain *domain = domain_new();
    if (!domain)
        return NULL;
    if (add_hosted(domain, &conf->hosted_domains, faults) < 0 || add(domain, node->domain) < 0 ||
        add(domain, node->name) < 0 || add(domain, conf->srv_cluster_name) < 0 ||
        add_list(domain, &conf->own_hosts) < 0 || add_list(domain, &conf->virtual_address) < 0)
        domain_free(&domain);
    return domain;
}
