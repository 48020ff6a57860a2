/* SPDX-License-Identifier: Apache-2.0 */
/* What a user may ask for: the services that the policies of the configuration leave.
 *
 * Each policy that applies to a user (by name, by group, or to everybody) narrows what is left;
 * none gives back what another took. Resolved once per session and again when the users change;
 * asked for GetCSTAFeatures and for every request. What a session cannot live without is never
 * taken. */
#pragma once
#include "cfg.h"
#include "csta.h"

/** What is taken from one user. A zeroed one takes nothing. */
struct policy {
    struct csta_set denied;
};

/** May the user ask for @p service (an event: may it be advertised)? */
bool policy_allows(struct policy const *policy, enum csta_type service);

/** Takes what is denied off @p set. */
void policy_apply(struct policy const *policy, struct csta_set *set);

/** The policies of @p list (of struct policy_conf, checked) that apply to the user @p id of the
 *  groups @p groups (NULL: none), as one. */
struct policy policy_of(struct cfg_groups const *list, char const *id,
                        struct cfg_strings const *groups);

/** Name of the first policy that takes @p service from that user, NULL if none does. For the log;
 *  borrowed from the configuration. */
char const *policy_denier(struct cfg_groups const *list, char const *id,
                          struct cfg_strings const *groups, enum csta_type service);
