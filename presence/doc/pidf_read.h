/* SPDX-License-Identifier: Apache-2.0 */
/* Reading presence documents from the network: PIDF with data model, RPID in its three namespaces
 * (RFC 4480, the draft's, Cisco's), CIPID, jabber:client show. What is not understood is kept; what
 * breaks a rule that others rely on is refused, by a row of pidf_errors.def.
 *
 * The XML is guarded by lib/xml: no DOCTYPE, so no entities; no processing instructions; comments
 * are skipped. Time grows with the length of the document. */
#pragma once
#include <stddef.h>

struct pidf;

/** One configuration key each. */
struct pidf_limits {
    size_t max_bytes;     /* of the body: 65536 */
    unsigned max_depth;   /* of elements: 16 */
    unsigned max_tuples;  /* 64 */
    unsigned max_persons; /* 4 */
    unsigned max_devices; /* 64 */
    unsigned max_notes;   /* in the whole document: 64 */
    unsigned max_pieces;  /* elements that we do not understand, in the whole document: 256 */
};
extern struct pidf_limits const pidf_limits_default;

enum pidf_error {
    PIDF_FINE,
#define PIDF_ERROR(id, words) PIDF_ERROR_##id,
#include "pidf_errors.def"
#undef PIDF_ERROR
    PIDF_ERRORS
};

struct pidf_fault {
    enum pidf_error error;
    char text[160]; /* printable: the words of the row, and what it is about */
};

/** "two tuples have the same id"; "" of PIDF_FINE. Static. */
char const *pidf_error_text(enum pidf_error error);

/** Reads @p body. The caller owns *ret_doc. Returns 0, or -EINVAL (-ENOMEM if it was our fault)
 *  with *ret_doc NULL and the reason in @p ret_fault. */
int pidf_read(char const *body, size_t len, struct pidf_limits const *limits, struct pidf **ret_doc,
              struct pidf_fault *ret_fault);
