/* SPDX-License-Identifier: Apache-2.0 */
/* The contacts of one address of record at one moment: a value that never changes, so that it can
 * be read without a lock while registrations go on. Reference counted; one block of memory. */
#pragma once
#include <sofia-sip/sip.h>
#include <sofia-sip/su_alloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/** Strings are never NULL; "" is none. */
struct location_binding {
    char const *contact;    /* URI */
    char const *path;       /* value of Path headers, RFC 3327 */
    char const *received;   /* URI to send to instead of the contact's host, RFC 3581 */
    char const *call_id;    /* of the REGISTER that made or refreshed it */
    char const *user_agent; /* for people */
    uint32_t cseq;
    int q; /* thousandths, 0 to 1000 */
    uint64_t expires_ms;
    /* Made by location_list_new() */
    url_t uri[1];             /* of the contact; of type url_invalid if it is none */
    url_t way[1];             /* of `received`; of type url_invalid if there is none */
    sip_route_t const *route; /* of the path; NULL: it is empty, or cannot be read */
};

struct location_list {
    atomic_uint refs;
    su_home_t *home; /* of the routes; NULL: there is none */
    char const *aor;
    size_t n;
    struct location_binding v[]; /* by falling q; the strings stand behind it */
};

/** Copies everything. NULL when out of memory. */
struct location_list const *location_list_new(char const *aor, struct location_binding const *v,
                                              size_t n);

/** Another reference, from any thread. Accepts NULL. */
struct location_list const *location_list_ref(struct location_list const *list);

/** Drops a reference and clears the pointer. From any thread; accepts NULL inside. */
void location_list_unref(struct location_list const **plist);
