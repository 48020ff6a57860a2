/* SPDX-License-Identifier: Apache-2.0 */
/* Which protocol, and where its messages begin and end. */
#include "capture_frame.h"
#include "capture_bytes.h"
#include <errno.h>

enum {
    CSTA_HEADER = 8,
    HEP_HEADER = 6,
    ROOT_MAX = 1024,
    START_MAX = 8300 /* longest first line of SIP */
};

/* 00 00, length with header, four digits, '<'. */
static enum capture_start starts_csta(char const *bytes, size_t len)
{
    for (size_t i = 0; i < len && i < 2; i++)
        if (bytes[i] != 0)
            return CAPTURE_START_NO;
    if (len >= 4 && capture_bytes_be16(bytes + 2) < CSTA_HEADER)
        return CAPTURE_START_NO;
    for (size_t i = 4; i < len && i < CSTA_HEADER; i++)
        if (bytes[i] < '0' || bytes[i] > '9')
            return CAPTURE_START_NO;
    if (len > CSTA_HEADER && bytes[CSTA_HEADER] != '<' && bytes[CSTA_HEADER] != '\xef' &&
        !capture_header_is_blank(bytes[CSTA_HEADER]))
        return CAPTURE_START_NO;
    return len <= CSTA_HEADER ? CAPTURE_START_MORE : CAPTURE_START_YES;
}

/* A document whose first element is of a namespace of ECMA-323 or ECMA-354. */
static enum capture_start starts_bare(char const *bytes, size_t len)
{
    size_t there = len < ROOT_MAX ? len : ROOT_MAX;
    char const *end, *at = bytes;

    if (len && bytes[0] != '<')
        return CAPTURE_START_NO;
    if (len > 1 && bytes[1] == '?') {
        at = memmem(bytes, there, "?>", 2);
        if (!at)
            return len < ROOT_MAX ? CAPTURE_START_MORE : CAPTURE_START_NO;
        at += 2;
    }
    end = memchr(at, '>', there - (size_t)(at - bytes));
    if (!end)
        return len < ROOT_MAX ? CAPTURE_START_MORE : CAPTURE_START_NO;
    return memmem(at, (size_t)(end - at), "/ecma-3", 7) ? CAPTURE_START_YES : CAPTURE_START_NO;
}

static enum capture_start starts_hep(char const *bytes, size_t len)
{
    if (memcmp(bytes, "HEP3", len < 4 ? len : 4) != 0)
        return CAPTURE_START_NO;
    return len < HEP_HEADER ? CAPTURE_START_MORE : CAPTURE_START_YES;
}

/* A record of TLS: type, version 3.x. */
static enum capture_start starts_tls(char const *bytes, size_t len)
{
    if (len < 1 || bytes[0] < 0x14 || bytes[0] > 0x17 || (len > 1 && bytes[1] != 3))
        return CAPTURE_START_NO;
    if (len < 3)
        return CAPTURE_START_MORE;
    return bytes[2] <= 4 && bytes[2] >= 0 ? CAPTURE_START_YES : CAPTURE_START_NO;
}

/* How @p bytes, behind blanks, begin; the rows that need more bytes to tell stand first.
 * CAPTURE_SPEECH_NEW: more bytes are needed. */
static enum capture_speech classify(char const *bytes, size_t len)
{
    static struct {
        enum capture_start (*starts)(char const *bytes, size_t len);
        enum capture_speech speech;
    } const rows[] = {
        { capture_header_start, CAPTURE_SPEECH_SIP },
        { starts_bare, CAPTURE_SPEECH_CSTA_BARE },
        { starts_csta, CAPTURE_SPEECH_CSTA },
        { capture_stanza_starts, CAPTURE_SPEECH_XMPP },
        { starts_hep, CAPTURE_SPEECH_HEP },
        { starts_tls, CAPTURE_SPEECH_TLS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum capture_start start = rows[i].starts(bytes, len);

        if (start == CAPTURE_START_YES)
            return rows[i].speech;
        if (start == CAPTURE_START_MORE && len < START_MAX)
            return CAPTURE_SPEECH_NEW;
    }
    return CAPTURE_SPEECH_OTHER;
}

enum capture_speech capture_frame_speech(char const *bytes, size_t len)
{
    enum capture_speech speech;

