/* SPDX-License-Identifier: Apache-2.0 */
/* A scan over header lines: see steer_owner.h. */
#include "steer_owner.h"
#include "htab.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { WORKER_MAX = 0xffff };

/* A piece of the message. */
struct span {
    char const *at;
    size_t len;
};

bool steer_owner_is_response(char const *bytes, size_t len)
{
    return len >= 8 && strncasecmp(bytes, "SIP/2.0 ", 8) == 0;
}

/* The header line that begins at @p *pos, with its folded lines; moves *@p pos behind it. False at
 * the end of the head. */
static bool next_line(char const *bytes, size_t len, size_t *pos, struct span *ret)
{
    size_t end = *pos;
    if (*pos >= len || bytes[*pos] == '\r' || bytes[*pos] == '\n')
        return false;
    for (;;) {
        char const *newline = memchr(bytes + end, '\n', len - end);
        end = newline ? (size_t)(newline - bytes) + 1 : len;
        if (end >= len || (bytes[end] != ' ' && bytes[end] != '\t'))
            break;
    }
    *ret = (struct span){ bytes + *pos, end - *pos };
    *pos = end;
    return true;
}

static struct span trimmed(struct span span)
{
    while (span.len && isspace((unsigned char)span.at[0])) {
        span.at++;
        span.len--;
    }
    while (span.len && isspace((unsigned char)span.at[span.len - 1]))
        span.len--;
    return span;
}

/* Is this the header @p name, or @p compact? Then its value is in *@p ret. */
static bool is_header(struct span line, char const *name, char compact, struct span *ret)
{
    char const *colon = memchr(line.at, ':', line.len);
    if (!colon)
        return false;
    struct span key = trimmed((struct span){ line.at, (size_t)(colon - line.at) });
    *ret = trimmed((struct span){ colon + 1, line.len - (size_t)(colon + 1 - line.at) });
    if (key.len == 1)
        return tolower((unsigned char)key.at[0]) == compact;
    return key.len == strlen(name) && strncasecmp(key.at, name, key.len) == 0;
}

static bool find_header(char const *bytes, size_t len, char const *name, char compact,
                        struct span *ret)
{
    struct span line;
    size_t pos = 0;
    if (!next_line(bytes, len, &pos, &line)) /* the start line */
        return false;
    while (next_line(bytes, len, &pos, &line))
        if (is_header(line, name, compact, ret))
            return true;
    return false;
}

/* The number in "branch=z9hG4bK1f.", or -1. Only the top Via counts: the values of others end at a
 * comma. */
static long worker_of(struct span via)
{
    static char const key[] = "branch=z9hG4bK";
    size_t const key_len = sizeof key - 1;
    long worker = -1;
    for (size_t i = 0; i + key_len < via.len && via.at[i] != ','; i++) {
        if (strncasecmp(via.at + i, key, key_len) != 0)
            continue;
        for (i += key_len; i < via.len && isxdigit((unsigned char)via.at[i]); i++) {
            int digit = tolower((unsigned char)via.at[i]);
            worker =
                (worker < 0 ? 0 : worker) * 16 + (digit > '9' ? digit - 'a' + 10 : digit - '0');
            if (worker > WORKER_MAX)
                return -1;
        }
        return i < via.len && via.at[i] == '.' ? worker : -1;
    }
    return -1;
}

unsigned steer_owner(char const *bytes, size_t len, unsigned workers)
{
    struct span value;
    if (workers < 2)
        return 0;
    if (steer_owner_is_response(bytes, len)) {
        long worker = find_header(bytes, len, "Via", 'v', &value) ? worker_of(value) : -1;
        return worker >= 0 && worker < (long)workers ? (unsigned)worker : 0;
    }
    if (!find_header(bytes, len, "Call-ID", 'i', &value))
        return 0;
    return (unsigned)(htab_hash(value.at, value.len, 0) % workers);
}
