/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing and printing of SIP messages; new responses. Editing is in message_edit.c, the check for
 * soundness in message_fault.c. */
#include "message.h"
#include "buf.h"
#include "message_internal.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* sofia-sip checks its whole header chain at each insertion and recurses over comma lists, so the
 * numbers of both are bounded before it sees them. */
enum { MAX_HEADER_LINES = 512, MAX_LIST_ITEMS = 1024 };

/* RFC 3261 25.1 quoted-pair, the one place where a NUL may stand. */
static bool is_escaped(char const *text, size_t at)
{
    size_t backslashes = 0;

    while (backslashes < at && text[at - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

/* How far the parser may read. */
struct extent {
    size_t header; /* bytes, without the empty line; 0: nothing that may be parsed */
    bool cut;      /* there is more, and it is too much */
};

static bool is_continued(char const *text, size_t len, size_t next)
{
    return next < len && (text[next] == ' ' || text[next] == '\t');
}

/* May the parser not see these bytes, which are a line without its LF (or the rest of the text) and
 * begin at @p start? */
static bool is_forbidden(char const *text, size_t start, size_t end, bool has_newline)
{
    char const *nul = memchr(text + start, '\0', end - start);
    char const *cr = memchr(text + start, '\r', end - start);

    /* A lone CR ends a line for sofia-sip and for no one else: a way to hide a header. */
    if (cr && !(has_newline && cr + 1 == text + end))
        return true;
    for (; nul; nul = memchr(nul + 1, '\0', (size_t)(text + end - nul) - 1))
        if (start == 0 || !is_escaped(text, (size_t)(nul - text)))
            return true;
    return false;
}

/* Where the comma stands with which there are too many, counting on from *@p items; @p end if there
 * are not. */
static size_t find_surplus(char const *text, size_t start, size_t end, size_t *items)
{
    char const *comma = text + start;

    while ((comma = memchr(comma, ',', (size_t)(text + end - comma)))) {
        if (++*items > MAX_LIST_ITEMS)
            return (size_t)(comma - text);
        comma++;
    }
    return end;
}

/* Line by line, for this reads every byte of every message. */
static struct extent measure(char const *text, size_t len)
{
    size_t lines = 0, items = 0, line_start = 0, start = 0;

    while (start < len) {
        char const *newline = memchr(text + start, '\n', len - start);
        size_t end = newline ? (size_t)(newline - text) : len;
        size_t surplus = find_surplus(text, start, end, &items);
        if (is_forbidden(text, start, surplus, newline && surplus == end))
            return (struct extent){ 0 };
        lines += newline && surplus == end;
        if (lines > MAX_HEADER_LINES || surplus < end)
            return (struct extent){ line_start, true };
        if (!newline)
            break;
        /* sofia-sip takes a continued start line for a header */
        if (lines == 1 && is_continued(text, len, end + 1))
            return (struct extent){ 0 };
        size_t next = end + 1 + (end + 1 < len && text[end + 1] == '\r');
        if (next < len && text[next] == '\n')
            return (struct extent){ end, false };
        if (!is_continued(text, len, end + 1))
            line_start = end + 1;
        start = end + 1;
    }
    return (struct extent){ lines > 0 ? len : 0, false };
}

/* Of any version, for those are refused by name; HTTP is not. */
static bool is_sip_version(sip_t const *sip)
{
    char const *version = NULL;

    if (sip->sip_request)
        version = sip->sip_request->rq_version;
    else if (sip->sip_status)
        version = sip->sip_status->st_version;
    return version && strncasecmp(version, "SIP/", 4) == 0;
}

static msg_t *extract_once(char const *text, size_t len, size_t header, bool disguise)
{
    msg_t *msg = msg_create(message_class(), MSG_DO_EXTRACT_COPY);
    msg_iovec_t iovec[2];

    if (!msg)
        return NULL;
    su_home_preload(msg_home(msg), 1, (isize_t)len + 2048);
    if (msg_recv_iovec(msg, iovec, 2, len, 1) != 1)
        goto fail;
    memcpy(iovec->mv_base, text, len);
    if (disguise)
        message_disguise(iovec->mv_base, header);
    msg_recv_commit(msg, len, 1);
    /* The result is of no use: it is negative also when one header is wrong. */
    msg_extract(msg);
    sip_t *sip = sip_object(msg);
    if (disguise) {
        memcpy(iovec->mv_base, text, header);
        message_undisguise(sip);
    }
    if (!is_sip_version(sip) || message_settle_repeated(msg) < 0)
        goto fail;
    return msg;
fail:
    msg_destroy(msg);
    return NULL;
}

static msg_t *extract(char const *text, size_t len, size_t header)
{
    bool disguise = memchr(text, '\0', header) != NULL;
    msg_t *msg = extract_once(text, len, header, disguise);

    if (disguise || (msg && sip_object(msg)->sip_cseq))
        return msg;
    /* Perhaps a method that only we can read. */
    msg_destroy(msg);
    return extract_once(text, len, header, true);
}

/* A request whose start line does not parse can still be answered (400), and a response be dropped
 * for what it is, so their headers are read under a stand-in start line. */
static msg_t *extract_bad_start(char const *text, size_t len, size_t header)
{
    char const *end = memchr(text, '\n', len);
    size_t line = (size_t)(end - text), method = strcspn(text, " \t\r\n");
    struct buf stand_in;
    msg_t *msg = NULL;

    buf_init(&stand_in, len + 64);
    if (line > 8 && strncasecmp(text, "SIP/2.0 ", 8) == 0) {
        buf_puts(&stand_in, "SIP/2.0 699 Bad\r\n");
    } else {
        if (method == line || method == 0 || method > 32 || memchr(text, '/', method) ||
            !memmem(text + method, line - method, " SIP/", 5))
            return NULL;
        buf_add(&stand_in, text, method);
        buf_puts(&stand_in, " sip:invalid.invalid SIP/2.0\r\n");
    }
    header += stand_in.len - (line + 1);
    buf_add(&stand_in, end + 1, len - line - 1);
    if (buf_ok(&stand_in))
        msg = extract(stand_in.data, stand_in.len, header);
    buf_fini(&stand_in);
    if (msg)
        msg_set_flags(msg, MESSAGE_BAD_START_LINE);
    return msg;
}

/* Spaces too many and a version in small letters are understood, but not handed on (RFC 3261 7.1,
 * RFC 4475 3.1.2.9 and 3.1.2.10). */
static void tidy_start_line(msg_t *msg)
{
    static char const end[] = " SIP/2.0\r\n";
    sip_request_t *rq = sip_object(msg)->sip_request;
    size_t const end_len = sizeof end - 1;

    if (!rq || !rq->rq_common->h_data)
        return;
    char const *line = rq->rq_common->h_data;
    size_t len = rq->rq_common->h_len, spaces = 0;
    for (size_t i = 0; i < len; i++)
        spaces += line[i] == ' ' || line[i] == '\t';
    if (spaces != 2 || len < end_len || memcmp(line + len - end_len, end, end_len) != 0)
        message_edited(msg, rq);
}

msg_t *message_parse(void const *bytes, size_t len)
{
    char const *text = bytes;

    /* RFC 3261 7.5: empty lines before the start line */
    for (; len && (*text == '\r' || *text == '\n'); text++)
        len--;
    struct extent extent = measure(text, len);
    if (!extent.header)
        return NULL;
    /* What has too much of everything is read as far as it takes to refuse it. */
    if (extent.cut)
        len = extent.header;
    msg_t *msg = extract(text, len, extent.header);
    if (!msg)
        msg = extract_bad_start(text, len, extent.header);
    if (!msg)
        return NULL;
    if (extent.cut)
        msg_set_flags(msg, MESSAGE_TOO_MUCH);
    tidy_start_line(msg);
    return msg;
}

/* What every message needs on a stream and sofia-sip does not add by itself: the empty line, and
 * Content-Length (RFC 3261 18.3). */
static int complete(msg_t *msg)
{
    su_home_t *home = msg_home(msg);
    sip_t *sip = sip_object(msg);

    if (!sip->sip_content_length) {
        uint32_t length = sip->sip_payload ? (uint32_t)sip->sip_payload->pl_len : 0;
        sip_content_length_t *header = sip_content_length_create(home, length);
        if (!header || sip_header_insert(msg, sip, (sip_header_t *)header) < 0)
            return -ENOMEM;
    }
    if (!sip->sip_separator) {
        sip_separator_t *separator = sip_separator_create(home);
        if (!separator || sip_header_insert(msg, sip, (sip_header_t *)separator) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* Has every header its bytes, so that none must be printed? Asked first, for to print none costs
 * the parser a buffer. */
static bool is_encoded(msg_t *msg)
{
    for (msg_header_t const *h = *msg_chain_head(msg); h; h = h->sh_succ)
        if (!h->sh_data)
            return false;
    return true;
}

int message_print_under(msg_t *msg, char const *lines, struct buf *out)
{
    sip_t const *sip = sip_object(msg);
    size_t lines_len = strlen(lines), len = lines_len;

    if ((!sip->sip_request && !sip->sip_status) || !message_is_printable(sip))
        return -EINVAL;
    int error = complete(msg);
    if (error)
        return error;
    if (msg_serialize(msg, NULL) < 0 || (!is_encoded(msg) && msg_prepare(msg) < 0))
        return -ENOMEM;
    msg_header_t const *first = *msg_chain_head(msg);
    for (msg_header_t const *h = first; h; h = h->sh_succ)
        len += h->sh_len;
    buf_reserve(out, len);
    buf_add(out, first->sh_data, first->sh_len);
    buf_add(out, lines, lines_len);
    for (msg_header_t const *h = first->sh_succ; h; h = h->sh_succ)
        buf_add(out, h->sh_data, h->sh_len);
    return buf_ok(out) ? 0 : -ENOBUFS;
}

int message_print(msg_t *msg, struct buf *out)
{
    return message_print_under(msg, "", out);
}

msg_t *message_copy(msg_t *msg)
{
    return message_is_printable(sip_object(msg)) ? msg_copy(msg) : NULL;
}

static bool makes_dialog(sip_method_t method)
{
    return method == sip_method_invite || method == sip_method_subscribe ||
           method == sip_method_refer || method == sip_method_notify;
}

static bool add_copy(msg_t *msg, void const *header)
{
    return sip_add_dup(msg, sip_object(msg), header) == 0;
}

static bool is_bad_via(sip_error_t const *error)
{
    return error->er_common->h_class == sip_error_class && error->er_name &&
           error->er_common->h_data && strcmp(error->er_name, sip_via_class->hc_name) == 0;
}

/* Via lines that did not parse, as they are: whoever sent them knows its request by them. */
static bool add_bad_vias(msg_t *msg, sip_t const *rq)
{
    su_home_t *home = msg_home(msg);

    for (sip_error_t const *error = rq->sip_error; error; error = error->er_next) {
        if (!is_bad_via(error))
            continue;
        char *line = su_strndup(home, error->er_common->h_data, error->er_common->h_len);
        sip_unknown_t *via = line ? sip_unknown_make(home, line) : NULL;
        if (!via || sip_header_insert(msg, sip_object(msg), (sip_header_t *)via) < 0)
            return false;
    }
    return true;
}

/* RFC 3261 8.2.6.2, and 8.2.6.1 and 12.1.1 for what only some responses carry. */
static bool copy_for_response(msg_t *msg, sip_t const *rq, int status)
{
    bool dialog =
        status > 100 && status < 300 && rq->sip_request && makes_dialog(rq->sip_request->rq_method);

    return add_copy(msg, rq->sip_via) && add_bad_vias(msg, rq) && add_copy(msg, rq->sip_from) &&
           add_copy(msg, rq->sip_to) && add_copy(msg, rq->sip_call_id) &&
           add_copy(msg, rq->sip_cseq) && (status != 100 || add_copy(msg, rq->sip_timestamp)) &&
           (!dialog || add_copy(msg, rq->sip_record_route));
}

msg_t *message_response(msg_t *request, int status, char const *phrase, char const *to_tag)
{
    sip_t const *rq = sip_object(request);
    msg_t *msg = msg_create(message_class(), MSG_DO_EXTRACT_COPY);

    if (!msg)
        return NULL;
    sip_t *sip = sip_object(msg);
    su_home_t *home = msg_home(msg);
    sip_status_t *line = sip_status_create(home, (unsigned)status,
                                           phrase ? phrase : sip_status_phrase(status), NULL);
    if (!line || sip_header_insert(msg, sip, (sip_header_t *)line) < 0)
        goto fail;
    if (!copy_for_response(msg, rq, status))
        goto fail;
    if (to_tag && sip->sip_to && !sip->sip_to->a_tag && sip_to_tag(home, sip->sip_to, to_tag) < 0)
        goto fail;
    return msg;
fail:
    msg_destroy(msg);
    return NULL;
}

char const *message_unknown(sip_t const *sip, char const *name)
{
    for (sip_unknown_t const *un = sip->sip_unknown; un; un = un->un_next)
        if (un->un_name && strcasecmp(un->un_name, name) == 0)
            return un->un_value ? un->un_value : "";
    return NULL;
}

bool message_has_bad_via(sip_t const *sip)
{
    for (sip_error_t const *error = sip->sip_error; error; error = error->er_next)
        if (is_bad_via(error))
            return true;
    return false;
}

bool message_has_branch(sip_via_t const *via)
{
    static char const cookie[] = "z9hG4bK";
    size_t len = sizeof cookie - 1;

    return via && via->v_branch && strncasecmp(via->v_branch, cookie, len) == 0 &&
           via->v_branch[len];
}

static bool is_served(char const *const *served, char const *tag)
{
    while (*served && strcasecmp(*served, tag) != 0)
        served++;
    return *served != NULL;
}

/* The first one is cut, so that there is a line; others are left out. */
bool message_unsupported(sip_require_t const *require, char const *const *served, char *ret,
                         size_t size)
{
    size_t used = 0;

    for (*ret = '\0'; require; require = require->k_next)
        for (msg_param_t const *tag = require->k_items; tag && *tag; tag++) {
            if (is_served(served, *tag) || (used && used + strlen(*tag) + sizeof ", " > size))
                continue;
            used += (size_t)snprintf(ret + used, size - used, "%s%s",
                                     used ? ", " : "Unsupported: ", *tag);
            used = used < size ? used : size - 1;
        }
    return used > 0;
}

char const *message_coding(sip_t const *sip)
{
    char const *coding = message_unknown(sip, "Content-Encoding");

    coding = coding ? coding : message_unknown(sip, "e");
    return coding && strcasecmp(coding, "identity") != 0 ? coding : NULL;
}

char const *message_content_type(sip_t const *sip)
{
    if (!sip->sip_content_type || !sip->sip_content_type->c_type || !sip->sip_payload)
        return "";
    /* Types compare without regard to case; the header keeps its own bytes, this is the parser's
     * copy. */
    char *type = (char *)sip->sip_content_type->c_type;
    for (char *p = type; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    return type;
}
