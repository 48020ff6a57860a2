/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax of the domains that the configuration names: the enterprise's own, hosted and federated
 * ones (guide 7.5). */
#pragma once
#include <stdbool.h>

enum { DOMAIN_NAME_MAX = 255 };

/** NULL if @p name is a domain, else why it is none: at most 255 characters, labels of letters,
 *  digits and hyphens that begin and end with no hyphen, and a last label that begins with a letter
 *  (so that no IP address is a domain). */
char const *domain_name_check(char const *name);

/** The same, and no domain that stands for one that was never set (guide 7.3). */
char const *domain_name_check_set(char const *name);

/** One spelling for any host name: lower case, without a final dot. False: longer than any domain,
 *  and @p ret stays as it was. */
bool domain_name_normalize(char const *name, char ret[static DOMAIN_NAME_MAX + 1]);
