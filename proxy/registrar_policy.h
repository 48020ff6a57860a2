/* SPDX-License-Identifier: Apache-2.0 */
/* What one configuration says about registrations: the registrar's keys, and which address of
 * record a URI means. Part of a generation; read-only once made. */
#pragma once
#include "contact_uri.h"
#include "registrar_conf.h"
#include <sofia-sip/url.h>

struct domain;
struct registrar_policy;

/** @p domain is the node's, @p hosted lists further ones; all is borrowed. NULL when out of memory.
 */
struct registrar_policy *registrar_policy_new(struct registrar_conf const *conf, char const *domain,
                                              struct cfg_strings const *hosted,
                                              struct domain const *own);
void registrar_policy_free(struct registrar_policy **ppolicy);

struct registrar_conf const *registrar_policy_conf(struct registrar_policy const *policy);

/** The user domain that @p host means, which is one of ours: a hosted domain, or else the node's
 *  domain, whose other names all hosts are. In lower case; borrowed. */
char const *registrar_policy_domain(struct registrar_policy const *policy, char const *host);

/** Is @p name the node's domain or a hosted one? Returns it as registrar_policy_domain() does, or
 *  NULL. */
char const *registrar_policy_serves(struct registrar_policy const *policy, char const *name);

/** Writes the address of record that @p url means, "USER@DOMAIN", and its domain. Returns 0,
 *  -ENOENT if the host is not ours or there is no user, or -E2BIG. */
int registrar_policy_aor(struct registrar_policy const *policy, url_t const *url,
                         char ret[static CONTACT_URI_AOR], char const **ret_domain);

/** Realm of the users of @p domain. Borrowed. */
char const *registrar_policy_realm(struct registrar_policy const *policy, char const *domain);
