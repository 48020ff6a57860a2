/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to what others ask of our addresses: disco (XEP-0030), ping (XEP-0199), version
 * (XEP-0092), last activity (XEP-0012), time (XEP-0202). Rows of a table; the rest is
 * service-unavailable, as RFC 6121 8.5 wants it. Pure. */
#pragma once
#include "disco.h"
#include <stdbool.h>
#include <stdint.h>

struct iq_answer_about {
    enum disco_kind kind; /* what address was asked */
    bool exists;          /* the user or device does; true of the domain */
    /* Who asks is subscribed to the user's presence; others are told nothing that shows that there
     * is such a user (XEP-0030 8). True of the domain. */
    bool may_see;
    char const *name;    /* of the gateway: "Crosspoint" */
    char const *version; /* of the software */
    int64_t now_ms;      /* since 1970 */
    int64_t idle_s;      /* since the domain came up, since the user was last there; -1: unknown */
};

/** The answer to an <iq/> of type get or set, a result or an error, for the caller to free. NULL:
 * it is an answer itself, or out of memory. */
struct xml_tree *iq_answer(struct xml_element const *iq, struct iq_answer_about const *about);
