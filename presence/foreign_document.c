/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of contacts of other domains: see foreign_document.h. */
#include "foreign_document.h"
#include "buf.h"
#include "event_server.h"
#include "htab.h"
#include "message.h"
#include "pidf.h"
#include "pidf_entity.h"
#include "pidf_read.h"
#include "presence_conf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_MAX = 200 };

static bool is_plain(char const *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

/* With its parameters, such as charset; it becomes a line of a body part. */
static char *type_of(sip_t const *sip)
{
    msg_param_t const *params = sip->sip_content_type->c_params;
    struct buf line;
    char *type;

    buf_init(&line, TYPE_MAX);
    buf_puts(&line, sip->sip_content_type->c_type);
    for (; params && *params; params++)
        buf_printf(&line, ";%s", *params);
    type = strdup(buf_ok(&line) && is_plain(buf_text(&line)) ? buf_text(&line) : EVENT_SERVER_TYPE);
    buf_fini(&line);
    return type;
}

static int copy(sip_t const *sip, struct foreign_document *ret)
{
    sip_payload_t const *body = sip->sip_payload;

    ret->len = body->pl_len;
    ret->type = type_of(sip);
    ret->text = malloc(ret->len);
    if (!ret->type || !ret->text) {
        free(ret->type);
        free(ret->text);
        return -ENOMEM;
    }
    memcpy(ret->text, body->pl_data, ret->len);
    ret->tag = htab_hash(ret->text, ret->len, htab_hash(ret->type, strlen(ret->type), 0)) | 1;
    return 0;
}

static bool has_open(struct pidf const *doc)
{
    for (struct pidf_part const *tuple = doc->parts[PIDF_TUPLE]; tuple; tuple = tuple->next)
        if (tuple->basic == PIDF_OPEN)
            return true;
    return false;
}

int foreign_document_read(struct presence_conf const *conf, char const *address, sip_t const *sip,
                          struct foreign_document *ret, char const **ret_why)
{
    sip_payload_t const *body = sip->sip_payload;
    struct pidf_limits const limits = presence_conf_limits(conf);
    struct pidf_fault fault;
    struct pidf *doc;
    int err = -EINVAL;

    *ret = (struct foreign_document){ 0 };
    if (strcmp(message_content_type(sip), EVENT_SERVER_TYPE) != 0) {
        *ret_why = "it is no presence document";
        return -EINVAL;
    }
    if (pidf_read(body->pl_data, body->pl_len, &limits, &doc, &fault) < 0) {
        *ret_why = pidf_error_text(fault.error);
        return fault.error == PIDF_ERROR_MEMORY ? -ENOMEM : -EINVAL;
    }
    ret->is_open = has_open(doc);
    if (!pidf_entity_is(doc->entity, address)) {
        *ret_why = "entity of the document is somebody else";
    } else {
        err = copy(sip, ret);
        *ret_why = "out of memory";
    }
    pidf_free(&doc);
    return err;
}
