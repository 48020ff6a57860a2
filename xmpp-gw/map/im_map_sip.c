/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP side: RFC 3428, with CPIM, IMDN and "is composing" inside. */
#include "buf.h"
#include "composing.h"
#include "cpim.h"
#include "html_text.h"
#include "im_map.h"
#include "imdn.h"
#include "jid.h"
#include "pidf_time.h"
#include "xml_char.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
    TYPE_BYTES = 64,
    LANG_BYTES = 36,
    CALL_ID_MAX = 255,
    TEXT_MAX = 1 << 18,
    URI_MAX = 8192,
    DELAY_MIN_MS = 60000, /* what is not older has not been delayed */
};

char const im_map_accept[] = "text/plain, text/html, " CPIM_TYPE ", " IMDN_TYPE ", " COMPOSING_TYPE;

/* A content type in parts. */
struct content {
    char type[TYPE_BYTES]; /* in lower case, no parameters */
    char charset[TYPE_BYTES];
};

static char const *keep(struct im *im, char const *text, size_t len)
{
    char *kept = len ? su_strndup(im->home, text, (isize_t)len) : NULL;

    im->no_memory |= len && !kept;
    return kept;
}

static char const *keep_text(struct im *im, char const *text)
{
    return text ? keep(im, text, strlen(text)) : NULL;
}

static char const *keep_buf(struct im *im, struct buf *buf)
{
    char const *kept = keep(im, buf_text(buf), buf->len);

    im->no_memory |= !buf_ok(buf);
    buf_fini(buf);
    return kept;
}

