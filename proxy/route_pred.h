/* SPDX-License-Identifier: Apache-2.0 */
/* Route predicates: one row in route_pred.def and one match function each, and one check function
 * for each kind of value.
 *
 * A predicate is written as a list of values divided by commas or blanks and holds when one value
 * matches. A route holds an array of compiled predicates, all of which must hold. */
#pragma once
#include <sofia-sip/sip.h>
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stddef.h>

struct acl;
struct buf;
struct origin;

enum route_pred_id {
#define ROUTE_PRED(name, value, argument, names_domain, asks_origin, help) ROUTE_PRED_##name,
#include "route_pred.def"
#undef ROUTE_PRED
    ROUTE_PREDS
};

/** What a predicate may look at. */
struct route_pred_input {
    sip_t const *sip; /* a request */
    struct origin const *origin;
    struct acl const *acl; /* NULL: nobody is in any group */
    bool is_inside;        /* came in by an internal listener */
};

struct route_pred_value {
    char const *text;     /* as in the configuration */
    void const *compiled; /* what check() made of it, NULL: nothing */
};

struct route_pred_row {
    char const *name;
    char const *misses;   /* why a route is passed over when it does not hold */
    char const *argument; /* as help shows it */
    bool names_domain;
    bool asks_origin;
    char const *help;
    /* NULL, or why the text is wrong (static text). May compile it into memory of @p home. */
    char const *(*check)(struct route_pred_value *value, su_home_t *home);
    bool (*match)(struct route_pred_input const *input, struct route_pred_value const *value);
};

struct route_pred {
    struct route_pred_row const *row;
    struct route_pred_value const *values;
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
