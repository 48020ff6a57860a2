/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe may find wrong, in words: cause and remedy. The causes of TLS are those of
 * secure_cause.h, the others stand in probe_causes.def. Pure functions. */
#pragma once
#include "secure_cause.h"

struct secure_sight;

enum probe_cause {
#define PROBE_CAUSE(id, cause, remedy) PROBE_CAUSE_##id,
#include "probe_causes.def"
#undef PROBE_CAUSE
    PROBE_CAUSES
};

/** Static texts; all NULL: nothing is wrong. The id is stable, for scripts. */
struct probe_finding {
    char const *id, *cause, *remedy;
};

struct probe_finding probe_cause_find(enum probe_cause cause);
struct probe_finding probe_cause_of_secure(enum secure_cause cause);

/** Of a connection that could not be opened: a negative errno. */
struct probe_finding probe_cause_of_connect(int error);

/** Of a handshake that has failed: @p cause as the link says, and what was seen. */
struct probe_finding probe_cause_of_handshake(struct secure_sight const *sight,
                                              enum secure_cause cause);

/** Of a final status: nothing is wrong with a 2xx. */
struct probe_finding probe_cause_of_status(int status);
