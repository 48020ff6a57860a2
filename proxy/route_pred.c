/* SPDX-License-Identifier: Apache-2.0 */
/* Route predicates: the functions behind the rows of route_pred.def, and the list around them. */
#include "route_pred.h"
#include "acl.h"
#include "buf.h"
#include "message.h"
#include "origin.h"
#include "pattern.h"
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

static url_t const *request_uri(struct route_pred_input const *input)
{
    return input->sip->sip_request->rq_url;
}

/* What a name may be made of: groups, hosts of certificates. */
static char const *check_name(struct route_pred_value *value, su_home_t *home)
{
    (void)home;
    for (char const *c = value->text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._", *c))
            return "not a name (letters, digits and - . _)";
    return NULL;
}

/* --- method ------------------------------------------------------------------------------------
 */

static char const *check_method(struct route_pred_value *value, su_home_t *home)
{
    /* A misspelt method would be a route that never matches; what is registered with IANA, and what
     * Microsoft's clients add, is known. */
    static char const *const known[] = {
        "BYE",   "INFO",     "INVITE",  "MESSAGE", "NOTIFY",    "OPTIONS",  "PRACK",    "PUBLISH",
        "REFER", "REGISTER", "SERVICE", "UPDATE",  "SUBSCRIBE", "BENOTIFY", "NEGOTIATE"
    };
    (void)home;
    if (strcmp(value->text, "ACK") == 0 || strcmp(value->text, "CANCEL") == 0)
        return "ACK and CANCEL follow their INVITE and cannot be routed";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(value->text, known[i]) == 0)
            return NULL;
    return "not a SIP method (methods are written in capitals)";
}

static bool match_method(struct route_pred_input const *input, struct route_pred_value const *value)
{
    return strcmp(input->sip->sip_request->rq_method_name, value->text) == 0;
}

/* --- event -------------------------------------------------------------------------------------
 */

static char const *check_event(struct route_pred_value *value, su_home_t *home)
{
    (void)home;
    return is_token(value->text, strlen(value->text)) ? NULL : "not an event package";
}

static bool match_event(struct route_pred_input const *input, struct route_pred_value const *value)
{
    sip_event_t const *event = input->sip->sip_event;
    /* RFC 6665 §8.2.1: event packages are case-sensitive tokens. */
    return event && event->o_type && strcmp(event->o_type, value->text) == 0;
}

/* --- content_type ------------------------------------------------------------------------------
 */

static char const *check_content_type(struct route_pred_value *value, su_home_t *home)
{
    char const *slash = strchr(value->text, '/');
    (void)home;
    if (!slash || !is_token(value->text, (size_t)(slash - value->text)) ||
        !is_token(slash + 1, strlen(slash + 1)))
        return "not a content type (TYPE/SUBTYPE)";
    return NULL;
}

static bool match_content_type(struct route_pred_input const *input,
                               struct route_pred_value const *value)
{
    return strcasecmp(message_content_type(input->sip), value->text) == 0;
}

/* --- patterns: domain, from_domain, user ---------------------------------------------------------
 */

static char const *compile(struct route_pred_value *value, su_home_t *home, enum pattern_mode mode)
{
    struct pattern *pattern = su_alloc(home, sizeof *pattern);
    if (!pattern)
        return "out of memory";
    value->compiled = pattern;
    return pattern_compile(pattern, mode, value->text);
}

static bool matches(struct route_pred_value const *value, enum pattern_mode mode, url_t const *uri)
{
    struct pattern_subject subject;
    return pattern_subject(&subject, mode, uri) && pattern_matches(value->compiled, &subject);
}

static char const *check_host(struct route_pred_value *value, su_home_t *home)
{
    char const *text = value->text;
    struct net_addr addr;
    bool brackets = *text == '[';
    if (brackets && (net_addr_parse(&addr, text, 0) < 0 || text[strlen(text) - 1] != ']'))
        return "not a host";
    for (; *text && !brackets; text++)
        if (!isalnum((unsigned char)*text) && !strchr("-._*", *text))
            return "not a host (names and addresses without port)";
    return value->text[0] == '.' ? "not a host" : compile(value, home, PATTERN_DOMAIN);
}

static bool match_domain(struct route_pred_input const *input, struct route_pred_value const *value)
{
    return matches(value, PATTERN_DOMAIN, request_uri(input));
}

static bool match_from_domain(struct route_pred_input const *input,
                              struct route_pred_value const *value)
{
    sip_from_t const *from = input->sip->sip_from;
    bool has_host = from && (from->a_url->url_type == url_sip || from->a_url->url_type == url_sips);
    return has_host && matches(value, PATTERN_DOMAIN, from->a_url);
}

