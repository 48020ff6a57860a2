/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a resource list, for rls.c and rls_document.c only. */
#pragma once
#include "rls.h"

struct rls {
    TAILQ_HEAD(, rls_leaf) leaves;
    size_t n;
    bool has_more; /* see rls_has_more() */
};

/** Takes a leaf out of its list, and frees it. */
void rls_drop(struct rls_leaf **pleaf);
