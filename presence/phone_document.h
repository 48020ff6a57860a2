/* SPDX-License-Identifier: Apache-2.0 */
/* A presence document about a line, out of a PUBLISH or a NOTIFY of the call manager. */
#pragma once
#include <sofia-sip/sip.h>

struct phone_line;
struct pidf;
struct presence_conf;
struct published_package;

/** Why there is none: the status and phrase that answer it, and words. */
struct phone_document_fault {
    enum {
        PHONE_DOCUMENT_TYPE,
        PHONE_DOCUMENT_SIZE,
        PHONE_DOCUMENT_WRONG,
        PHONE_DOCUMENT_MEMORY
    } kind;
    char text[160];
};

/** Reads the body of @p request, a document of @p package that says all by itself, which is about
 *  @p line by its number, or by a user of it. *@p ret_subject: of which dialogs, as
 *  dialog_info.h says; 0: the whole line. The caller owns the result; NULL with *@p ret_fault. */
struct pidf *phone_document_read(struct presence_conf const *conf, struct phone_line const *line,
                                 struct published_package const *package, sip_t const *request,
                                 uint64_t *ret_subject, struct phone_document_fault *ret_fault);
