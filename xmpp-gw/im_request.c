/* SPDX-License-Identifier: Apache-2.0 */
/* Written as text and read by the parser, which so judges every part. */
#include "im_request.h"
#include "buf.h"
#include "conversation.h"
#include "im_map.h"
#include "message.h"
#include <inttypes.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_date.h>
#include <sofia-sip/sip_header.h>
#include <string.h>

/* The headers but the subject: the longest JIDs make URIs of 6 KiB, of which there are three. */
enum { HEAD_BYTES = 32768, DATE_BYTES = 40 };
static uint64_t const ntp_s = 2208988800; /* from 1900, as sofia-sip counts, to 1970 */

static void put_text(struct buf *out, char const *text)
{
    for (; *text; text++) {
        char c = (unsigned char)*text < ' ' || *text == '\x7f' ? ' ' : *text;
        buf_add(out, &c, 1);
    }
}

static void put_header(struct buf *out, char const *name, char const *value)
{
    if (!value || !*value)
        return;
    buf_printf(out, "%s: ", name);
    put_text(out, value);
    buf_puts(out, "\r\n");
}

static void put_date(struct buf *out, int64_t date_ms)
{
    char text[DATE_BYTES];

    if (date_ms < 0)
        return;
    (void)msg_date_e(text, sizeof text, (msg_time_t)((uint64_t)date_ms / 1000 + ntp_s));
    put_header(out, "Date", text);
}

static void put_head(struct buf *out, struct im_sip const *im, struct conversation *c)
{
    char const *call_id = im->call_id && *im->call_id ? im->call_id : c->call_id;

    buf_printf(out, "MESSAGE %s SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <%s>;tag=%s\r\nTo: <%s>\r\n",
               im->to, im->from, c->tag, im->to);
    put_header(out, "Call-ID", call_id);
    buf_printf(out, "CSeq: %" PRIu32 " MESSAGE\r\n", ++c->cseq);
    put_header(out, "Subject", im->subject);
    put_header(out, "Content-Language", im->lang);
    put_date(out, im->date_ms);
    put_header(out, "Content-Type", im->content_type ? im->content_type : "text/plain");
    buf_printf(out, "Content-Length: %zu\r\n\r\n", im->body_len);
    buf_add(out, im->body, im->body_len);
}

static bool is_sound(sip_t const *sip)
{
    return sip->sip_request && sip->sip_call_id && sip->sip_from && sip->sip_to &&
           !sip->sip_error && sip->sip_request->rq_url->url_type != url_unknown;
}

msg_t *im_request(struct im_sip const *im, struct conversation *conversation)
{
    size_t subject_len = im->subject ? strlen(im->subject) : 0;
    struct buf text;
    msg_t *msg = NULL;

    buf_init(&text, HEAD_BYTES + subject_len + im->body_len);
    put_head(&text, im, conversation);
    if (buf_ok(&text))
        msg = message_parse(text.data, text.len);
    buf_fini(&text);
    if (msg && !is_sound(sip_object(msg))) {
        msg_destroy(msg);
        return NULL;
    }
    return msg;
}
