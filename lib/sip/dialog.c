/* SPDX-License-Identifier: Apache-2.0 */
/* User agent dialogs: what a peer said, as text, and requests printed from it. */
#include "dialog.h"
#include "buf.h"
#include "message.h"
#include "token.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdlib.h>
#include <string.h>

enum { DIALOG_REQUEST_MAX = 65536 };

struct dialog {
    char *call_id;
    char *local_tag;
    char *remote_tag; /* NULL: not known yet, or an RFC 2543 peer */
    char *local;      /* From of our requests, with parameters */
    char *remote;     /* To of our requests */
    char *remote_uri;
    char *contact;
    char *target; /* remote target: a URI fit for a request line */
    char *routes; /* route set as a Route value, NULL: empty */
    char *rest;   /* the routes behind the first, NULL: none */
    char *next_hop_text;
    url_t next_hop; /* parsed from next_hop_text */
    uint32_t local_cseq, remote_cseq;
    bool strict_router; /* the first route has no lr (RFC 3261 12.2.1.1) */
    bool confirmed;
    enum dialog_cseq cseq;
};

/* --- text ---------------------------------------------------------------------------------------
 */

static char *copy(char const *text)
{
    return text ? strdup(text) : NULL;
}

/* What goes into a line we print may not end it. */
static char *one_line(char *text)
{
    if (text && strpbrk(text, "\r\n")) {
        free(text);
        return NULL;
    }
    return text;
}

static char *header_text(void const *header)
{
    char small[256];
    issize_t len = sip_header_field_e(small, sizeof small, header, 0);

    if (len < 0)
        return NULL;
    char *text = malloc((size_t)len + 1);
    if (!text)
        return NULL;
    if ((size_t)len < sizeof small)
        memcpy(text, small, (size_t)len);
    else
        sip_header_field_e(text, (isize_t)len + 1, header, 0);
    text[len] = '\0';
    return one_line(text);
}

static char *url_text(url_t const *url)
{
    url_t bare = *url;
    char small[256];

    bare.url_headers = NULL; /* RFC 3261 19.1.1: not in a Request-URI */
    size_t len = (size_t)url_e(small, sizeof small, &bare);
    char *text = malloc(len + 1);
    if (!text)
        return NULL;
    url_e(text, (isize_t)len + 1, &bare);
    return one_line(text);
}

/* @p to without its tag, and with ours. */
static char *tagged(sip_to_t const *to, char const *tag)
{
    struct buf out;
    char *plain = header_text(to), *text;

    if (!plain)
        return NULL;
    buf_init(&out, DIALOG_REQUEST_MAX);
    buf_printf(&out, "%s;tag=%s", plain, tag);
    text = buf_ok(&out) ? strdup(out.data) : NULL;
    buf_fini(&out);
    free(plain);
    return text;
}

/* Takes @p value into @p place if there is one. */
static int replace(char **place, char *value)
{
    if (!value)
        return -ENOMEM;
    free(*place);
    *place = value;
    return 0;
}

/* --- target and routes --------------------------------------------------------------------------
 */

static bool is_usable(sip_contact_t const *contact)
{
    if (!contact)
        return false;
    url_t const *url = contact->m_url;
    return (url->url_type == url_sip || url->url_type == url_sips) && url->url_host &&
           url->url_host[0];
}

/* Where requests go now: the first route, else the target. */
static int settle_next_hop(struct dialog *dialog, url_t const *first_route)
{
    char *text = first_route ? url_text(first_route) : copy(dialog->target);
    url_t url;

    if (!text)
        return -ENOMEM;
    if (url_d(&url, text) < 0 || !url.url_host || !url.url_host[0]) {
        free(text);
        return -EINVAL;
    }
    free(dialog->next_hop_text);
    dialog->next_hop_text = text;
    dialog->next_hop = url;
    return 0;
}

static int set_target(struct dialog *dialog, url_t const *url)
{
    int rc = replace(&dialog->target, url_text(url));

    if (rc < 0 || dialog->routes)
        return rc;
    return settle_next_hop(dialog, NULL);
}

static sip_record_route_t const *route_at(sip_record_route_t const *list, size_t i)
{
    while (i--)
        list = list->r_next;
    return list;
}

/* One Route value of @p list from the position @p from on; RFC 3261 12.1.2: the caller has the
 * Record-Route of the response in reverse. NULL when it is empty or there is no memory. */
