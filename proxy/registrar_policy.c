/* SPDX-License-Identifier: Apache-2.0 */
/* Domains, realms and addresses of record of one configuration. */
#include "registrar_policy.h"
#include "domain.h"
#include "domain_name.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct registrar_policy {
    struct registrar_conf const *conf;
    struct domain const *own;
    char *
        *domains; /* of users, in lower case: the node's first, the hosted ones sorted behind it */
    size_t n;
};

static char *normal_copy(char const *name)
{
    char normal[DOMAIN_NAME_MAX + 1];
    return domain_name_normalize(name, normal) ? strdup(normal) : NULL;
}

static int by_name(void const *a, void const *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct registrar_policy *registrar_policy_new(struct registrar_conf const *conf, char const *domain,
                                              struct cfg_strings const *hosted,
                                              struct domain const *own)
{
    struct registrar_policy *policy = calloc(1, sizeof *policy);
    if (!policy)
        return NULL;
    policy->conf = conf;
    policy->own = own;
    policy->domains = calloc(hosted->n + 1, sizeof *policy->domains);
    for (size_t i = 0; policy->domains && i < hosted->n + 1; i++) {
        policy->domains[i] = normal_copy(i ? hosted->v[i - 1] : domain);
        if (!policy->domains[i])
            break;
        policy->n++;
    }
    if (policy->n < hosted->n + 1) {
        registrar_policy_free(&policy);
        return NULL;
    }
    qsort(policy->domains + 1, hosted->n, sizeof(char *), by_name);
    return policy;
}

void registrar_policy_free(struct registrar_policy **ppolicy)
{
    struct registrar_policy *policy = *ppolicy;
    *ppolicy = NULL;
    if (!policy)
        return;
    for (size_t i = 0; i < policy->n; i++)
        free(policy->domains[i]);
    free(policy->domains);
    free(policy);
}

struct registrar_conf const *registrar_policy_conf(struct registrar_policy const *policy)
{
    return policy->conf;
}

char const *registrar_policy_serves(struct registrar_policy const *policy, char const *name)
{
    char normal[DOMAIN_NAME_MAX + 1], *key = normal, **found = NULL;
    if (!domain_name_normalize(name, normal))
        return NULL;
    if (strcmp(normal, policy->domains[0]) == 0)
        return policy->domains[0];
    found = bsearch(&key, policy->domains + 1, policy->n - 1, sizeof(char *), by_name);
    return found ? *found : NULL;
}

char const *registrar_policy_domain(struct registrar_policy const *policy, char const *host)
{
    char const *served = policy->n > 1 ? registrar_policy_serves(policy, host) : NULL;
    return served ? served : policy->domains[0];
}

int registrar_policy_aor(struct registrar_policy const *policy, url_t const *url,
                         char ret[static CONTACT_URI_AOR], char const **ret_domain)
{
    if ((url->url_type != url_sip && url->url_type != url_sips) || !url->url_host ||
        !domain_owns(policy->own, url, NULL))
        return -ENOENT;
    *ret_domain = registrar_policy_domain(policy, url->url_host);
    return contact_uri_aor(url, *ret_domain, ret);
}

char const *registrar_policy_realm(struct registrar_policy const *policy, char const *domain)
{
    char const *realm = policy->conf->realm;
    return *realm ? realm : domain;
}
