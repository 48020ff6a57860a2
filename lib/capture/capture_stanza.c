/* SPDX-License-Identifier: Apache-2.0 */
/* Depth of elements: tags with their quotes, comments, CDATA, processing instructions. */
#include "capture_stanza.h"
#include "capture_header.h"
#include <errno.h>
#include <string.h>

enum { TAG_MAX = 16384 };

/* Behind the text that ends what began at `at`; 0 if that is not there yet. */
static size_t find_end(struct capture_stanza *stanza, char const *bytes, size_t len,
                       char const *text)
{
    size_t n = strlen(text), from = stanza->searched > stanza->at ? stanza->searched : stanza->at;
    char const *end = memmem(bytes + from, len - from, text, n);

    if (end)
        return (size_t)(end - bytes) + n;
    stanza->searched = len > n ? len - n : 0;
    return 0;
}

/* Behind the '>' of the tag at `at`; 0 if that is not there yet. */
static size_t end_of_tag(char const *bytes, size_t len, size_t at)
{
    char quote = '\0';

    for (; at < len; at++) {
        if (quote)
            quote = bytes[at] == quote ? '\0' : quote;
        else if (bytes[at] == '"' || bytes[at] == '\'')
            quote = bytes[at];
        else if (bytes[at] == '>')
            return at + 1;
    }
    return 0;
}

/* "<stream:stream", with any prefix: its element stays open while the stanzas come. */
static bool opens_stream(char const *tag, size_t len)
{
    struct capture_span name = { tag + 1, 0 };

    while (name.len + 1 < len && !strchr(" \t\r\n/>", name.at[name.len]))
        name.len++;
    return capture_header_is(name, "stream") || capture_header_ends(name, ":stream");
}

/* The tag at `at`. 1: the stanza ends with it; 0: it goes on, or the tag is not whole; or -EPROTO.
 * Moves `at` if the tag is whole. */
static int take_tag(struct capture_stanza *stanza, char const *bytes, size_t len)
{
    char const *tag = bytes + stanza->at;
    size_t end = end_of_tag(bytes, len, stanza->at);

    if (!end && len - stanza->at <= TAG_MAX)
        return 0;
    stanza->at = end ? end : len;
    if (!end)
        return -EPROTO;
    if (tag[1] == '/')
        /* Without a stanza around it: the end of the stream. */
        return stanza->depth <= 1 ? 1 : (stanza->depth--, 0);
    if (bytes[end - 2] == '/')
        return stanza->depth == 0;
    if (stanza->depth == 0 && opens_stream(tag, len - (size_t)(tag - bytes)))
        return 1;
    stanza->depth++;
    return 0;
}

/* A comment and its like, to its end if that is there. */
static int take_section(struct capture_stanza *stanza, char const *bytes, size_t len,
                        char const *end)
{
    size_t behind = find_end(stanza, bytes, len, end);

    if (behind)
        stanza->at = behind;
    return 0;
}

/* What begins with '<' at `at`; as take_tag(). */
static int take_markup(struct capture_stanza *stanza, char const *bytes, size_t len)
{
    static struct {
        char const *start, *end;
    } const sections[] = { { "<?", "?>" }, { "<!--", "-->" }, { "<![CDATA[", "]]>" } };
    char const *at = bytes + stanza->at;
    size_t there = len - stanza->at;

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        switch (capture_header_begins(at, there, sections[i].start)) {
        case CAPTURE_START_MORE:
            return 0;
        case CAPTURE_START_YES:
            return take_section(stanza, bytes, len, sections[i].end);
        default:
            break;
        }
    return at[1] == '!' ? -EPROTO : take_tag(stanza, bytes, len);
}

long capture_stanza_scan(struct capture_stanza *stanza, char const *bytes, size_t len)
{
    while (stanza->at < len) {
        size_t before = stanza->at;
        int got;

        if (bytes[before] != '<') {
            char const *open = memchr(bytes + before, '<', len - before);

            if (stanza->depth == 0 && !capture_header_is_blank(bytes[before]))
                return -EPROTO;
            stanza->at = stanza->depth == 0 ? before + 1 : open ? (size_t)(open - bytes) : len;
            continue;
        }
        got = take_markup(stanza, bytes, len);
        if (got > 0)
            return (long)stanza->at;
        if (got < 0)
            return got;
        if (stanza->at == before)
            return 0;
    }
    return 0;
}

enum capture_start capture_stanza_starts(char const *bytes, size_t len)
{
    static char const *const starts[] = {
        "<?xml",     "<stream:stream", "</stream:stream", "<message",  "<presence", "<iq",
        "<stream:f", "<stream:e",      "<starttls",       "<proceed",  "<auth ",    "<response",
        "<success",  "<challenge",     "<failure",        "<handshake"
    };

    bool more = false;

    if (!len || bytes[0] != '<')
        return len ? CAPTURE_START_NO : CAPTURE_START_MORE;
    /* Most '<' of a text that is searched begin nothing of the kind. */
    if (len > 1 && !memchr("?/smpiarcfh", bytes[1], 11))
        return CAPTURE_START_NO;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        enum capture_start start = capture_header_begins(bytes, len, starts[i]);

        if (start == CAPTURE_START_YES)
            return start;
        more = more || start == CAPTURE_START_MORE;
    }
    return more ? CAPTURE_START_MORE : CAPTURE_START_NO;
}
