/* SPDX-License-Identifier: Apache-2.0 */
/* Lines may end with LF alone, for some clients' do; ours end with CRLF. */
#include "cpim.h"
#include "buf.h"
#include "xml_char.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a value's escapes stand for (RFC 3862 2.3.3). */
static char const escaped[] = "\\\"'\b\t\n\r", letters[] = "\\\"'btnr";

struct cpim *cpim_new(void)
{
    struct cpim *cpim = su_home_new(sizeof *cpim);

    if (cpim) {
        cpim->end = &cpim->headers;
        cpim->content_end = &cpim->content_headers;
        cpim->body = "";
    }
    return cpim;
}

void cpim_free(struct cpim **pcpim)
{
    struct cpim *cpim = *pcpim;

    *pcpim = NULL;
    if (cpim)
        su_home_unref(cpim->home);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct cursor {
    char const *at, *end;
};

/* The next line without its end; false: there is no whole one. */
static bool next_line(struct cursor *cursor, char const **ret, size_t *ret_len)
{
    char const *end = memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at));

    if (!end)
        return false;
    *ret = cursor->at;
    *ret_len = (size_t)(end - cursor->at);
    cursor->at = end + 1;
    if (*ret_len && (*ret)[*ret_len - 1] == '\r')
        --*ret_len;
    return true;
}

