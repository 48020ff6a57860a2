/* SPDX-License-Identifier: Apache-2.0 */
/* Route predicates: one row in route_pred.def, one check and one match function each.
 *
 * A predicate is written as a list of values divided by commas or blanks and holds when one value
 * matches. A route holds an array of compiled predicates, all of which must hold. */
#pragma once
#include <sofia-sip/sip.h>
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct origin;

enum route_pred_id {
#define ROUTE_PRED(name, argument, names_domain, help) ROUTE_PRED_##name,
#include "route_pred.def"
#undef ROUTE_PRED
    ROUTE_PREDS
};

/** What a predicate may look at. */
struct route_pred_input {
    sip_t const *sip; /* a request */
    struct origin const *origin;
};

struct route_pred_row {
    char const *name;
    char const *argument; /* as help shows it */
    bool names_domain;
    char const *help;
    char const *(*check)(char const *value); /* NULL, or why the value is wrong */
    bool (*match)(struct route_pred_input const *input, char const *value);
};

struct route_pred {
    struct route_pred_row const *row;
    char const *const *values;
    size_t n;
};

/** The row of a predicate; never NULL for an id below ROUTE_PREDS. */
struct route_pred_row const *route_pred_row(enum route_pred_id id);

/** Compiles @p text into memory of @p home. Returns 0, -ENOMEM, or -EINVAL with the reason
 *  appended to @p why. A text without values is 0 with ret->n = 0: no predicate. */
int route_pred_parse(su_home_t *home, struct route_pred *ret, enum route_pred_id id,
                     char const *text, struct buf *why);

/** Does the predicate hold for this request? Pure. */
bool route_pred_holds(struct route_pred const *pred, struct route_pred_input const *input);

/** Appends "method=INVITE,INFO". */
void route_pred_print(struct route_pred const *pred, struct buf *out);
