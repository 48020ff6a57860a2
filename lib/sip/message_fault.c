/* SPDX-License-Identifier: Apache-2.0 */
/* Is a parsed message sound enough to act on? (RFC 3261 16.3 step 1, 20 table 2, RFC 4475) */
#include "message.h"
#include "message_internal.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <string.h>

/* Headers that some element acts on; others may be as wrong as they like (RFC 3261 16.3). */
static struct {
    msg_hclass_t *hclass;
    char const *bad, *twice;
} const checked[] = {
    { sip_via_class, "bad Via", "" },
    { sip_from_class, "bad From", "two From" },
    { sip_to_class, "bad To", "two To" },
    { sip_call_id_class, "bad Call-ID", "two Call-ID" },
    { sip_cseq_class, "bad CSeq", "two CSeq" },
    { sip_max_forwards_class, "bad Max-Forwards", "two Max-Forwards" },
    { sip_content_length_class, "bad Content-Length", "two Content-Length" },
    { sip_content_type_class, "bad Content-Type", "two Content-Type" },
    { sip_content_disposition_class, "bad Content-Disposition", "two Content-Disposition" },
    { sip_route_class, "bad Route", "" },
    { sip_record_route_class, "bad Record-Route", "" },
    { sip_path_class, "bad Path", "" },
    { sip_contact_class, "bad Contact", "" },
    { sip_require_class, "bad Require", "" },
    { sip_proxy_require_class, "bad Proxy-Require", "" },
    { sip_expires_class, "bad Expires", "two Expires" },
    { sip_event_class, "bad Event", "two Event" },
    { sip_session_expires_class, "bad Session-Expires", "two Session-Expires" },
    { sip_min_se_class, "bad Min-SE", "two Min-SE" },
};

static bool is_checked(msg_hclass_t const *hclass)
{
    for (size_t i = 0; i < sizeof checked / sizeof *checked; i++)
        if (checked[i].hclass == hclass)
            return true;
    return false;
}

/* Puts @p now where @p old was, in the chain of the message and in its list of errors. */
static void take_place(sip_error_t *now, msg_header_t *old)
{
    msg_common_t *common = now->er_common;

    now->er_name = old->sh_class->hc_name;
    now->er_next = (sip_error_t *)old->sh_next;
    common->h_data = old->sh_data;
    common->h_len = old->sh_len;
    common->h_succ = old->sh_succ;
    common->h_prev = old->sh_prev;
    if (common->h_prev)
        *common->h_prev = (msg_header_t *)now;
    if (common->h_succ)
        common->h_succ->sh_prev = &common->h_succ;
}

/* A repeated header that nobody acts on becomes an unreadable one, and goes on as it came: the
 * printer of sofia-sip aborts at a second one of what may stand once only. Those that are checked
 * are left, for message_fault() refuses the message. */
int message_settle_repeated(msg_t *msg)
{
    sip_error_t **place = &sip_object(msg)->sip_error;

    for (; *place; place = &(*place)->er_next) {
        msg_header_t *old = (msg_header_t *)*place;
        if (old->sh_class == sip_error_class || is_checked(old->sh_class))
            continue;
        sip_error_t *now = (sip_error_t *)msg_header_alloc(msg_home(msg), sip_error_class, 0);
        if (!now)
            return -ENOMEM;
        take_place(now, old);
        *place = now;
    }
    return 0;
}

bool message_is_printable(sip_t const *sip)
{
    for (sip_error_t const *error = sip->sip_error; error; error = error->er_next)
        if (error->er_common->h_class != sip_error_class)
            return false;
    return true;
}

/* A wrong header stands in the error list under the error class with its name; the second of a
 * single header stands there under its own class. */
static char const *header_fault(sip_error_t const *error)
{
    bool twice = error->er_common->h_class != sip_error_class;

    if (!twice && !error->er_name)
        return "header line without a name";
    for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
        if (twice && error->er_common->h_class == checked[i].hclass)
            return checked[i].twice;
        if (!twice && strcmp(error->er_name, checked[i].hclass->hc_name) == 0)
            return checked[i].bad;
    }
    return NULL;
}

static bool is_uri_bad(url_t const *url)
{
    if (url->url_type == url_invalid)
        return true;
    return (url->url_type == url_sip || url->url_type == url_sips) &&
           (!url->url_host || !url->url_host[0]);
}

static char const *missing(sip_t const *sip)
{
    if (!sip->sip_via)
        return "missing Via";
    if (!sip->sip_from)
        return "missing From";
    if (!sip->sip_to)
        return "missing To";
    if (!sip->sip_call_id || !sip->sip_call_id->i_id || !sip->sip_call_id->i_id[0])
        return "missing Call-ID";
    if (!sip->sip_cseq)
        return "missing CSeq";
    return NULL;
}

static char const *value_fault(sip_t const *sip)
{
    if (is_uri_bad(sip->sip_from->a_url))
        return "bad From";
    if (is_uri_bad(sip->sip_to->a_url))
        return "bad To";
    /* RFC 3261 8.1.1.5 */
    if (sip->sip_cseq->cs_seq > INT32_MAX)
        return "CSeq number too large";
    if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count > 255)
        return "Max-Forwards too large";
    return NULL;
}

static char const *request_fault(sip_t const *sip)
{
    sip_request_t const *rq = sip->sip_request;

    if (is_uri_bad(rq->rq_url))
        return "bad Request-URI";
    if (rq->rq_url->url_headers &&
        (rq->rq_url->url_type == url_sip || rq->rq_url->url_type == url_sips))
        return "headers in the Request-URI"; /* RFC 3261 19.1.1, table 1 */
    if (sip->sip_cseq->cs_method != rq->rq_method ||
        strcmp(sip->sip_cseq->cs_method_name, rq->rq_method_name) != 0)
        return "CSeq method is not the request's";
    return NULL;
}

char const *message_fault(msg_t *msg)
{
    sip_t const *sip = sip_object(msg);
    char const *fault;

    if (msg_get_flags(msg, MESSAGE_BAD_START_LINE))
        return "bad start line";
    if (msg_get_flags(msg, MESSAGE_TOO_MUCH))
        return "too many headers";
    char const *version =
        sip->sip_request ? sip->sip_request->rq_version : sip->sip_status->st_version;
    if (!version || strcasecmp(version, "SIP/2.0") != 0)
        return MESSAGE_FAULT_VERSION;
    if (sip->sip_status && (sip->sip_status->st_status < 100 || sip->sip_status->st_status > 699))
        return "bad status code";
    for (sip_error_t const *error = sip->sip_error; error; error = error->er_next)
        if ((fault = header_fault(error)))
            return fault;
    if ((fault = missing(sip)) || (fault = value_fault(sip)))
        return fault;
    if (msg_get_flags(msg, MESSAGE_NO_LENGTH))
        return "missing Content-Length";
    if (msg_get_flags(msg, MESSAGE_TOO_LARGE))
        return MESSAGE_FAULT_SIZE;
    if (!sip->sip_separator)
        return "header without its end";
    if (sip->sip_content_length &&
        sip->sip_content_length->l_length > (sip->sip_payload ? sip->sip_payload->pl_len : 0))
        return "Content-Length larger than the body";
    return sip->sip_request ? request_fault(sip) : NULL;
}
