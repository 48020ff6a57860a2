/* SPDX-License-Identifier: Apache-2.0 */
/* The guard walks from '<' to '<'. It needs no more XML than where comments, CDATA sections and
 * quoted attribute values end: everything else that could hide a '<' is refused. */
#include "xml_guard.h"
#include "xml_char.h"
#include <string.h>
#include <strings.h>

struct guard {
    char const *at, *end;
    struct xml_limits const *limits;
    unsigned depth;
};

static bool starts_with(struct guard const *guard, char const *text)
{
    size_t len = strlen(text);
    return (size_t)(guard->end - guard->at) >= len && memcmp(guard->at, text, len) == 0;
}

/* Moves behind the next @p text; false if there is none. */
static bool pass(struct guard *guard, char const *text)
{
    char const *found = memmem(guard->at, (size_t)(guard->end - guard->at), text, strlen(text));
    if (!found)
        return false;
    guard->at = found + strlen(text);
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* encoding="..." in the declaration: UTF-8, or not there. */
bool xml_guard_is_utf8_declared(char const *text, size_t len)
{
    static char const key[] = "encoding";
    char const *end = text + len;
    char const *at = memmem(text, len, key, sizeof key - 1);

    if (!at)
        return true;
    at += sizeof key - 1;
    while (at < end && (is_space(*at) || *at == '='))
        at++;
    return end - at >= 7 && strncasecmp(at + 1, "utf-8", 5) == 0 && at[6] == at[0];
}

static char const *check_declaration(struct guard *guard)
{
    char const *start = guard->at;

    if (!starts_with(guard, "<?xml") || guard->end - start < 6 || !is_space(start[5]))
        return NULL; /* none; another <? is refused where it is met */
    if (!pass(guard, "?>"))
        return "XML declaration without an end";
    if (!xml_guard_is_utf8_declared(start, (size_t)(guard->at - start)))
        return "encoding is not UTF-8";
    return NULL;
}

/* A start tag, with at behind its '<'. Attributes are counted by their '='. */
static char const *check_start_tag(struct guard *guard)
{
    unsigned attributes = 0;
    char quote = 0;

    for (; guard->at < guard->end; guard->at++) {
        char c = *guard->at;
        if (quote) {
            if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '=' && ++attributes > guard->limits->max_attributes) {
            return "too many attributes";
        } else if (c == '>') {
            break;
        }
    }
    if (guard->at >= guard->end)
        return "tag without an end";
    bool empty = guard->at[-1] == '/';
    guard->at++;
    if (guard->depth >= guard->limits->max_depth)
        return "elements are nested too deep";
    if (!empty)
        guard->depth++;
    return NULL;
}

/* One piece of markup, with at on its '<'. */
static char const *check_markup(struct guard *guard)
{
    if (starts_with(guard, "<!--")) {
        guard->at += 4;
        return pass(guard, "-->") ? NULL : "comment without an end";
    }
    if (starts_with(guard, "<![CDATA["))
        return pass(guard, "]]>") ? NULL : "CDATA section without an end";
    if (starts_with(guard, "<!"))
        return "document type declaration";
    if (starts_with(guard, "<?"))
        return "processing instruction";
    if (starts_with(guard, "</")) {
        if (guard->depth > 0)
            guard->depth--;
        return pass(guard, ">") ? NULL : "tag without an end";
    }
    guard->at++;
    return check_start_tag(guard);
}

char const *xml_guard_check(char const *xml, size_t len, struct xml_limits const *limits)
{
    struct guard guard = { .at = xml, .end = xml + len, .limits = limits };
    char const *fault;

    if (len == 0)
        return "no document";
    if (len > limits->max_bytes)
        return "document is too long";
    if (xml_char_span(xml, guard.end) != guard.end)
        return "a byte that UTF-8 XML cannot hold";
    if (starts_with(&guard, "\xEF\xBB\xBF"))
        guard.at += 3;
    fault = check_declaration(&guard);
    while (!fault) {
        guard.at = memchr(guard.at, '<', (size_t)(guard.end - guard.at));
        if (!guard.at)
            break;
        fault = check_markup(&guard);
    }
    return fault;
}
