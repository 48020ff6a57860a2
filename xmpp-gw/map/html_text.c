/* SPDX-License-Identifier: Apache-2.0 */
/* One pass; white space is one space or one line end, as browsers show it. */
#include "html_text.h"
#include "buf.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct page {
    char const *at, *end;
    struct buf *out;
    size_t start; /* of what we have appended */
    bool wants_space;
    unsigned wants_lines; /* before what comes next */
};

static struct {
    char const *name;
    char const *text;
} const entities[] = {
    { "amp", "&" },
    { "lt", "<" },
    { "gt", ">" },
    { "quot", "\"" },
    { "apos", "'" },
    { "nbsp", " " },
    { "hellip", "\xE2\x80\xA6" },
    { "euro", "\xE2\x82\xAC" },
};

static void put(struct page *page, char const *text, size_t len)
{
    if (page->out->len > page->start)
        for (; page->wants_lines; page->wants_lines--, page->wants_space = false)
            buf_puts(page->out, "\n");
    if (page->wants_space && page->out->len > page->start)
        buf_puts(page->out, " ");
    page->wants_space = false;
    page->wants_lines = 0;
    buf_add(page->out, text, len);
}

/* Two in a row are one empty line between paragraphs. */
static void want_lines(struct page *page, unsigned n)
{
    if (page->wants_lines < n)
        page->wants_lines = n;
}

static void put_code(struct page *page, unsigned long code)
{
    char text[4];
    size_t len = 0;

    if (code < 0x20 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ||
        (code & 0xFFFE) == 0xFFFE) {
        page->wants_space = true;
        return;
    }
    if (code < 0x80) {
        text[len++] = (char)code;
    } else if (code < 0x800) {
        text[len++] = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        text[len++] = (char)(0xE0 | code >> 12);
        text[len++] = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        text[len++] = (char)(0xF0 | code >> 18);
        text[len++] = (char)(0x80 | (code >> 12 & 0x3F));
        text[len++] = (char)(0x80 | (code >> 6 & 0x3F));
    }
    if (code >= 0x80)
        text[len++] = (char)(0x80 | (code & 0x3F));
    put(page, text, len);
}

/* "&name;", "&#65;", "&#x41;"; what is none of these is text. */
static void read_entity(struct page *page)
{
    size_t left = (size_t)(page->end - page->at), len = 1;
    char name[12];

    while (len < left && len < sizeof name &&
           (isalnum((unsigned char)page->at[len]) || page->at[len] == '#'))
        len++;
    if (len < 2 || len == left || len == sizeof name || page->at[len] != ';') {
        put(page, page->at++, 1);
        return;
    }
    memcpy(name, page->at + 1, len - 1);
    name[len - 1] = '\0';
    page->at += len + 1;
    if (name[0] == '#') {
        bool is_hex = (name[1] | 0x20) == 'x';
        put_code(page, strtoul(name + 1 + is_hex, NULL, is_hex ? 16 : 10));
        return;
    }
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strcmp(entities[i].name, name) == 0)
            put(page, entities[i].text, strlen(entities[i].text));
}

/* Behind the end tag of @p name, whatever is before it. */
static void skip_content(struct page *page, char const *name)
{
    size_t len = strlen(name);

    for (; page->end - page->at > 2; page->at++)
        if (page->at[0] == '<' && page->at[1] == '/' && (size_t)(page->end - page->at - 2) >= len &&
            strncasecmp(page->at + 2, name, len) == 0)
            return;
    page->at = page->end;
}

static bool is_one_of(char const *name, char const *const *list)
{
    for (; *list; list++)
        if (strcasecmp(*list, name) == 0)
            return true;
    return false;
}

static void on_tag(struct page *page, char const *name, bool is_end)
{
    static char const *const lines[] = { "br", "li", "tr", "div", NULL };
    static char const *const paragraphs[] = { "p",  "h1",    "h2",         "h3",  "h4", "ul",
                                              "ol", "table", "blockquote", "pre", NULL };
    static char const *const hidden[] = { "script", "style", "head", "title", NULL };

    if (strcasecmp(name, "br") == 0 && page->wants_lines < 2)
        page->wants_lines++;
    else if (is_one_of(name, lines))
        want_lines(page, 1);
    else if (is_one_of(name, paragraphs))
        want_lines(page, 2);
    else if (!is_end && is_one_of(name, hidden))
        skip_content(page, name);
}

/* From "<" on; one that begins no tag is text. */
static void read_tag(struct page *page)
{
    char const *from = page->at + 1, *close;
    bool is_end = from < page->end && *from == '/';
    char name[16];
    size_t len = 0;

    from += is_end;
    if (from == page->end || !(isalpha((unsigned char)*from) || strchr("!?", *from))) {
        put(page, page->at++, 1);
        return;
    }
    if (page->end - from >= 3 && memcmp(from, "!--", 3) == 0) {
        close = memmem(from + 3, (size_t)(page->end - from - 3), "-->", 3);
        page->at = close ? close + 3 : page->end;
        return;
    }
    while (from + len < page->end && len + 1 < sizeof name && isalnum((unsigned char)from[len])) {
        name[len] = from[len];
        len++;
    }
    name[len] = '\0';
    close = memchr(from, '>', (size_t)(page->end - from));
    page->at = close ? close + 1 : page->end;
    on_tag(page, name, is_end);
}

static void read_char(struct page *page)
{
    if (strchr(" \t\r\n", *page->at)) /* a zero byte, too */
        page->wants_space = true;
    else
        put(page, page->at, 1);
    page->at++;
}

void html_text(char const *html, size_t len, struct buf *out)
{
    struct page page = { .at = html, .end = html + len, .out = out, .start = out->len };

    while (page.at < page.end) {
        if (*page.at == '<')
            read_tag(&page);
        else if (*page.at == '&')
            read_entity(&page);
        else
            read_char(&page);
    }
}