static char *join(sip_record_route_t const *list, size_t n, size_t from, bool reverse)
{
    struct buf out;
    char *text;

    buf_init(&out, DIALOG_REQUEST_MAX);
    for (size_t i = from; i < n; i++) {
        char *one = header_text(route_at(list, reverse ? n - 1 - i : i));
        if (!one)
            out.failed = true;
        else
            buf_printf(&out, "%s%s", out.len ? ", " : "", one);
        free(one);
    }
    text = out.len && buf_ok(&out) ? strdup(out.data) : NULL;
    buf_fini(&out);
    return text;
}

static int set_routes(struct dialog *dialog, sip_record_route_t const *list, bool reverse)
{
    size_t n = 0;

    for (sip_record_route_t const *r = list; r; r = r->r_next)
        n++;
    free(dialog->routes);
    free(dialog->rest);
    dialog->routes = join(list, n, 0, reverse);
    dialog->rest = join(list, n, 1, reverse);
    if ((n > 0 && !dialog->routes) || (n > 1 && !dialog->rest))
        return -ENOMEM;
    if (n == 0) {
        dialog->strict_router = false;
        return settle_next_hop(dialog, NULL);
    }
    url_t const *first = route_at(list, reverse ? n - 1 : 0)->r_url;
    dialog->strict_router = !url_has_param(first, "lr");
    return settle_next_hop(dialog, first);
}

/* --- life ---------------------------------------------------------------------------------------
 */

struct dialog *dialog_new_uas(sip_t const *invite, char const *local_tag, char const *contact,
                              enum dialog_cseq cseq)
{
    struct dialog *dialog = NULL;

    if (!is_usable(invite->sip_contact) || invite->sip_to->a_tag)
        return NULL;
    dialog = calloc(1, sizeof *dialog);
    if (!dialog)
        return NULL;
    dialog->cseq = cseq;
    dialog->confirmed = true;
    dialog->remote_cseq = invite->sip_cseq->cs_seq;
    dialog->call_id = copy(invite->sip_call_id->i_id);
    dialog->local_tag = copy(local_tag);
    dialog->remote_tag = copy(invite->sip_from->a_tag);
    dialog->local = tagged(invite->sip_to, local_tag);
    dialog->remote = header_text(invite->sip_from);
    dialog->remote_uri = url_text(invite->sip_from->a_url);
    dialog->contact = copy(contact);
    if (!dialog->call_id || !dialog->local_tag || !dialog->local || !dialog->remote ||
        !dialog->remote_uri || !dialog->contact ||
        (invite->sip_from->a_tag && !dialog->remote_tag) ||
        set_target(dialog, invite->sip_contact->m_url) < 0 ||
        set_routes(dialog, invite->sip_record_route, false) < 0)
        dialog_free(&dialog);
    return dialog;
}

static char *bracketed(char const *uri, char const *tag)
{
    struct buf out;
    char *text;

    buf_init(&out, DIALOG_REQUEST_MAX);
    buf_printf(&out, "<%s>%s%s", uri, tag ? ";tag=" : "", tag ? tag : "");
    text = buf_ok(&out) ? one_line(strdup(out.data)) : NULL;
    buf_fini(&out);
    return text;
}

struct dialog *dialog_new_uac(char const *local_uri, char const *remote_uri, char const *contact)
{
    struct dialog *dialog = calloc(1, sizeof *dialog);
    char call_id[25 + 1], tag[16 + 1];

    if (!dialog)
        return NULL;
    TOKEN_FILL(call_id);
    TOKEN_FILL(tag);
    dialog->call_id = copy(call_id);
    dialog->local_tag = copy(tag);
    dialog->local = bracketed(local_uri, tag);
    dialog->remote = bracketed(remote_uri, NULL);
    dialog->remote_uri = one_line(copy(remote_uri));
    dialog->target = one_line(copy(remote_uri));
    dialog->contact = one_line(copy(contact));
    if (!dialog->call_id || !dialog->local_tag || !dialog->local || !dialog->remote ||
        !dialog->remote_uri || !dialog->target || !dialog->contact ||
        settle_next_hop(dialog, NULL) < 0)
        dialog_free(&dialog);
    return dialog;
}

