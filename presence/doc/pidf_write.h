/* SPDX-License-Identifier: Apache-2.0 */
/* Writing presence documents, each peer in its own dialect: a row of the table of profiles. */
#pragma once
#include <stdbool.h>

struct buf;
struct pidf;

struct pidf_profile {
    char const *name;         /* in the configuration: "standard" */
    char const *content_type; /* of the body */
    char const *help;
    bool cisco;   /* RPID of the draft, and Cisco's own activities */
    bool persons; /* persons, activities, user-input */
    bool foreign; /* devices, and the elements that we do not understand */
};

/** The profile called @p name, NULL if there is none. Static. */
struct pidf_profile const *pidf_profile_find(char const *name);

/** All of them; a row without name ends the list. The first is that of RFC 4480. Static. */
struct pidf_profile const *pidf_profiles(void);

/** Appends @p doc to @p out. Returns 0, or -ENOMEM if memory or @p out's maximum ran out. */
int pidf_write(struct pidf const *doc, struct pidf_profile const *profile, struct buf *out);