static bool is_name_char(char c)
{
    return c > 0x20 && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static int hex(char c)
{
    char const *digits = "0123456789abcdefABCDEF", *at = c ? strchr(digits, c) : NULL;

    return !at ? -1 : at - digits < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

/* The character of \uxxxx at @p text in UTF-8; its length, 0 if it is none that XML could hold. */
static size_t unicode(char const *text, char ret[static 4])
{
    unsigned code = 0;
    size_t len = 0;

    for (int i = 0; i < 4; i++) {
        int digit = hex(text[i]);
        if (digit < 0)
            return 0;
        code = code << 4 | (unsigned)digit;
    }
    if (code < 0x80) {
        ret[len++] = (char)code;
    } else if (code < 0x800) {
        ret[len++] = (char)(0xC0 | code >> 6);
        ret[len++] = (char)(0x80 | (code & 0x3F));
    } else {
        ret[len++] = (char)(0xE0 | code >> 12);
        ret[len++] = (char)(0x80 | (code >> 6 & 0x3F));
        ret[len++] = (char)(0x80 | (code & 0x3F));
    }
    return xml_char_len(ret, ret + len) == len ? len : 0;
}

/* In place: no value grows. */
static void undo_escapes(char *text)
{
    char *to = text;

    while (*text) {
        char const *letter = *text == '\\' && text[1] ? strchr(letters, text[1]) : NULL;
        size_t len = *text == '\\' && text[1] == 'u' ? strnlen(text + 2, 4) : 0;
        char wide[4];
        if (letter) {
            *to++ = escaped[letter - letters];
            text += 2;
        } else if (len == 4 && (len = unicode(text + 2, wide)) > 0) {
            memcpy(to, wide, len);
            to += len;
            text += 6;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

static struct cpim_header *append(struct cpim *cpim, struct cpim_header ***pend)
{
    struct cpim_header *header = su_zalloc(cpim->home, sizeof *header);

    if (header) {
        **pend = header;
        *pend = &header->next;
        header->parameters = header->value = "";
    }
    return header;
}

/* "Name:;parameters Value" */
static int read_header(struct cpim *cpim, struct cpim_header ***pend, char const *line, size_t len)
{
    size_t name = 0, value;
    struct cpim_header *header;
    char *text;

    while (name < len && is_name_char(line[name]))
        name++;
    if (name == 0 || name == len || line[name] != ':')
        return -EINVAL;
    for (value = name + 1; value < len && line[name + 1] == ';' && line[value] != ' ';)
        value++;
    header = append(cpim, pend);
    if (!header)
        return -ENOMEM;
    header->name = su_strndup(cpim->home, line, (isize_t)name);
    header->parameters = su_strndup(cpim->home, line + name + 1, (isize_t)(value - name - 1));
    while (value < len && (line[value] == ' ' || line[value] == '\t'))
        value++;
    text = su_strndup(cpim->home, line + value, (isize_t)(len - value));
    if (!header->name || !header->parameters || !text)
        return -ENOMEM;
    undo_escapes(text);
    header->value = text;
    return 0;
}

/* Up to the empty line. */
static int read_headers(struct cpim *cpim, struct cursor *cursor, struct cpim_header ***pend)
{
    char const *line;
    size_t len;

    for (int n = 0; next_line(cursor, &line, &len); n++) {
        if (len == 0)
            return 0;
        int error = n < CPIM_MAX_HEADERS && xml_char_span(line, line + len) == line + len
                        ? read_header(cpim, pend, line, len)
                        : -EINVAL;
        if (error < 0)
            return error;
    }
    return -EINVAL;
}

int cpim_read(char const *bytes, size_t len, struct cpim **ret)
{
    struct cpim *cpim = cpim_new();
    struct cursor cursor = { bytes, bytes + len };
    int error = cpim ? read_headers(cpim, &cursor, &cpim->end) : -ENOMEM;

    *ret = NULL;
    if (error == 0)
        error = read_headers(cpim, &cursor, &cpim->content_end);
    if (error == 0) {
        cpim->body_len = (size_t)(cursor.end - cursor.at);
        cpim->body = su_strndup(cpim->home, cursor.at, (isize_t)cpim->body_len);
        error = cpim->body ? 0 : -ENOMEM;
    }
    if (error == 0)
        *ret = cpim;
    else
        cpim_free(&cpim);
    return error;
}

/* The prefix that the message gives to @p ns: "NS: imdn <urn:ietf:params:imdn>". */
static bool find_prefix(struct cpim const *cpim, char const *ns, char const **ret, size_t *ret_len)
{
    size_t ns_len = strlen(ns);

    for (struct cpim_header const *header = cpim->headers; header; header = header->next) {
        char const *open = strcmp(header->name, "NS") == 0 ? strchr(header->value, '<') : NULL;
        if (!open || strncmp(open + 1, ns, ns_len) != 0 || open[1 + ns_len] != '>')
            continue;
        *ret = header->value;
        *ret_len = strcspn(header->value, " <");
        return true;
    }
    return false;
}

char const *cpim_find(struct cpim const *cpim, char const *ns, char const *name)
{
    char const *prefix = "";
    size_t len = 0;

    if (ns && !find_prefix(cpim, ns, &prefix, &len))
        return NULL;
    for (struct cpim_header const *header = cpim->headers; header; header = header->next) {
        char const *own = header->name;
        if (len && (strncmp(own, prefix, len) != 0 || own[len] != '.'))
            continue;
        if (strcmp(own + len + (len > 0), name) == 0)
            return header->value;
    }
    return NULL;
}

char const *cpim_find_content(struct cpim const *cpim, char const *name)
{
    for (struct cpim_header const *header = cpim->content_headers; header; header = header->next)
        if (strcasecmp(header->name, name) == 0)
            return header->value;
    return NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int add(struct cpim *cpim, struct cpim_header ***pend, char const *name, char const *value)
{
    struct cpim_header *header = value ? append(cpim, pend) : NULL;

    if (!value)
        return 0;
    if (!header)
        return -ENOMEM;
    header->name = su_strdup(cpim->home, name);
    header->value = su_strdup(cpim->home, value);
    return header->name && header->value ? 0 : -ENOMEM;
}

int cpim_add(struct cpim *cpim, char const *name, char const *value)
{
    return add(cpim, &cpim->end, name, value);
}

int cpim_add_content(struct cpim *cpim, char const *name, char const *value)
{
    return add(cpim, &cpim->content_end, name, value);
}

/* Only what would not be read back the same; quotes stand in addresses. */
static void write_value(char const *value, struct buf *out)
{
    for (; *value; value++) {
        char const *found = strchr("\\\b\t\n\r", *value);
        if (found)
            buf_printf(out, "\\%c", letters[strchr(escaped, *value) - escaped]);
        else
            buf_add(out, value, 1);
    }
}

static void write_headers(struct cpim_header const *header, struct buf *out)
{
    for (; header; header = header->next) {
        buf_printf(out, "%s:%s ", header->name, header->parameters);
        write_value(header->value, out);
        buf_puts(out, "\r\n");
    }
    buf_puts(out, "\r\n");
}

void cpim_write(struct cpim const *cpim, struct buf *out)
{
    write_headers(cpim->headers, out);
    write_headers(cpim->content_headers, out);
    buf_add(out, cpim->body, cpim->body_len);
}
