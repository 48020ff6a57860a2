/* SPDX-License-Identifier: Apache-2.0 */
/* message/cpim (RFC 3862): headers about an instant message, wrapped around its content.
 *
 * Names of headers have case; those that are not known are kept, in order. Values are held without
 * their escapes. All that hangs on a struct cpim is in its home. Not thread safe; no shared state.
 */
#pragma once
#include <sofia-sip/su_alloc.h>
#include <stddef.h>

struct buf;

#define CPIM_TYPE    "message/cpim"
#define CPIM_NS_IMDN "urn:ietf:params:imdn"

enum { CPIM_MAX_HEADERS = 64 };

struct cpim_header {
    struct cpim_header *next;
    char const *name;
    char const *parameters; /* ";lang=fr", as it came; "": none */
    char const *value;
};

struct cpim {
    su_home_t home[1];
    struct cpim_header *headers, **end;                 /* of the message */
    struct cpim_header *content_headers, **content_end; /* MIME, of the content */
    char const *body;
    size_t body_len;
};

/** NULL: out of memory. */
struct cpim *cpim_new(void);
void cpim_free(struct cpim **pcpim);

/** Reads a body. Returns 0, -EINVAL, or -ENOMEM; then *ret is NULL. */
int cpim_read(char const *bytes, size_t len, struct cpim **ret);

/** Append a header of the message, of the content (copied). @p value NULL: nothing happens. Return
 *  0 or -ENOMEM. */
int cpim_add(struct cpim *cpim, char const *name, char const *value);
int cpim_add_content(struct cpim *cpim, char const *name, char const *value);

/** The value of the first header called @p name in the namespace @p ns (NULL: CPIM's own), whatever
 *  prefix the message has given it. NULL: none. */
char const *cpim_find(struct cpim const *cpim, char const *ns, char const *name);

/** As cpim_find(), of the content's headers, whose names have no case. */
char const *cpim_find_content(struct cpim const *cpim, char const *name);

/** Appends the whole. */
void cpim_write(struct cpim const *cpim, struct buf *out);
