/* SPDX-License-Identifier: Apache-2.0 */
/* Tells somebody, in words, what the DNS was asked and what it said. Inner part of resolve.c. */
#pragma once
#include "resolve.h"
#include <ares.h>

struct resolve_naptr;
struct resolve_srv;

/** Whom to tell; a NULL fn: nobody. */
struct resolve_note {
    resolve_note_fn *fn;
    void *ctx;
};

/* @p status is that of c-ares; the records are only looked at if it is ARES_SUCCESS. */
void resolve_note_naptr(struct resolve_note const *note, char const *name, int status,
                        struct resolve_naptr const *naptr);
void resolve_note_srv(struct resolve_note const *note, char const *name, int status,
                      struct resolve_srv const *srv);

/** @p family: as it was asked for, AF_UNSPEC is both. */
void resolve_note_host(struct resolve_note const *note, char const *name, int family, int status,
                       struct ares_addrinfo const *info);
