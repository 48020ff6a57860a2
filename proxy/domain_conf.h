/* SPDX-License-Identifier: Apache-2.0 */
/* The names and addresses that the configuration calls our own: node.domain, node.name, own_hosts,
 * virtual_address, srv_cluster_name, hosted_domains (guide 2.2, 7.5; guide part 2, 1.9). */
#pragma once

struct cfg_faults;
struct cfg_node;
struct domain;
struct proxy_conf;

/** NULL if @p value is an IP address, else why it is none (a cfg_check_fn). */
char const *domain_conf_check_address(char const *value);

/** All of them, without listeners; names that stand twice are added to @p faults. NULL when out of
 *  memory. The caller owns the result. */
struct domain *domain_conf_new(struct proxy_conf const *conf, struct cfg_node const *node,
                               struct cfg_faults *faults);
