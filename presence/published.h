/* SPDX-License-Identifier: Apache-2.0 */
/* What a publication says: the parsed document of its package. "presence" is what a client says of
 * its user (RFC 3903, 3863), "dialog" the state of a phone (RFC 4235), always a full document.
 *
 * A state that was set by hand is known by the ids of its tuples (xmpp-presence 1.4): all of them
 * are "cisco-pws", "pws-persistent" or, with the override flag, "pws-override", perhaps with
 * something behind that is no letter or digit. */
#pragma once
#include "compose.h"
#include <stdbool.h>
#include <stddef.h>

struct pidf;
struct pidf_limits;
struct published;

/** Why a body is no publication, and what kind of fault that is. */
struct published_fault {
    enum { PUBLISHED_WRONG, PUBLISHED_TOO_MUCH, PUBLISHED_NO_MEMORY } kind;
    char text[160];
};

/** A package that can be published. */
struct published_package {
    char const *name;   /* of Event */
    char const *accept; /* header line with the types of its documents */
    char const *types[2];
    enum compose_kind kind; /* of source that it makes, unless it was set by hand */
};

/** What kind of source it is; flags as in compose.h. */
struct published_nature {
    enum compose_kind kind;
    int priority;
    bool suspended, overrides;
};

/** NULL: it cannot be published. Static. */
struct published_package const *published_package_find(char const *name);

/** Is @p type (lower case, without parameters) one of its documents? */
bool published_package_has(struct published_package const *package, char const *type);

/** Parses @p len bytes about the user @p address. NULL with *@p ret_fault. */
struct published *published_parse(struct published_package const *package, char const *address,
                                  char const *body, size_t len, struct pidf_limits const *limits,
                                  struct published_fault *ret_fault);

/** Accepts NULL inside. */
void published_free(struct published **ppublished);

/** Are they the same, byte for byte? */
bool published_equal(struct published const *a, struct published const *b);

struct published_package const *published_package_of(struct published const *published);

struct published_nature const *published_nature(struct published const *published);

struct pidf const *published_document(struct published const *published);
