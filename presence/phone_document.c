/* SPDX-License-Identifier: Apache-2.0 */
/* Documents about lines: see phone_document.h. */
#include "phone_document.h"
#include "dialog_info.h"
#include "message.h"
#include "phone_line.h"
#include "pidf.h"
#include "pidf_entity.h"
#include "pidf_read.h"
#include "presence_conf.h"
#include "published.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct pidf *blame(struct phone_document_fault *fault, int kind, char const *text)
{
    fault->kind = kind;
    (void)snprintf(fault->text, sizeof fault->text, "%s", text);
    return NULL;
}

/* Is @p address the number of @p line at some host, or a user of it? */
static bool is_about(struct phone_line const *line, char const *address)
{
    size_t len = strlen(line->number);

    return (strncmp(address, line->number, len) == 0 && address[len] == '@') ||
           phone_line_is_of(line, address);
}

static struct pidf *read_presence(sip_payload_t const *body, struct pidf_limits const *limits,
                                  struct phone_document_fault *ret_fault)
{
    struct pidf_fault fault;
    struct pidf *doc;

    if (pidf_read(body->pl_data, body->pl_len, limits, &doc, &fault) == 0)
        return doc;
    return blame(ret_fault,
                 fault.error == PIDF_ERROR_MEMORY ? PHONE_DOCUMENT_MEMORY : PHONE_DOCUMENT_WRONG,
                 fault.text);
}

static struct pidf *read_dialogs(sip_payload_t const *body, struct pidf_limits const *limits,
                                 uint64_t *ret_subject, struct phone_document_fault *ret_fault)
{
    struct dialog_info *info = dialog_info_new();
    enum dialog_info_result result =
        info ? dialog_info_take(info, body->pl_data, body->pl_len, limits) : DIALOG_INFO_NO_MEMORY;
    struct pidf *doc = NULL;

    if (result == DIALOG_INFO_TAKEN) {
        doc = dialog_info_document(info, dialog_info_entity(info), "line");
        result = doc ? result : DIALOG_INFO_NO_MEMORY;
        *ret_subject = dialog_info_subject(info);
    }
    dialog_info_free(&info);
    return doc ? doc
               : blame(ret_fault,
                       result == DIALOG_INFO_NO_MEMORY ? PHONE_DOCUMENT_MEMORY
                                                       : PHONE_DOCUMENT_WRONG,
                       dialog_info_result_text(result));
}

struct pidf *phone_document_read(struct presence_conf const *conf, struct phone_line const *line,
                                 struct published_package const *package, sip_t const *request,
                                 uint64_t *ret_subject, struct phone_document_fault *ret_fault)
{
    sip_payload_t const *body = request->sip_payload;
    struct pidf_limits const limits = presence_conf_limits(conf);
    char about[PRESENCE_ADDRESS_BYTES];
    struct pidf *doc;

    if (!body || !published_package_has(package, message_content_type(request)))
        return blame(ret_fault, PHONE_DOCUMENT_TYPE, "no document of the package");
    if (body->pl_len > limits.max_bytes)
        return blame(ret_fault, PHONE_DOCUMENT_SIZE, "the document is larger than max_body_bytes");
    *ret_subject = 0;
    doc = package->kind == COMPOSE_LINE ? read_dialogs(body, &limits, ret_subject, ret_fault)
                                        : read_presence(body, &limits, ret_fault);
    if (!doc)
        return NULL;
    if (pidf_entity_key(doc->entity, about, sizeof about) && is_about(line, about))
        return doc;
    pidf_free(&doc);
    return blame(ret_fault, PHONE_DOCUMENT_WRONG, "the document is about something else");
}