void dialog_free(struct dialog **pdialog)
{
    struct dialog *dialog = *pdialog;

    *pdialog = NULL;
    if (!dialog)
        return;
    free(dialog->call_id);
    free(dialog->local_tag);
    free(dialog->remote_tag);
    free(dialog->local);
    free(dialog->remote);
    free(dialog->remote_uri);
    free(dialog->contact);
    free(dialog->target);
    free(dialog->routes);
    free(dialog->rest);
    free(dialog->next_hop_text);
    free(dialog);
}

/* --- over a restart -----------------------------------------------------------------------------
 */

static char const *or_none(char const *text)
{
    return text ? text : "";
}

void dialog_save(struct dialog const *dialog, struct dialog_record *ret)
{
    *ret = (struct dialog_record){
        .call_id = dialog->call_id,
        .local_tag = dialog->local_tag,
        .remote_tag = or_none(dialog->remote_tag),
        .local = dialog->local,
        .remote = dialog->remote,
        .remote_uri = dialog->remote_uri,
        .contact = dialog->contact,
        .target = dialog->target,
        .routes = or_none(dialog->routes),
        .local_cseq = dialog->local_cseq,
        .remote_cseq = dialog->remote_cseq,
    };
}

/* NULL as well if there is nothing. */
static char *take(char const *text)
{
    return *text ? one_line(copy(text)) : NULL;
}

static bool is_uri(char const *text)
{
    char *own = copy(text);
    url_t url;
    bool fine = own && url_d(&url, own) == 0 &&
                (url.url_type == url_sip || url.url_type == url_sips) && url.url_host &&
                *url.url_host;

    free(own);
    return fine;
}

static int restore_routes(struct dialog *dialog, char const *text)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    sip_record_route_t *list = *text ? sip_record_route_make(home, text) : NULL;
    int rc = *text && !list ? -EINVAL : set_routes(dialog, list, false);

    su_home_deinit(home);
    return rc;
}

struct dialog *dialog_restore(struct dialog_record const *record)
{
    struct dialog *dialog = calloc(1, sizeof *dialog);

    if (!dialog)
        return NULL;
    dialog->confirmed = true;
    dialog->local_cseq = record->local_cseq;
    dialog->remote_cseq = record->remote_cseq;
    dialog->call_id = take(record->call_id);
    dialog->local_tag = take(record->local_tag);
    dialog->remote_tag = take(record->remote_tag);
    dialog->local = take(record->local);
    dialog->remote = take(record->remote);
    dialog->remote_uri = take(record->remote_uri);
    dialog->contact = take(record->contact);
    dialog->target = take(record->target);
    if (!dialog->call_id || !dialog->local_tag || !dialog->local || !dialog->remote ||
        !dialog->remote_uri || !dialog->contact || !dialog->target ||
        (*record->remote_tag && !dialog->remote_tag) || !is_uri(dialog->target) ||
        restore_routes(dialog, record->routes) < 0)
        dialog_free(&dialog);
    return dialog;
}

/* --- what the peer says -------------------------------------------------------------------------
 */

