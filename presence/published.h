/* SPDX-License-Identifier: Apache-2.0 */
/* What a publication says: the parsed document. */
#pragma once
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

/** Is @p type (lower case, without parameters) one that can be published? */
bool published_has_type(char const *type);

/** Parses @p len bytes about the user @p address. NULL with *@p ret_fault. */
struct published *published_parse(char const *address, char const *body, size_t len,
                                  struct pidf_limits const *limits,
                                  struct published_fault *ret_fault);

/** Accepts NULL inside. */
void published_free(struct published **ppublished);

/** Are they the same, byte for byte? */
bool published_equal(struct published const *a, struct published const *b);

struct pidf const *published_document(struct published const *published);
