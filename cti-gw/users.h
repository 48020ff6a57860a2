/* SPDX-License-Identifier: Apache-2.0 */
/* Who may control what: the three-step user check and the lines of users (guide-rcc 3). */
#pragma once
#include "cti_conf.h"
#include "htab.h"
#include <stdbool.h>

struct user_name; /* one way to name a user */

struct users {
    struct cti_conf const *conf;
    struct htab names, lines;
    struct user_name *v;
    size_t n;
};

/** Builds the tables over @p conf (borrowed). Returns 0 or -ENOMEM. */
int users_init(struct users *users, struct cti_conf const *conf);
void users_fini(struct users *users);

/** The user that a From URI names ("sip:joe@company.example"): by user id, else by mail address,
 *  else by primary SIP address. NULL if nobody. */
struct cti_user const *users_find(struct users const *users, char const *from_uri);

/** The user with this id, or NULL. */
struct cti_user const *users_by_id(struct users const *users, char const *id);

/** May the user @p id control the line @p number? */
bool users_may_control(struct users const *users, char const *id, char const *number);

/** Does anybody have the line @p number? */
bool users_have_line(struct users const *users, char const *number);