static bool same_text(char const *a, char const *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* RFC 3261 12.2: these requests, and their 2xx, may move the remote target. */
static bool refreshes_target(sip_method_t method)
{
    return method == sip_method_invite || method == sip_method_update ||
           method == sip_method_subscribe || method == sip_method_notify ||
           method == sip_method_refer;
}

/* First response with a tag, or the 2xx after early ones, which may come from another fork. */
static int take_peer(struct dialog *dialog, sip_t const *response)
{
    char *tag = copy(response->sip_to->a_tag);
    int rc;

    if (response->sip_to->a_tag && !tag)
        return -ENOMEM;
    free(dialog->remote_tag);
    dialog->remote_tag = tag;
    rc = replace(&dialog->remote, header_text(response->sip_to));
    if (!rc && is_usable(response->sip_contact))
        rc = set_target(dialog, response->sip_contact->m_url);
    if (!rc)
        rc = set_routes(dialog, response->sip_record_route, true);
    return rc;
}

int dialog_established(struct dialog *dialog, sip_t const *response)
{
    int status = response->sip_status ? response->sip_status->st_status : 0;

    if (status <= 100 || status > 299 || (status < 200 && !response->sip_to->a_tag))
        return -EINVAL;
    if (!same_text(response->sip_call_id->i_id, dialog->call_id) ||
        !same_text(response->sip_from->a_tag, dialog->local_tag))
        return -EPROTO;
    if (!dialog->confirmed) {
        dialog->confirmed = status >= 200;
        return take_peer(dialog, response);
    }
    if (!same_text(response->sip_to->a_tag, dialog->remote_tag))
        return -EPROTO;
    if (status < 200 || !refreshes_target(response->sip_cseq->cs_method) ||
        !is_usable(response->sip_contact))
        return 0;
    return set_target(dialog, response->sip_contact->m_url);
}

bool dialog_matches(struct dialog const *dialog, sip_t const *request)
{
    return same_text(request->sip_call_id->i_id, dialog->call_id) &&
           same_text(request->sip_to->a_tag, dialog->local_tag) &&
           same_text(request->sip_from->a_tag, dialog->remote_tag);
}

int dialog_accept(struct dialog *dialog, sip_t const *request)
{
    sip_method_t method = request->sip_request->rq_method;
    uint32_t seq = request->sip_cseq->cs_seq;

    if (!dialog_matches(dialog, request))
        return 481;
    if (method == sip_method_ack || method == sip_method_cancel)
        return 0; /* they repeat the number of their INVITE */
    if (dialog->cseq == DIALOG_CSEQ_STRICT && seq < dialog->remote_cseq)
        return 500; /* RFC 3261 12.2.2 */
    dialog->remote_cseq = seq;
    if (refreshes_target(method) && is_usable(request->sip_contact) &&
        set_target(dialog, request->sip_contact->m_url) < 0)
        return 500;
    return 0;
}

/* --- our requests -------------------------------------------------------------------------------
 */

/* RFC 3261 table 2, RFC 3311 and others: where Contact is allowed and says something. */
static bool has_contact(sip_method_t method)
{
    return refreshes_target(method) || method == sip_method_options;
}

/* RFC 3261 12.2.1.1: a strict router gets its own URI as Request-URI, and the target becomes the
 * last route. */
static void print_request_line(struct dialog const *dialog, char const *method, struct buf *out)
{
    if (!dialog->strict_router) {
        buf_printf(out, "%s %s SIP/2.0\r\n", method, dialog->target);
        if (dialog->routes)
            buf_printf(out, "Route: %s\r\n", dialog->routes);
        return;
    }
    char *first = url_text(&dialog->next_hop);
    if (!first)
        out->failed = true;
    else
        buf_printf(out, "%s %s SIP/2.0\r\nRoute: %s%s<%s>\r\n", method, first,
                   dialog->rest ? dialog->rest : "", dialog->rest ? ", " : "", dialog->target);
    free(first);
}

static msg_t *make_request(struct dialog const *dialog, sip_method_t method, char const *name,
                           uint32_t cseq)
{
    struct buf out;
    msg_t *msg = NULL;

    buf_init(&out, DIALOG_REQUEST_MAX);
    print_request_line(dialog, name, &out);
    buf_printf(&out, "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %lu %s\r\n",
               dialog->local, dialog->remote, dialog->call_id, (unsigned long)cseq, name);
    if (has_contact(method))
        buf_printf(&out, "Contact: %s\r\n", dialog->contact);
    buf_puts(&out, "Content-Length: 0\r\n\r\n");
    if (buf_ok(&out))
        msg = message_parse(out.data, out.len);
    buf_fini(&out);
    return msg;
}

msg_t *dialog_request(struct dialog *dialog, sip_method_t method, char const *method_name)
{
    return make_request(dialog, method, method_name, ++dialog->local_cseq);
}

msg_t *dialog_ack(struct dialog *dialog, uint32_t ack_of)
{
    return make_request(dialog, SIP_METHOD_ACK, ack_of);
}

url_t const *dialog_next_hop(struct dialog const *dialog)
{
    return &dialog->next_hop;
}

uint32_t dialog_local_cseq(struct dialog const *dialog)
{
    return dialog->local_cseq;
}

char const *dialog_call_id(struct dialog const *dialog)
{
    return dialog->call_id;
}

char const *dialog_local_tag(struct dialog const *dialog)
{
    return dialog->local_tag;
}

char const *dialog_remote_tag(struct dialog const *dialog)
{
    return dialog->remote_tag;
}

char const *dialog_remote_uri(struct dialog const *dialog)
{
    return dialog->remote_uri;
}
