/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a NOTIFY about a list of resources (RFC 4662 5): multipart/related, whose first part
 * is application/rlmi+xml, and one part for each instance that has a document. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum rlmi_state { RLMI_ACTIVE, RLMI_PENDING, RLMI_TERMINATED };

/** One resource with its one instance. */
struct rlmi_resource {
    char const *uri;
    char const *name;     /* NULL: none */
    char const *instance; /* id of the instance, stable; NULL: no instance is told */
    enum rlmi_state state;
    char const *reason;       /* of a terminated one: "rejected"; NULL: none */
    char const *content_type; /* of the document */
    char const *body;         /* NULL: none */
    size_t body_len;
};

struct rlmi {
    char const *uri;  /* of the list */
    char const *name; /* NULL: none */
    uint32_t version; /* 0 in the first document of a subscription, one more in each that follows */
    bool is_full;
    struct rlmi_resource const *resources;
    size_t n_resources;
};

enum { RLMI_BOUNDARY = 24, RLMI_CONTENT_TYPE = 512 };

/** Appends the body to @p out, with @p boundary (a token, see lib/core/token.h, of RLMI_BOUNDARY
 *  characters) between the parts and in their Content-IDs, which end in @p domain. Prints the
 *  Content-Type into @p ret_content_type. Returns 0, -ENOMEM if memory or @p out's maximum ran out,
 *  -EINVAL if a part holds the boundary or the domain is too long. */
int rlmi_write(struct rlmi const *list, char const *boundary, char const *domain, struct buf *out,
               char ret_content_type[static RLMI_CONTENT_TYPE]);