static char const *check_user(struct route_pred_value *value, su_home_t *home)
{
    return compile(value, home, PATTERN_USER);
}

static bool match_user(struct route_pred_input const *input, struct route_pred_value const *value)
{
    return matches(value, PATTERN_USER, request_uri(input));
}

/* --- source_group ------------------------------------------------------------------------------
 */

static bool match_source_group(struct route_pred_input const *input,
                               struct route_pred_value const *value)
{
    return input->acl && acl_is_in_group(input->acl, &input->origin->peer, value->text);
}

/* --- side --------------------------------------------------------------------------------------
 */

static bool is_inside(struct route_pred_value const *value)
{
    return strcmp(value->text, "inside") == 0;
}

static char const *check_side(struct route_pred_value *value, su_home_t *home)
{
    (void)home;
    return is_inside(value) || strcmp(value->text, "outside") == 0 ? NULL : "not inside or outside";
}

static bool match_side(struct route_pred_input const *input, struct route_pred_value const *value)
{
    return input->is_inside == is_inside(value);
}

/* --- transport ---------------------------------------------------------------------------------
 */

static char const *check_transport(struct route_pred_value *value, su_home_t *home)
{
    (void)home;
    for (unsigned kind = 0; kind < TRANSPORT_KINDS; kind++)
        if (strcasecmp(value->text, transport_kind_name(kind)) == 0)
            return NULL;
    return "not one of udp, tcp, tls";
}

static bool match_transport(struct route_pred_input const *input,
                            struct route_pred_value const *value)
{
    return strcasecmp(transport_kind_name(input->origin->kind), value->text) == 0;
}

/* --- tls_subject -------------------------------------------------------------------------------
 */

static bool match_tls_subject(struct route_pred_input const *input,
                              struct route_pred_value const *value)
{
    return origin_is_subject(input->origin, value->text);
}

/* -----------------------------------------------------------------------------------------------
 */

static struct route_pred_row const rows[ROUTE_PREDS] = {
#define ROUTE_PRED(name, value, argument, names_domain, asks_origin, help)                         \
    { #name,         "its " #name " does not match",                                               \
      argument,      names_domain,                                                                 \
      asks_origin,   help,                                                                         \
      check_##value, match_##name },
#include "route_pred.def"
#undef ROUTE_PRED
};

struct route_pred_row const *route_pred_row(enum route_pred_id id)
{
    return &rows[id];
}

static int add_value(su_home_t *home, struct route_pred *pred, struct route_pred_value *values,
                     char const *text, size_t len, struct buf *why)
{
    if (pred->n == VALUES_MAX) {
        buf_printf(why, "%s: more than %d values", pred->row->name, VALUES_MAX);
        return -EINVAL;
    }
    struct route_pred_value *value = &values[pred->n++];
    *value = (struct route_pred_value){ .text = su_strndup(home, text, (isize_t)len) };
    if (!value->text)
        return -ENOMEM;
    char const *wrong = pred->row->check(value, home);
    if (wrong) {
        buf_printf(why, "%s \"%s\": %s", pred->row->name, value->text, wrong);
        return -EINVAL;
    }
    return 0;
}

/* Values that are divided by commas or blanks, each one begun by @p text. */
static char const *next_value(char const *text, size_t *ret_len)
{
    static char const dividers[] = ", \t";
    text += strspn(text, dividers);
    *ret_len = strcspn(text, dividers);
    return text;
}

static size_t count_values(char const *text)
{
    size_t n = 0, len;
    for (text = next_value(text, &len); len > 0; text = next_value(text + len, &len))
        n++;
    return n;
}

int route_pred_parse(su_home_t *home, struct route_pred *ret, enum route_pred_id id,
                     char const *text, struct buf *why)
{
    size_t len, n = count_values(text);
    size_t size = n < VALUES_MAX ? n + 1 : VALUES_MAX;
    struct route_pred_value *values = su_alloc(home, (isize_t)(size * sizeof *values));
    if (!values)
        return -ENOMEM;
    *ret = (struct route_pred){ .row = &rows[id], .values = values };
    for (text = next_value(text, &len); len > 0; text = next_value(text + len, &len)) {
        int error = add_value(home, ret, values, text, len, why);
        if (error < 0)
            return error;
    }
    return 0;
}

bool route_pred_holds(struct route_pred const *pred, struct route_pred_input const *input)
{
    for (size_t i = 0; i < pred->n; i++)
        if (pred->row->match(input, &pred->values[i]))
            return true;
    return false;
}

void route_pred_print(struct route_pred const *pred, struct buf *out)
{
    buf_printf(out, "%s=", pred->row->name);
    for (size_t i = 0; i < pred->n; i++)
        buf_printf(out, "%s%s", i ? "," : "", pred->values[i].text);
}
