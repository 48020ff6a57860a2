/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing line URIs, with the tolerance that real clients need and no more. */
#include "line_uri.h"
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* RFC 3966 visual separators, and the blank that people type. */
static int is_separator(char c)
{
    return c == '-' || c == '.' || c == '(' || c == ')' || c == ' ';
}

static int is_dialable(char c)
{
    return isdigit((unsigned char)c) || c == '+' || c == '*' || c == '#';
}

static int copy_number(char const *from, size_t len, char ret[LINE_URI_NUMBER])
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (is_separator(from[i]))
            continue;
        if (!is_dialable(from[i]) || (from[i] == '+' && n) || n + 1 >= LINE_URI_NUMBER)
            return -EINVAL;
        ret[n++] = from[i];
    }
    ret[n] = '\0';
    return n && strcmp(ret, "+") != 0 ? 0 : -EINVAL;
}

static int copy_param(char const *from, size_t len, char ret[LINE_URI_PARAM])
{
    if (len >= LINE_URI_PARAM)
        return -EINVAL;
    memcpy(ret, from, len);
    ret[len] = '\0';
    return 0;
}

static int is_named(char const *param, size_t len, char const *name)
{
    return len > strlen(name) && strncasecmp(param, name, strlen(name)) == 0;
}

static int take_param(char const *param, size_t len, struct line_uri *ret)
{
    if (is_named(param, len, "device="))
        return copy_param(param + 7, len - 7, ret->device);
    if (is_named(param, len, "partition="))
        return copy_param(param + 10, len - 10, ret->partition);
    if (is_named(param, len, "phone-context="))
        ret->dialstring = len == 24 && strncasecmp(param + 14, "dialstring", 10) == 0;
    if (is_named(param, len, "ext="))
        return copy_number(param + 4, len - 4, ret->number);
    return 0;
}

/* Bytes up to the next semicolon, or to @p end. */
static size_t part_len(char const *text, char const *end)
{
    size_t len = strcspn(text, ";");

    return len < (size_t)(end - text) ? len : (size_t)(end - text);
}

/* In a SIP URI the line's parameters stand in the user part (RFC 3261 19.1.6); those behind the
 * host are of the URI. */
int line_uri_parse(char const *text, struct line_uri *ret)
{
    memset(ret, 0, sizeof *ret);
    if (strncasecmp(text, "tel:", 4) == 0 || strncasecmp(text, "sip:", 4) == 0)
        text += 4;
    char const *end = text + strcspn(text, "@");
    size_t len = part_len(text, end);
    int err = copy_number(text, len, ret->number);
    while (!err && (text += len) < end) {
        len = part_len(++text, end);
        err = take_param(text, len, ret);
    }
    return err;
}
