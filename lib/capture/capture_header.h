/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a SIP message, line by line, straight from the bytes: no copy, no parser that could
 * refuse, safe on anything. For those who name, cut or mask messages; lib/sip has the parser that
 * knows the grammar. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Bytes that belong to somebody else; not terminated. */
struct capture_span {
    char const *at; /* never NULL when len > 0 */
    size_t len;
};

enum capture_start { CAPTURE_START_NO, CAPTURE_START_MORE, CAPTURE_START_YES };

enum capture_header_kind {
    CAPTURE_HEADER_OTHER,
    CAPTURE_HEADER_CALL_ID,
    CAPTURE_HEADER_FROM,
    CAPTURE_HEADER_TO,
    CAPTURE_HEADER_CSEQ,
    CAPTURE_HEADER_VIA,
    CAPTURE_HEADER_CONTENT_TYPE,
    CAPTURE_HEADER_CONTENT_LENGTH,
};

struct capture_header {
    enum capture_header_kind kind; /* compact forms included */
    struct capture_span name;
    struct capture_span value; /* without blanks around it; folded lines as they are */
};

/** Do @p bytes begin with the first line of a request or response (RFC 3261 7.1, 7.2)?
 *  CAPTURE_START_MORE: so far they may. */
enum capture_start capture_header_start(char const *bytes, size_t len);

/** Takes the next line off @p rest, which starts behind the first line of the message. False at
 *  the end of the head; then @p rest is the body. */
bool capture_header_next(struct capture_span *rest, struct capture_header *ret);

/** The first line of @p bytes, without its end; @p ret_rest is what follows. */
struct capture_span capture_header_first_line(char const *bytes, size_t len,
                                              struct capture_span *ret_rest);

/** The first word of @p text, where blanks part words. */
struct capture_span capture_header_word(struct capture_span text);

bool capture_header_is(struct capture_span span, char const *text);
/** Letters of either case. */
bool capture_header_like(struct capture_span span, char const *text);
bool capture_header_ends(struct capture_span span, char const *tail);

/** Is what is there of @p len bytes the beginning of @p text? CAPTURE_START_MORE: all of it is, but
 *  they end before the text does. */
enum capture_start capture_header_begins(char const *bytes, size_t len, char const *text);

/** White space of SIP and XML. */
static inline bool capture_header_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