/* The first of a list of languages; NULL: it is none that XML could hold. */
static char const *keep_lang(struct im *im, char const *text)
{
    size_t len = 0;

    while (text && (isalnum((unsigned char)text[len]) || text[len] == '-'))
        len++;
    return len && len < LANG_BYTES && (!text[len] || strchr(" ,;\t", text[len]))
               ? keep(im, text, len)
               : NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void copy_word(char *ret, char const *text, size_t len)
{
    len = len < TYPE_BYTES ? len : 0;
    for (size_t i = 0; i < len; i++)
        ret[i] = (char)tolower((unsigned char)text[i]);
    ret[len] = '\0';
}

/* "text/plain; charset=UTF-8" */
static struct content read_content_type(char const *text)
{
    struct content content = { .type = "text/plain", .charset = "utf-8" };
    char const *charset = text ? strcasestr(text, "charset=") : NULL;

    if (text)
        copy_word(content.type, text, strcspn(text, "; \t"));
    if (charset) {
        charset += strlen("charset=");
        charset += *charset == '"';
        copy_word(content.charset, charset, strcspn(charset, "\"; \t"));
    }
    return content;
}

/* Into what XML can hold, with lines that end with LF; false: it is not UTF-8. */
static bool clean(char const *text, size_t len, struct buf *out)
{
    char const *end = text + len;

    while (text < end) {
        size_t n = xml_char_len(text, end);
        unsigned char c = (unsigned char)*text;
        if (n == 0 && c >= 0x20)
            return false;
        if (c == '\r' && (text + 1 == end || text[1] != '\n'))
            buf_puts(out, "\n");
        else if (n && c != '\r')
            buf_add(out, text, n);
        text += n ? n : 1;
    }
    return true;
}

static char const *keep_clean(struct im *im, char const *text)
{
    struct buf out;

    if (!text)
        return NULL;
    buf_init(&out, TEXT_MAX);
    if (clean(text, strlen(text), &out))
        return keep_buf(im, &out);
    buf_fini(&out);
    return NULL;
}

static enum im_fault read_text(struct im *im, struct content const *content, char const *body,
                               size_t len)
{
    struct buf html, out;
    bool is_html = strcmp(content->type, "text/html") == 0;

    if (strcmp(content->charset, "utf-8") != 0 && strcmp(content->charset, "us-ascii") != 0)
        return IM_UNSUPPORTED;
    buf_init(&html, TEXT_MAX);
    buf_init(&out, TEXT_MAX);
    if (is_html)
        html_text(body, len, &html);
    bool is_utf8 = is_html ? clean(buf_text(&html), html.len, &out) : clean(body, len, &out);
    im->no_memory |= !buf_ok(&html);
    buf_fini(&html);
    im->body = keep_buf(im, &out);
    if (!is_utf8)
        return IM_BAD_BODY;
    return im->body || im->subject ? IM_FINE : IM_EMPTY;
}

static enum im_fault fault_of_content(int error)
{
    return error == -ENOMEM ? IM_NO_MEMORY : IM_BAD_BODY;
}

static enum im_fault read_composing(struct im *im, char const *body, size_t len)
{
    struct composing composing;

    int error = composing_read(body, len, &composing);
    if (error < 0)
        return fault_of_content(error);
    im->state = composing.active ? IM_COMPOSING : IM_ACTIVE;
    im->refresh_s = composing.active ? composing.refresh_s : 0;
    return IM_FINE;
}

/* Of what intermediaries do with a message, and of what readers refuse to tell, XMPP has no word.
 */
static enum im_notice notice_of(enum imdn_status status)
{
    switch (status) {
    case IMDN_DELIVERED:
        return IM_DELIVERED;
    case IMDN_DISPLAYED:
        return IM_DISPLAYED;
    case IMDN_FAILED:
    case IMDN_DELIVERY_FORBIDDEN:
    case IMDN_DELIVERY_ERROR:
        return IM_FAILED;
    default:
        return IM_NO_NOTICE;
    }
}

static enum im_fault read_imdn(struct im *im, char const *body, size_t len)
{
    struct imdn imdn;

    int error = imdn_read(body, len, &imdn);
    if (error < 0)
        return fault_of_content(error);
    im->notice = notice_of(imdn.status);
    im->notice_id = keep_text(im, imdn.message_id);
    im->notice_time_ms = imdn.time_ms;
    im->wants = 0; /* RFC 5438 7.2.1.1: no IMDN about an IMDN */
    return im->notice == IM_NO_NOTICE ? IM_EMPTY : IM_FINE;
}

static enum im_fault read_content(struct im *im, char const *type, char const *body, size_t len)
{
    struct content content = read_content_type(type);

    if (strcmp(content.type, IMDN_TYPE) == 0)
        return read_imdn(im, body, len);
    if (strcmp(content.type, COMPOSING_TYPE) == 0)
        return read_composing(im, body, len);
    if (strcmp(content.type, "text/plain") == 0 || strcmp(content.type, "text/html") == 0)
        return read_text(im, &content, body, len);
    return IM_UNSUPPORTED;
}

static unsigned read_wants(char const *disposition)
{
    unsigned wants = 0;

    if (disposition && strstr(disposition, "positive-delivery"))
        wants |= IM_WANTS_DELIVERED;
    if (disposition && strstr(disposition, "negative-delivery"))
        wants |= IM_WANTS_FAILED;
    if (disposition && strstr(disposition, "display"))
        wants |= IM_WANTS_DISPLAYED;
    return wants;
}

/* The Message-ID becomes the stanza's id, for that is what a receipt names. */
static enum im_fault read_cpim(struct im *im, char const *body, size_t len)
{
    struct cpim *cpim;
    int64_t time_ms;

    int error = cpim_read(body, len, &cpim);
    if (error < 0)
        return fault_of_content(error);
    char const *id = cpim_find(cpim, CPIM_NS_IMDN, "Message-ID");
    char const *time = cpim_find(cpim, NULL, "DateTime");
    char const *subject = cpim_find(cpim, NULL, "Subject");
    if (id && *id) {
        im->id = keep_clean(im, id);
        im->wants = read_wants(cpim_find(cpim, CPIM_NS_IMDN, "Disposition-Notification"));
    }
    if (time && pidf_time_parse(time, &time_ms) == 0)
        im->time_ms = time_ms;
    if (subject && *subject)
        im->subject = keep_clean(im, subject);
    enum im_fault fault =
        read_content(im, cpim_find_content(cpim, "Content-Type"), cpim->body, cpim->body_len);
    cpim_free(&cpim);
    return fault;
}

static enum im_fault fault_of(enum address_fault fault)
{
    return fault == ADDRESS_FINE        ? IM_FINE
           : fault == ADDRESS_SECURE    ? IM_SECURE
           : fault == ADDRESS_NO_MEMORY ? IM_NO_MEMORY
                                        : IM_BAD_ADDRESS;
}

static enum im_fault read_address(struct im *im, char const *uri,
                                  struct address_options const *options, struct jid *jid,
                                  char const **ret)
{
    char text[JID_MAX + 1];
    enum im_fault fault = uri ? fault_of(address_map_jid(uri, options, jid)) : IM_BAD_ADDRESS;

    if (fault == IM_FINE)
        *ret = keep_text(im, jid_text(jid, text));
    return fault;
}

static bool is_room(struct jid const *jid, struct im_map_options const *options)
{
    for (char const *const *room = options->rooms; room && *room; room++)
        if (strcmp(*room, jid->domain) == 0)
            return true;
    return false;
}

static enum im_fault read_addresses(struct im *im, struct im_sip const *message,
                                    struct im_map_options const *options)
{
    struct jid jid;
    enum im_fault fault = read_address(im, message->from, &options->sip, &jid, &im->from);

    if (fault == IM_FINE)
        fault = read_address(im, message->to, &options->xmpp, &jid, &im->to);
    return fault == IM_FINE && is_room(&jid, options) ? IM_ROOM : fault;
}

/* RFC 3428 5: a Date, and Expires from there on. */
static bool is_expired(struct im_sip const *message, struct im_map_options const *options)
{
    return message->date_ms != IM_TIME_NONE && message->expires_s >= 0 &&
           message->date_ms + message->expires_s * 1000 < options->now_ms;
}

static enum im_fault read_message(struct im *im, struct im_sip const *message,
                                  struct im_map_options const *options)
{
    struct content content = read_content_type(message->content_type);
    enum im_fault fault = read_addresses(im, message, options);

    if (fault != IM_FINE)
        return fault;
    if (is_expired(message, options))
        return IM_EXPIRED;
    im->type = options->chat ? IM_CHAT : IM_NORMAL;
    im->id = keep_clean(im, message->branch);
    im->thread = keep_clean(im, message->call_id);
    im->subject = keep_clean(im, message->subject);
    im->lang = keep_lang(im, message->lang);
    im->time_ms = message->date_ms;
    if (message->body_len == 0)
        return im->subject ? IM_FINE : IM_EMPTY;
    fault = strcmp(content.type, CPIM_TYPE) == 0
                ? read_cpim(im, message->body, message->body_len)
                : read_content(im, message->content_type, message->body, message->body_len);
    if (im->time_ms != IM_TIME_NONE && im->time_ms + DELAY_MIN_MS > options->now_ms)
        im->time_ms = IM_TIME_NONE;
    return fault;
}

enum im_fault im_map_read_sip(struct im_sip const *message, struct im_map_options const *options,
                              struct im **ret)
{
    struct im *im = im_map_new();
    enum im_fault fault = im ? read_message(im, message, options) : IM_NO_MEMORY;

    if (im && im->no_memory)
        fault = IM_NO_MEMORY;
    if (fault != IM_FINE)
        im_map_free(&im);
    *ret = im;
    return fault;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* On one line, for a header. */
static char const *header_text(struct im *im, char const *text)
{
    struct buf out;

    if (!text)
        return NULL;
    buf_init(&out, TEXT_MAX);
    for (; *text; text++)
        buf_add(&out, (unsigned char)*text < 0x20 || *text == 0x7f ? " " : text, 1);
    return keep_buf(im, &out);
}

static bool is_word(char const *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-.!%*_+`'~()<>:\\\"/[]?{}", text[i]))
            return false;
    return len > 0;
}

/* RFC 3261 25.1: word [ "@" word ]; NULL for a thread that cannot be one. */
static char const *call_id_of(char const *thread)
{
    size_t len = thread ? strlen(thread) : 0, word = thread ? strcspn(thread, "@") : 0;

    if (len == 0 || len > CALL_ID_MAX || !is_word(thread, word))
        return NULL;
    return word == len || is_word(thread + word + 1, len - word - 1) ? thread : NULL;
}

static enum im_fault write_address(struct im *im, char const *text,
                                   struct address_options const *options, char const **ret)
{
    struct jid jid;
    struct buf out;

    if (jid_parse(text, &jid) != JID_FINE)
        return IM_BAD_ADDRESS;
    buf_init(&out, URI_MAX);
    enum address_fault fault = address_map_uri(&jid, ADDRESS_SIP, options, &out);
    *ret = keep_buf(im, &out);
    return fault_of(fault);
}

/* RFC 2046 4.1.1: lines of text end with CRLF. */
static void put_lines(char const *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\n')
            buf_puts(out, "\r");
        buf_add(out, text, 1);
    }
}

static int put_state(struct im const *im, struct buf *out)
{
    struct composing composing = { .active = im->state == IM_COMPOSING };

    if (composing.active)
        composing.refresh_s = im->refresh_s ? im->refresh_s : COMPOSING_REFRESH_S;
    return composing_write(&composing, out);
}

static int put_notice(struct im const *im, struct im_map_options const *options,
                      struct im_sip const *message, struct buf *out)
{
    static enum imdn_status const statuses[] = {
        [IM_DELIVERED] = IMDN_DELIVERED,
        [IM_DISPLAYED] = IMDN_DISPLAYED,
        [IM_FAILED] = IMDN_FAILED,
    };
    struct imdn imdn = { .status = statuses[im->notice] };

    imdn.time_ms = im->notice_time_ms != IM_TIME_NONE ? im->notice_time_ms : options->now_ms;
    if (strlen(im->notice_id) < sizeof imdn.message_id)
        memcpy(imdn.message_id, im->notice_id, strlen(im->notice_id) + 1);
    if (strlen(message->from) < sizeof imdn.recipient)
        memcpy(imdn.recipient, message->from, strlen(message->from) + 1);
    return imdn_write(&imdn, out);
}

static char const *disposition(unsigned wants)
{
    static char const *const words[] = {
        [IM_WANTS_DELIVERED] = "positive-delivery, negative-delivery",
        [IM_WANTS_DISPLAYED] = "display",
        [IM_WANTS_DELIVERED | IM_WANTS_DISPLAYED] = "positive-delivery, negative-delivery, display",
    };

    return words[wants & (IM_WANTS_DELIVERED | IM_WANTS_DISPLAYED)];
}

static int add_uri(struct cpim *cpim, char const *name, char const *uri)
{
    struct buf value;

    buf_init(&value, URI_MAX);
    buf_printf(&value, "<%s>", uri);
    int error = buf_ok(&value) ? cpim_add(cpim, name, buf_text(&value)) : -ENOMEM;
    buf_fini(&value);
    return error;
}

/* A notice without an id of its own gets one, for it must have it. */
static int add_id(struct cpim *cpim, struct im const *im)
{
    struct buf value;

    buf_init(&value, TEXT_MAX);
    buf_puts(&value, im->id ? im->id : "notice-");
    if (!im->id)
        buf_puts(&value, im->notice_id);
    int error = buf_ok(&value) ? cpim_add(cpim, "imdn.Message-ID", buf_text(&value)) : -ENOMEM;
    buf_fini(&value);
    return error;
}

/* The headers that RFC 5438 wants of a message that asks for notices (7.1.1) or is one (7.2.1). */
static int add_headers(struct cpim *cpim, struct im const *im, enum im_part part,
                       struct im_map_options const *options, struct im_sip const *message)
{
    char time[PIDF_TIME_TEXT];
    int error = add_uri(cpim, "From", message->from);

    error = error ? error : add_uri(cpim, "To", message->to);
    pidf_time_print(im->time_ms != IM_TIME_NONE ? im->time_ms : options->now_ms, time);
    error = error ? error : cpim_add(cpim, "DateTime", time);
    error = error ? error : cpim_add(cpim, "NS", "imdn <" CPIM_NS_IMDN ">");
    error = error ? error : add_id(cpim, im);
    if (part == IM_TEXT)
        error =
            error ? error : cpim_add(cpim, "imdn.Disposition-Notification", disposition(im->wants));
    error = error ? error : cpim_add_content(cpim, "Content-Type", message->content_type);
    if (part == IM_NOTICE)
        error = error ? error : cpim_add_content(cpim, "Content-Disposition", "notification");
    return error;
}

static int wrap(struct im const *im, enum im_part part, struct im_map_options const *options,
                struct im_sip *message, struct buf *content)
{
    struct cpim *cpim = cpim_new();
    struct buf out;

    if (!cpim)
        return -ENOMEM;
    buf_init(&out, TEXT_MAX);
    int error = buf_ok(content) ? add_headers(cpim, im, part, options, message) : -ENOMEM;
    cpim->body = buf_text(content);
    cpim->body_len = content->len;
    if (!error)
        cpim_write(cpim, &out);
    cpim_free(&cpim);
    buf_fini(content);
    *content = out;
    message->content_type = CPIM_TYPE;
    return error;
}

static int put_content(struct im const *im, enum im_part part, struct im_map_options const *options,
                       struct im_sip *message, struct buf *out)
{
    bool asks = options->cpim && part == IM_TEXT && disposition(im->wants) && im->id;
    int error = 0;

    if (part == IM_STATE) {
        message->content_type = COMPOSING_TYPE;
        error = put_state(im, out);
    } else if (part == IM_NOTICE) {
        message->content_type = IMDN_TYPE;
        error = put_notice(im, options, message, out);
    } else {
        message->content_type = "text/plain;charset=UTF-8";
        put_lines(im->body, out);
    }
    return !error && (asks || part == IM_NOTICE) ? wrap(im, part, options, message, out) : error;
}

/* Before it costs anything: a CPIM around the body is looked at when it is there. */
static bool is_too_large(struct im const *im, struct im_map_options const *options)
{
    return strlen(im->body) > options->max_bytes ||
           (im->subject && strlen(im->subject) > options->max_bytes);
}

enum im_fault im_map_write_sip(struct im *im, enum im_part part,
                               struct im_map_options const *options, struct im_sip *ret)
{
    struct buf body;
    enum im_fault fault;

    *ret = (struct im_sip){ .expires_s = -1, .date_ms = IM_TIME_NONE };
    if (part == IM_TEXT && is_too_large(im, options))
        return IM_TOO_LARGE;
    fault = write_address(im, im->from, &options->xmpp, &ret->from);
    if (fault == IM_FINE)
        fault = write_address(im, im->to, &options->sip, &ret->to);
    if (fault != IM_FINE || im->no_memory)
        return im->no_memory ? IM_NO_MEMORY : fault;
    ret->call_id = call_id_of(im->thread);
    if (part == IM_TEXT) {
        ret->subject = header_text(im, im->subject);
        ret->lang = keep_lang(im, im->lang);
    }
    ret->date_ms = im->time_ms;
    buf_init(&body, TEXT_MAX);
    if (put_content(im, part, options, ret, &body) < 0)
        im->no_memory = true;
    ret->body_len = body.len;
    ret->body = keep_buf(im, &body);
    if (im->no_memory)
        return IM_NO_MEMORY;
    return ret->body_len > options->max_bytes ? IM_TOO_LARGE : IM_FINE;
}
