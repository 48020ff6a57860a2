/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration file says about people: the store, the limits, and the users that stand in
 * the file itself. The rows belong to the gateway, so it is asked: crosspoint-cti --print-config,
 * which needs no running gateway. */
#pragma once
#include <jansson.h>

struct cli;

struct people_conf {
    char const *path;     /* of the configuration file; borrowed */
    json_t *all;          /* owned */
    char const *store;    /* path; never "" */
    char const *owner;    /* node.user: whose file it is; "" if nobody is named */
    unsigned max_devices; /* of one user; 0: no limit */
    json_t *users;        /* of the file: id -> user; owned */
    json_t *mails, *sips; /* in lower case -> id; owned */
};

/** Returns CLI_OK, or the exit code after a complaint: also when there is no store. Fini is right
 *  after either. */
int people_conf_load(struct cli *cli, struct people_conf *ret);
void people_conf_fini(struct people_conf *conf);

/** Calls @p fn with a text for everything in which the user of these values (columns of
 *  people_kind_user) contradicts the users of the configuration file. */
void people_conf_compare(struct people_conf const *conf, char const *const *values,
                         void (*fn)(void *ctx, char const *text), void *ctx);

/** Is there a gateway with a store? Says nothing. After cli_load(). */
int people_conf_try(struct cli *cli, struct people_conf *ret);
