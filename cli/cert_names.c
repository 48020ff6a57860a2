/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the node. */
#include "cert_names.h"
#include "cert_conf.h"
#include "cert_key.h"
#include "cert_request.h"
#include "cli.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "localhost" is what the configuration has if it says nothing. */
static void find_host(json_t const *conf, char *ret, size_t size)
{
    char const *name = cert_conf_text(conf, "node", "name");
    char own[HOST_NAME_MAX + 1] = "";

    if (!*name || strcmp(name, "localhost") == 0) {
        gethostname(own, sizeof own - 1);
        name = own;
    }
    if (strchr(name, '.'))
        snprintf(ret, size, "%s", name);
    else
        snprintf(ret, size, "%s.%s", name, cert_conf_text(conf, "node", "domain"));
}

static int add(struct cert_run *run, struct cert_names *names, char const *kind, char const *value)
{
    char text[512];

    if (!*value || strchr(value, '*'))
        return 0;
    snprintf(text, sizeof text, "%s%s", kind, value);
    return cert_request_add_name(names->sans, text, &run->fault);
}

/* A domain that we answer for: RFC 5922 7.1 wants it as a URI, others look for the DNS name. */
static int add_domain(struct cert_run *run, struct cert_names *names, char const *domain)
{
    if (add(run, names, "DNS:", domain) < 0)
        return -1;
    return add(run, names, "URI:sip:", domain);
}

static int add_configured(struct cert_run *run, struct cert_names *names, char const *host)
{
    json_t *hosted = cert_conf_list(run->conf, "proxy", "hosted_domains"), *domain;
    size_t i;

    if (add(run, names, "", host) < 0 ||
        add(run, names, "", cert_conf_text(run->conf, "proxy", "advertised_host")) < 0 ||
        add_domain(run, names, cert_conf_text(run->conf, "node", "domain")) < 0 ||
        add_domain(run, names, cert_conf_text(run->conf, "proxy", "srv_cluster_name")) < 0)
        return -1;
    json_array_foreach(hosted, i, domain)
    {
        if (add_domain(run, names, json_string_value(domain)) < 0)
            return -1;
    }
    return 0;
}

int cert_names_collect(struct cert_run *run, EVP_PKEY const *key, struct cert_names *ret)
{
    struct cert_options const *options = &run->options;
    bool asks = !options->cn || (options->context && !options->n_sans);
    int code = asks ? cert_run_need_conf(run) : CLI_OK, result = 0;
    char host[HOST_NAME_MAX + 256] = "";

    *ret = (struct cert_names){ .sans = sk_GENERAL_NAME_new_null() };
    if (code != CLI_OK)
        return code;
    if (asks)
        find_host(run->conf, host, sizeof host);
    snprintf(ret->cn, sizeof ret->cn, "%.200s%s", options->cn ? options->cn : host,
             !options->cn && cert_key_is_ec(key) ? "-EC" : "");
    for (int i = 0; result == 0 && i < options->n_sans; i++)
        result = cert_request_add_name(ret->sans, options->sans[i], &run->fault);
    if (result == 0 && options->n_sans == 0)
        result = asks ? add_configured(run, ret, host)
                      : cert_request_add_name(ret->sans, options->cn, &run->fault);
    return result < 0 ? CLI_FAILED : CLI_OK;
}

void cert_names_fini(struct cert_names *names)
{
    sk_GENERAL_NAME_pop_free(names->sans, GENERAL_NAME_free);
    *names = (struct cert_names){ 0 };
}