    while (len && capture_header_is_blank(*bytes)) {
        bytes++;
        len--;
    }
    speech = classify(bytes, len);
    return speech == CAPTURE_SPEECH_NEW || speech == CAPTURE_SPEECH_TLS ? CAPTURE_SPEECH_OTHER
                                                                        : speech;
}

/* A message begins at the first of @p bytes. */
static void begin(struct capture_frame *frame, enum capture_speech speech)
{
    *frame = (struct capture_frame){ .speech = speech };
}

/* What begins now is of no protocol we know, or its beginning is missing. */
void capture_frame_lose(struct capture_frame *frame)
{
    begin(frame, frame->speech);
    frame->lost = true;
}

/* Length of the head of a SIP message with the empty line, 0 if that is not there yet. */
static size_t head_length(struct capture_frame *frame, char const *bytes, size_t len)
{
    size_t at = frame->scanned;
    char const *end;

    while ((end = memchr(bytes + at, '\n', len - at))) {
        size_t next = (size_t)(end - bytes) + 1;

        if (next < len && bytes[next] == '\n')
            return next + 1;
        if (next + 1 < len && bytes[next] == '\r' && bytes[next + 1] == '\n')
            return next + 2;
        if (next + 1 >= len) {
            frame->scanned = next - 1;
            return 0;
        }
        at = next;
    }
    frame->scanned = len;
    return 0;
}

/* Without the header there is no body on a stream. What is no number, or one that cannot be, is
 * taken for CAPTURE_MESSAGE_MAX: too much. */
static size_t content_length(char const *head, size_t len)
{
    struct capture_header header;
    struct capture_span rest;
    size_t length = 0;

    capture_header_first_line(head, len, &rest);
    while (capture_header_next(&rest, &header)) {
        if (header.kind != CAPTURE_HEADER_CONTENT_LENGTH)
            continue;
        for (size_t i = 0; i < header.value.len && length < CAPTURE_MESSAGE_MAX; i++) {
            if (header.value.at[i] < '0' || header.value.at[i] > '9')
                return CAPTURE_MESSAGE_MAX;
            length = length * 10 + (size_t)(header.value.at[i] - '0');
        }
        break;
    }
    return length < CAPTURE_MESSAGE_MAX ? length : CAPTURE_MESSAGE_MAX;
}

/* The next three say how long the message at the first byte is: 0 if that is not known yet or it is
 * not whole; `needed` as soon as that is known. A negative result: it makes no sense. */

static long sip_length(struct capture_frame *frame, char const *bytes, size_t len)
{
    size_t head;

    if (frame->needed)
        return frame->needed <= len ? (long)frame->needed : 0;
    if (capture_header_start(bytes, len) == CAPTURE_START_NO)
        return -EPROTO;
    head = head_length(frame, bytes, len);
    if (!head)
        return 0;
    frame->needed = head + content_length(bytes, head);
    if (frame->needed > CAPTURE_MESSAGE_MAX)
        /* All that can be told is the head. */
        frame->needed = head;
    frame->clipped = frame->needed == head && content_length(bytes, head) > 0;
    return frame->needed <= len ? (long)frame->needed : 0;
}

static long csta_length(struct capture_frame *frame, char const *bytes, size_t len)
{
    if (starts_csta(bytes, len) == CAPTURE_START_NO)
        return -EPROTO;
    if (len < CSTA_HEADER)
        return 0;
    frame->needed = capture_bytes_be16(bytes + 2);
    return frame->needed <= len ? (long)frame->needed : 0;
}

static long hep_length(struct capture_frame *frame, char const *bytes, size_t len)
{
    if (starts_hep(bytes, len) == CAPTURE_START_NO)
        return -EPROTO;
    if (len < HEP_HEADER)
        return 0;
    frame->needed = capture_bytes_be16(bytes + 4);
    if (frame->needed < HEP_HEADER)
        return -EPROTO;
    return frame->needed <= len ? (long)frame->needed : 0;
}

static long length_of(struct capture_frame *frame, char const *bytes, size_t len)
{
    switch (frame->speech) {
    case CAPTURE_SPEECH_SIP:
        return sip_length(frame, bytes, len);
    case CAPTURE_SPEECH_CSTA:
        return csta_length(frame, bytes, len);
    case CAPTURE_SPEECH_HEP:
        return hep_length(frame, bytes, len);
    default:
        return capture_stanza_scan(&frame->stanza, bytes, len);
    }
}

/* Is @p at a place where a message may begin? Behind the end of a line, of an element, or of
 * anything for a header that no text holds. */
static bool may_begin(char const *bytes, size_t at)
{
    return at == 0 || bytes[at - 1] == '\n' || bytes[at - 1] == '>' || bytes[at] == '\0' ||
           bytes[at] == '<';
}

/* Looks for a beginning in what is there. True if @p ret_at is one, or might become one. */
static bool find(struct capture_frame const *frame, char const *bytes, size_t len, size_t *ret_at,
                 enum capture_speech *ret_speech)
{
    for (size_t at = 0; at < len; at++) {
        enum capture_speech speech;

        if (capture_header_is_blank(bytes[at]) || !may_begin(bytes, at))
            continue;
        speech = classify(bytes + at, len - at);
        if (speech == CAPTURE_SPEECH_OTHER)
            continue;
        /* Within what it spoke before, nothing else begins: the text of a message may look like
         * one of another protocol. */
        if (at && speech != CAPTURE_SPEECH_NEW && frame->speech != CAPTURE_SPEECH_NEW &&
            frame->speech != CAPTURE_SPEECH_OTHER && speech != frame->speech)
            continue;
        if (at && speech == CAPTURE_SPEECH_TLS)
            continue;
        *ret_at = at;
        *ret_speech = speech;
        return true;
    }
    return false;
}

static size_t leading_blanks(char const *bytes, size_t len)
{
    size_t at = 0;

    while (at < len && capture_header_is_blank(bytes[at]))
        at++;
    return at;
}

/* At the start, or lost. Returns whether a message begins behind ret->taken. */
static bool look_for(struct capture_frame *frame, char const *bytes, size_t len, bool ends,
                     size_t *ret_taken)
{
    enum capture_speech speech;
    bool found = find(frame, bytes, len, ret_taken, &speech);

    if (found && speech == CAPTURE_SPEECH_NEW && !ends)
        return false;
    if (!found || speech == CAPTURE_SPEECH_NEW) {
        *ret_taken = len;
        if (len > leading_blanks(bytes, len) && frame->speech == CAPTURE_SPEECH_NEW)
            frame->speech = CAPTURE_SPEECH_OTHER;
        return false;
    }
    begin(frame, speech);
    return true;
}

/* A message of @p len bytes, of which the capture may have fewer. */
static bool give(struct capture_frame *frame, char const *bytes, size_t len, bool cut,
                 struct capture_framed *ret)
{
    size_t skip = leading_blanks(bytes, len);

