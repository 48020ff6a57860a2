/* SPDX-License-Identifier: Apache-2.0 */
/* Route predicates: the functions behind the rows of route_pred.def, and the list around them. */
#include "route_pred.h"
#include "buf.h"
#include "domain.h"
#include "message.h"
#include "origin.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum { VALUES_MAX = 64 };

/* RFC 3261 §25.1 token */
static bool is_token(char const *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-.!%*_+`'~", text[i]))
            return false;
    return len > 0;
}

/* --- method ------------------------------------------------------------------------------------
 */

static char const *check_method(char const *value)
{
    /* A misspelt method would be a route that never matches; what is registered with IANA, and what
     * Microsoft's clients add, is known. */
    static char const *const known[] = {
        "BYE",   "INFO",     "INVITE",  "MESSAGE", "NOTIFY",    "OPTIONS",  "PRACK",    "PUBLISH",
        "REFER", "REGISTER", "SERVICE", "UPDATE",  "SUBSCRIBE", "BENOTIFY", "NEGOTIATE"
    };
    if (strcmp(value, "ACK") == 0 || strcmp(value, "CANCEL") == 0)
        return "ACK and CANCEL follow their INVITE and cannot be routed";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(value, known[i]) == 0)
            return NULL;
    return "not a SIP method (methods are written in capitals)";
}

static bool match_method(struct route_pred_input const *input, char const *value)
{
    return strcmp(input->sip->sip_request->rq_method_name, value) == 0;
}

/* --- event -------------------------------------------------------------------------------------
 */

static char const *check_event(char const *value)
{
    return is_token(value, strlen(value)) ? NULL : "not an event package";
}

static bool match_event(struct route_pred_input const *input, char const *value)
{
    sip_event_t const *event = input->sip->sip_event;
    /* RFC 6665 §8.2.1: event packages are case-sensitive tokens. */
    return event && event->o_type && strcmp(event->o_type, value) == 0;
}

/* --- content_type ------------------------------------------------------------------------------
 */

static char const *check_content_type(char const *value)
{
    char const *slash = strchr(value, '/');
    if (!slash || !is_token(value, (size_t)(slash - value)) ||
        !is_token(slash + 1, strlen(slash + 1)))
        return "not a content type (TYPE/SUBTYPE)";
    return NULL;
}

static bool match_content_type(struct route_pred_input const *input, char const *value)
{
    return strcasecmp(message_content_type(input->sip), value) == 0;
}

/* --- domain ------------------------------------------------------------------------------------
 */

static char const *check_host(char const *value)
{
    char const *text = value;
    struct net_addr addr;
    if (*text == '[')
        return net_addr_parse(&addr, text, 0) == 0 && text[strlen(text) - 1] == ']' ? NULL
                                                                                    : "not a host";
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("-._", *text))
            return "not a host (names and addresses without port)";
    return value[0] == '.' ? "not a host" : NULL;
}

static char const *check_domain(char const *value)
{
    return check_host(value);
}

static bool match_domain(struct route_pred_input const *input, char const *value)
{
    char const *host = input->sip->sip_request->rq_url->url_host;
    return host && domain_same_host(host, value);
}

/* --- from_domain -------------------------------------------------------------------------------
 */

static char const *check_from_domain(char const *value)
{
    return check_host(value);
}

static bool match_from_domain(struct route_pred_input const *input, char const *value)
{
    sip_from_t const *from = input->sip->sip_from;
    return from && from->a_url->url_host && domain_same_host(from->a_url->url_host, value);
}

/* --- transport ---------------------------------------------------------------------------------
 */

static char const *check_transport(char const *value)
{
    for (unsigned kind = 0; kind < TRANSPORT_KINDS; kind++)
        if (strcasecmp(value, transport_kind_name(kind)) == 0)
            return NULL;
    return "not one of udp, tcp, tls";
}

static bool match_transport(struct route_pred_input const *input, char const *value)
{
    return strcasecmp(transport_kind_name(input->origin->kind), value) == 0;
}

/* --- tls_subject -------------------------------------------------------------------------------
 */

static char const *check_tls_subject(char const *value)
{
    return check_host(value);
}

static bool match_tls_subject(struct route_pred_input const *input, char const *value)
{
    char const *subject = input->origin->tls_subject;
    return subject && domain_same_host(subject, value);
}

/* -----------------------------------------------------------------------------------------------
 */

static struct route_pred_row const rows[ROUTE_PREDS] = {
#define ROUTE_PRED(name, argument, names_domain, help)                                             \
    { #name, argument, names_domain, help, check_##name, match_##name },
#include "route_pred.def"
#undef ROUTE_PRED
};

struct route_pred_row const *route_pred_row(enum route_pred_id id)
{
    return &rows[id];
}

static int add_value(su_home_t *home, struct route_pred *pred, char const **values,
                     char const *text, size_t len, struct buf *why)
{
    if (pred->n == VALUES_MAX) {
        buf_printf(why, "%s: more than %d values", pred->row->name, VALUES_MAX);
        return -EINVAL;
    }
    char const *value = su_strndup(home, text, (isize_t)len);
    if (!value)
        return -ENOMEM;
    char const *wrong = pred->row->check(value);
    if (wrong) {
        buf_printf(why, "%s \"%s\": %s", pred->row->name, value, wrong);
        return -EINVAL;
    }
    values[pred->n++] = value;
    return 0;
}

int route_pred_parse(su_home_t *home, struct route_pred *ret, enum route_pred_id id,
                     char const *text, struct buf *why)
{
    static char const dividers[] = ", \t";
    char const **values = su_alloc(home, VALUES_MAX * sizeof *values);
    if (!values)
        return -ENOMEM;
    *ret = (struct route_pred){ .row = &rows[id], .values = values };
    for (text += strspn(text, dividers); *text; text += strspn(text, dividers)) {
        size_t len = strcspn(text, dividers);
        int error = add_value(home, ret, values, text, len, why);
        if (error < 0)
            return error;
        text += len;
    }
    return 0;
}

bool route_pred_holds(struct route_pred const *pred, struct route_pred_input const *input)
{
    for (size_t i = 0; i < pred->n; i++)
        if (pred->row->match(input, pred->values[i]))
            return true;
    return false;
}

void route_pred_print(struct route_pred const *pred, struct buf *out)
{
    buf_printf(out, "%s=", pred->row->name);
    for (size_t i = 0; i < pred->n; i++)
        buf_printf(out, "%s%s", i ? "," : "", pred->values[i]);
}
