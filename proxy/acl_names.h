/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of the names in an access list: asked for when it is put in force, and again and
 * again as long as it is. A name that has no addresses any more keeps the last ones, and an alarm
 * stands until it has some again; one that never had any admits nobody, and an alarm says so.
 *
 * Belongs to the thread that owns the list (acl.h); other threads may look up meanwhile. */
#pragma once
#include <stddef.h>

struct acl;
struct acl_names;
struct alarm_board;
struct resolver;
struct wheel;

struct acl_names_options {
    struct resolver *resolver;
    struct wheel *wheel;
    struct alarm_board *alarms; /* NULL: none */
    char const *domain;         /* where a name without a dot is looked for, too; NULL: nowhere */
    unsigned refresh_s; /* at the latest; the time to live of an answer may want it earlier */
};

/** Begins to ask for the names of @p acl, which is sealed; all is borrowed. NULL when out of
 * memory.
 */
struct acl_names *acl_names_new(struct acl *acl, struct acl_names_options const *options);

/** Stops. The alarms of names that @p next (NULL: nobody) has not end; the others are left to
 * whoever asks for them next. Accepts NULL inside. */
void acl_names_free(struct acl_names **pnames, struct acl const *next);

/** Names that have not had their first answer yet. */
size_t acl_names_waiting(struct acl_names const *names);
