/* SPDX-License-Identifier: Apache-2.0 */
/* The composed document, once it is decided what it says. Inner part of compose. */
#pragma once
#include "compose.h"

struct compose_facts;
struct compose_order;

/** Makes ret->doc, about @p entity, for ret->state and ret->rule. Returns 0 or -ENOMEM. */
int compose_document_make(char const *entity, struct compose_order const *order,
                          struct compose_facts const *facts, struct compose_result *ret);

/** The activity that a state is shown as; 0: none. */
uint64_t compose_document_activity(enum compose_state state);
