/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing and printing of SIP messages; new responses. Editing is in message_edit.c, the check for
 * soundness in message_fault.c. */
#include "message.h"
#include "buf.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_alloc.h>
#include <string.h>
#include <strings.h>

/* sofia-sip checks its whole header chain at each insertion and recurses over comma lists, so the
 * numbers of both are bounded before it sees them. */
enum { MAX_HEADER_LINES = 512, MAX_LIST_ITEMS = 1024 };

/* Is the header part something that may be given to the parser? */
static bool is_parsable(char const *text, size_t len)
{
    size_t lines = 0, items = 0;

    for (size_t i = 0; i < len; i++) {
        /* A lone CR ends a line for sofia-sip and for no one else: a way to hide a header. */
        if (!text[i] || (text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n')))
            return false;
        items += text[i] == ',';
        if (text[i] != '\n')
            continue;
        if (++lines > MAX_HEADER_LINES)
            return false;
        /* sofia-sip takes a continued start line for a header */
        if (lines == 1 && i + 1 < len && (text[i + 1] == ' ' || text[i + 1] == '\t'))
            return false;
        size_t next = i + 1 + (i + 1 < len && text[i + 1] == '\r');
        if (next < len && text[next] == '\n')
            break;
    }
    return lines > 0 && items <= MAX_LIST_ITEMS;
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

static msg_t *extract(char const *text, size_t len)
{
    msg_t *msg = msg_create(sip_default_mclass(), MSG_DO_EXTRACT_COPY);
    msg_iovec_t iovec[2];

    if (!msg)
        return NULL;
    su_home_preload(msg_home(msg), 1, (isize_t)len + 2048);
    if (msg_recv_iovec(msg, iovec, 2, len, 1) != 1)
        goto fail;
    memcpy(iovec->mv_base, text, len);
    msg_recv_commit(msg, len, 1);
    /* The result is of no use: it is negative also when one header is wrong. */
    msg_extract(msg);
    sip_t const *sip = sip_object(msg);
    if (!is_sip_version(sip))
        goto fail;
    return msg;
fail:
    msg_destroy(msg);
    return NULL;
}

/* A request whose start line does not parse can still be answered (400), so its headers are read
 * under a stand-in start line. */
static msg_t *extract_bad_request(char const *text, size_t len)
{
    char const *end = memchr(text, '\n', len);
    size_t line = (size_t)(end - text), method = strcspn(text, " \t\r\n");
    struct buf stand_in;
    msg_t *msg = NULL;

    if (method == line || method == 0 || method > 32 || memchr(text, '/', method) ||
        !memmem(text + method, line - method, " SIP/", 5))
        return NULL;
    buf_init(&stand_in, len + 64);
    buf_add(&stand_in, text, method);
    buf_puts(&stand_in, " sip:invalid.invalid SIP/2.0\r\n");
    buf_add(&stand_in, end + 1, len - line - 1);
    if (buf_ok(&stand_in))
        msg = extract(stand_in.data, stand_in.len);
    buf_fini(&stand_in);
    if (msg)
        msg_set_flags(msg, MESSAGE_BAD_START_LINE);
    return msg;
}

msg_t *message_parse(void const *bytes, size_t len)
{
    char const *text = bytes;

    /* RFC 3261 7.5: empty lines before the start line */
    for (; len && (*text == '\r' || *text == '\n'); text++)
        len--;
    if (!is_parsable(text, len))
        return NULL;
    msg_t *msg = extract(text, len);
    return msg ? msg : extract_bad_request(text, len);
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

int message_print(msg_t *msg, struct buf *out)
{
    sip_t const *sip = sip_object(msg);

    if (!sip->sip_request && !sip->sip_status)
        return -EINVAL;
    int error = complete(msg);
    if (error)
        return error;
    if (msg_serialize(msg, NULL) < 0 || msg_prepare(msg) < 0)
        return -ENOMEM;
    for (msg_header_t const *h = *msg_chain_head(msg); h; h = h->sh_succ)
        buf_add(out, h->sh_data, h->sh_len);
    return buf_ok(out) ? 0 : -ENOBUFS;
}

msg_t *message_copy(msg_t *msg)
{
    return msg_copy(msg);
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

/* RFC 3261 8.2.6.2, and 8.2.6.1 and 12.1.1 for what only some responses carry. */
static bool copy_for_response(msg_t *msg, sip_t const *rq, int status)
{
    bool dialog =
        status > 100 && status < 300 && rq->sip_request && makes_dialog(rq->sip_request->rq_method);

    return add_copy(msg, rq->sip_via) && add_copy(msg, rq->sip_from) && add_copy(msg, rq->sip_to) &&
           add_copy(msg, rq->sip_call_id) && add_copy(msg, rq->sip_cseq) &&
           (status != 100 || add_copy(msg, rq->sip_timestamp)) &&
           (!dialog || add_copy(msg, rq->sip_record_route));
}

msg_t *message_response(msg_t *request, int status, char const *phrase, char const *to_tag)
{
    sip_t const *rq = sip_object(request);
    msg_t *msg = msg_create(sip_default_mclass(), MSG_DO_EXTRACT_COPY);

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

bool message_has_branch(sip_via_t const *via)
{
    static char const cookie[] = "z9hG4bK";
    size_t len = sizeof cookie - 1;

    return via && via->v_branch && strncasecmp(via->v_branch, cookie, len) == 0 &&
           via->v_branch[len];
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
