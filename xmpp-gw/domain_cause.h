/* SPDX-License-Identifier: Apache-2.0 */
/* What a check of a domain may find wrong, in words: cause and remedy. The causes of TLS are those
 * of secure_cause.h, the others stand in domain_causes.def. Pure functions. */
#pragma once
#include "secure_cause.h"

enum domain_cause {
#define DOMAIN_CAUSE(id, cause, remedy) DOMAIN_CAUSE_##id,
#include "domain_causes.def"
#undef DOMAIN_CAUSE
    DOMAIN_CAUSES
};

/** Static texts; all NULL: nothing is wrong. The id is stable, for scripts. */
struct domain_finding {
    char const *id, *cause, *remedy;
};

struct domain_finding domain_cause_find(enum domain_cause cause);

/** Of a certificate or a handshake; nothing is wrong with SECURE_FINE. */
struct domain_finding domain_cause_of_secure(enum secure_cause cause);

/** Of a connection that could not be opened: a negative errno. */
struct domain_finding domain_cause_of_connect(int error);
