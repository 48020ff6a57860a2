/* SPDX-License-Identifier: Apache-2.0 */
/* Building of responses to REGISTER. */
#include "registrar_answer.h"
#include "buf.h"
#include "clock.h"
#include "location_list.h"
#include "message.h"
#include "registrar_conf.h"
#include "transaction.h"
#include <sofia-sip/sip_header.h>
#include <strings.h>

enum { LINE_MAX_BYTES = 65536 };

static int add_line(msg_t *msg, struct buf const *line)
{
    return buf_ok(line) ? message_add(msg, buf_text(line)) : -1;
}

static int add_contact(msg_t *msg, struct location_binding const *binding, struct buf *line)
{
    uint64_t now_ms = clock_now_ms();
    if (binding->expires_ms <= now_ms)
        return 0;
    buf_reset(line);
    buf_printf(line, "Contact: <%s>;expires=%llu", binding->contact,
               (unsigned long long)(binding->expires_ms - now_ms + 999) / 1000);
    if (binding->q < 1000)
        buf_printf(line, ";q=0.%03d", binding->q);
    return add_line(msg, line);
}

static bool says_path(sip_t const *sip)
{
    for (sip_supported_t const *s = sip->sip_supported; s; s = s->k_next)
        for (size_t i = 0; s->k_items && s->k_items[i]; i++)
            if (strcasecmp(s->k_items[i], "path") == 0)
                return true;
    return false;
}

/* RFC 3327 §5.3: a client that does not know Path could not make sense of it. */
static int add_path(msg_t *msg, sip_t const *request)
{
    sip_path_t const *path = request->sip_path;
    return path && says_path(request) ? sip_add_dup(msg, sip_object(msg), (sip_header_t *)path) : 0;
}

msg_t *registrar_answer_bindings(struct registrar_conf const *conf, struct server_transaction *st,
                                 struct location_list const *list)
{
    msg_t *request = server_transaction_request(st);
    msg_t *msg = message_response(request, 200, "OK", server_transaction_to_tag(st));
    int error = msg ? add_path(msg, sip_object(request)) : -1;
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    for (size_t i = 0; error >= 0 && list && i < list->n; i++)
        error = add_contact(msg, &list->v[i], &line);
    if (error >= 0 && *conf->service_route) {
        buf_reset(&line);
        buf_printf(&line, "Service-Route: %s", conf->service_route);
        error = add_line(msg, &line);
    }
    buf_fini(&line);
    if (error >= 0)
        return msg;
    msg_destroy(msg);
    return NULL;
}

msg_t *registrar_answer_refusal(struct server_transaction *st, int status, char const *phrase,
                                char const *header)
{
    msg_t *msg = message_response(server_transaction_request(st), status, phrase,
                                  server_transaction_to_tag(st));
    if (msg && *header && message_add(msg, header) < 0) {
        msg_destroy(msg);
        return NULL;
    }
    return msg;
}
