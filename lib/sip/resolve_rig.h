/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a resolver that asks the small DNS server of dns_rig.h, and its last answer as text.
 */
#pragma once
#include "dns_rig.h"

struct resolve_rig {
    struct dns_rig dns;
    char text[1200]; /* "udp:127.0.0.1:5060 tcp:...", or why there is none */
    int answers;
};

struct resolve_rig_row {
    char const *uri, *answer;
};

/** A rig as the @p state of one test; @p zone is borrowed. */
int resolve_rig_setup(void **state, struct dns_row const *zone, size_t n_rows);
int resolve_rig_teardown(void **state);

/** Asks where @p uri leads. NULL: the answer is there. */
struct resolve_query *resolve_rig_ask(struct resolve_rig *rig, char const *uri);

/** Asks, and lets the server answer: one answer, which is @p answer. */
void resolve_rig_expect(struct resolve_rig *rig, char const *uri, char const *answer);
void resolve_rig_expect_rows(struct resolve_rig *rig, struct resolve_rig_row const *rows, size_t n);
