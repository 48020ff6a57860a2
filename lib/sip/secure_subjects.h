/* SPDX-License-Identifier: Apache-2.0 */
/* The TLS peer subjects that are selected into a context (guide-part2 §3.2): a list of names, and a
 * file with one name a line, which `crosspoint cert fetch --context` appends to. Read-only once
 * read, and then for any thread. */
#pragma once
#include "secure_fault.h"
#include <stdbool.h>
#include <stddef.h>

enum { SECURE_SUBJECTS_MAX = 10000 };

struct secure_subjects {
    char **v; /* sorted, so that many cost a connection little */
    size_t n;
};

/** Reads @p list and @p file (NULL or "": none; empty lines and comments from # on do not count)
 *  into @p subjects, which is all zero. 0, or -1 with a @p fault of "subjects" or "subjects_file";
 *  either way secure_subjects_fini() it. */
int secure_subjects_read(struct secure_subjects *subjects, char const *const *list, size_t n,
                         char const *file, struct secure_fault *fault);
void secure_subjects_fini(struct secure_subjects *subjects);

/** Is @p name one of them? Without regard to case, and to a dot at the end. */
bool secure_subjects_has(struct secure_subjects const *subjects, char const *name);

/** Is one of them a host that @p wildcard ("*.example.test") stands for? */
bool secure_subjects_has_like(struct secure_subjects const *subjects, char const *wildcard);
