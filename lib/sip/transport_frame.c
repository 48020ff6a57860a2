/* SPDX-License-Identifier: Apache-2.0 */
/* Finding messages in a byte stream. */
#include "transport_frame.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_MISSING = -1, LENGTH_WRONG = -2 };

static bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-.!%*_+`'~", c));
}

/* Length of the header with its empty line, or 0 if the end has not come. */
static size_t find_header_end(struct transport_frame *frame, char const *data, size_t len)
{
    for (size_t at = frame->scanned; at < len;) {
        char const *newline = memchr(data + at, '\n', len - at);
        if (!newline)
            break;
        size_t next = (size_t)(newline - data) + 1;
        if (next < len && data[next] == '\n')
            return next + 1;
        if (next + 1 < len && data[next] == '\r' && data[next + 1] == '\n')
            return next + 2;
        if (next == len || (next + 1 == len && data[next] == '\r')) {
            frame->scanned = next - 1;
            return 0;
        }
        at = next;
    }
    frame->scanned = len;
    return 0;
}

/* End of the header line that starts at @p line, continuation lines included. */
static char const *end_of_line(char const *line, char const *end)
{
    while (line < end) {
        char const *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline || newline + 1 == end || (newline[1] != ' ' && newline[1] != '\t'))
            return newline ? newline + 1 : end;
        line = newline + 1;
    }
    return end;
}

static char const *skip_space(char const *p, char const *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || is_line_end(*p)))
        p++;
    return p;
}

/* Value of a line that is Content-Length in either form; LENGTH_MISSING if it is another header. */
static int64_t line_length(char const *line, char const *end)
{
    static char const name[] = "Content-Length";
    size_t const name_len = sizeof name - 1;
    char const *p;
    int64_t value = 0;

    if ((size_t)(end - line) > name_len && strncasecmp(line, name, name_len) == 0)
        p = skip_space(line + name_len, end);
    else if (*line == 'l' || *line == 'L')
        p = skip_space(line + 1, end);
    else
        return LENGTH_MISSING;
    if (p == end || *p != ':')
        return LENGTH_MISSING;
    p = skip_space(p + 1, end);
    if (p == end || *p < '0' || *p > '9')
        return LENGTH_WRONG;
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (*p - '0');
        if (value > UINT32_MAX)
            return LENGTH_WRONG;
    }
    return skip_space(p, end) == end ? value : LENGTH_WRONG;
}

static int64_t content_length(char const *header, size_t len)
{
    char const *end = header + len;
    int64_t found = LENGTH_MISSING;

    for (char const *line = end_of_line(header, end); line < end;) {
        char const *next = end_of_line(line, end);
        int64_t value = line_length(line, next);
        if (value == LENGTH_WRONG)
            return value;
        if (value != LENGTH_MISSING && found != LENGTH_MISSING && value != found)
            return LENGTH_WRONG;
        if (value != LENGTH_MISSING)
            found = value;
        line = next;
    }
    return found;
}

/* Empty lines before a message, and keep-alives (RFC 5626 3.5.1: CRLFCRLF asks, CRLF answers). */
static enum transport_frame_result blank_lines(char const *data, size_t len, size_t *ret_len)
{
    if (len >= 4 && memcmp(data, "\r\n\r\n", 4) == 0) {
        *ret_len = 4;
        return TRANSPORT_FRAME_PING;
    }
    size_t line = data[0] == '\r' ? 2 : 1;
    if (len < line || (line == 2 && len < 4 && memcmp(data, "\r\n\r\n", len) == 0))
        return TRANSPORT_FRAME_MORE;
    *ret_len = line == 2 && data[1] != '\n' ? 1 : line;
    return TRANSPORT_FRAME_BLANK;
}

static enum transport_frame_result fail(struct transport_frame *frame,
                                        enum transport_frame_result result, char const *text)
{
    frame->fault = text;
    return result;
}

enum transport_frame_result transport_frame_next(struct transport_frame *frame, char const *data,
                                                 size_t len, size_t max_message, size_t *ret_len)
{
    if (len == 0)
        return TRANSPORT_FRAME_MORE;
    if (is_line_end(data[0]))
        return blank_lines(data, len, ret_len);
    if (!is_token_char(data[0]))
        return fail(frame, TRANSPORT_FRAME_FAULT, "not SIP");
    if (!frame->message_len) {
        size_t header = find_header_end(frame, data, len);
        size_t max_header =
            max_message < TRANSPORT_FRAME_MAX_HEADER ? max_message : TRANSPORT_FRAME_MAX_HEADER;
        frame->is_too_large = (header ? header : len) > max_header;
        if (frame->is_too_large)
            return fail(frame, TRANSPORT_FRAME_FAULT, "header too large");
        if (!header)
            return TRANSPORT_FRAME_MORE;
        int64_t body = content_length(data, header);
        *ret_len = header;
        if (body == LENGTH_MISSING)
            return fail(frame, TRANSPORT_FRAME_LAST, "missing Content-Length");
        if (body == LENGTH_WRONG)
            return fail(frame, TRANSPORT_FRAME_LAST, "bad Content-Length");
        frame->is_too_large = (uint64_t)body > max_message - header;
        if (frame->is_too_large)
            return fail(frame, TRANSPORT_FRAME_LAST, "message too large");
        frame->message_len = header + (size_t)body;
    }
    if (len < frame->message_len)
        return TRANSPORT_FRAME_MORE;
    *ret_len = frame->message_len;
    *frame = (struct transport_frame){ 0 };
    return TRANSPORT_FRAME_MESSAGE;
}
