/* SPDX-License-Identifier: Apache-2.0 */
/* A presence document about a contact of another domain, out of a NOTIFY. It is read only to know
 * that it does no harm: watchers get it as it came. */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct presence_conf;

struct foreign_document {
    uint64_t tag; /* the same for the same text, while the program runs; odd */
    size_t len;
    char *type, *text; /* owned: by free() */
    bool is_open;      /* has an open tuple */
};

/** Reads the body of @p notify, which must be about @p address. Returns 0, or -EINVAL (-ENOMEM if
 *  it was our fault) with the reason, a static text. */
int foreign_document_read(struct presence_conf const *conf, char const *address,
                          sip_t const *notify, struct foreign_document *ret, char const **ret_why);