    if (frame->speech == CAPTURE_SPEECH_CSTA)
        skip = len < CSTA_HEADER ? len : CSTA_HEADER;
    ret->speech = frame->speech;
    ret->message = (struct capture_span){ bytes + skip, len - skip };
    ret->cut = cut || frame->clipped;
    ret->taken += len;
    begin(frame, frame->speech);
    return len > skip;
}

/* How many bytes of what makes no sense are passed over: none if another protocol begins there, as
 * TLS does behind STARTTLS. */
static size_t senseless(struct capture_frame const *frame, char const *bytes, size_t len)
{
    enum capture_speech speech = classify(bytes, len);

    if (speech != CAPTURE_SPEECH_OTHER && speech != frame->speech)
        return 0;
    return frame->stanza.at ? frame->stanza.at : 1;
}

/* Drops the next bytes of what is there. */
static void drop(struct capture_span *rest, size_t n, struct capture_framed *ret)
{
    *rest = (struct capture_span){ rest->at + n, rest->len - n };
    ret->taken += n;
}

static bool searches(struct capture_frame const *frame)
{
    return frame->lost || frame->speech == CAPTURE_SPEECH_NEW ||
           frame->speech == CAPTURE_SPEECH_OTHER;
}

bool capture_frame_next(struct capture_frame *frame, char const *bytes, size_t len, bool ends,
                        struct capture_framed *ret)
{
    struct capture_span rest = { bytes, len };

    *ret = (struct capture_framed){ 0 };
    while (rest.len) {
        long length;

        /* Pings, RFC 5626 3.5.1, stand between messages. */
        if (frame->speech == CAPTURE_SPEECH_SIP && !frame->needed && !frame->scanned)
            drop(&rest, leading_blanks(rest.at, rest.len), ret);
        if (searches(frame)) {
            size_t skip = 0;
            bool found = look_for(frame, rest.at, rest.len, ends, &skip);

            drop(&rest, skip, ret);
            if (!found)
                return false;
        }
        if (frame->speech == CAPTURE_SPEECH_TLS)
            drop(&rest, rest.len, ret);
        if (!rest.len)
            return false;
        length = length_of(frame, rest.at, rest.len);
        if (length > 0)
            return give(frame, rest.at, (size_t)length, false, ret);
        if (length == 0 && !ends && rest.len < CAPTURE_MESSAGE_MAX + CSTA_HEADER)
            return false;
        if (length == 0)
            return give(frame, rest.at, rest.len, true, ret);
        size_t skip = senseless(frame, rest.at, rest.len);
        ret->losses += skip > 0;
        drop(&rest, skip, ret);
        capture_frame_lose(frame);
    }
    return false;
}
