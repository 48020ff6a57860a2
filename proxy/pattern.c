/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax and matching of one pattern: see pattern.h. */
#include "pattern.h"
#include "net_addr.h"
#include <ctype.h>
#include <string.h>

/* --- compiling -----------------------------------------------------------------------------------
 */

/* One writing of a host: without brackets, without a final dot; IPv6 as inet_ntop writes it.
 * Returns the length, or 0 if @p text has a colon and is neither an address nor has an asterisk. */
static size_t host_text(char ret[static PATTERN_MAX + 1], char const *text, size_t len)
{
    struct net_addr addr;
    char plain[NET_ADDR_TEXT];
    char const *colon;
    bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    if (brackets) {
        text++;
        len -= 2;
    } else if (len > 1 && text[len - 1] == '.') {
        len--;
    }
    memcpy(ret, text, len);
    ret[len] = '\0';
    if ((colon = strchr(ret, ':')) && !strchr(ret, '*')) {
        if (!strchr(colon + 1, ':') || net_addr_parse(&addr, ret, 0) < 0)
            return 0;
        net_addr_print_host(&addr, plain);
        len = strlen(plain);
        memcpy(ret, plain, len + 1);
    }
    return len;
}

static char const *fault_of_literal(enum pattern_mode mode, unsigned char c)
{
    if (c <= ' ' || c == 0x7f)
        return "a blank or a control character cannot be in a pattern";
    if (mode == PATTERN_USER)
        return c == '@' ? "\"@\": a user pattern is for the user part alone" : NULL;
    return isalnum(c) || strchr("-_.:*", c) ? NULL : "has a character that no host name has";
}

static void add_token(struct pattern *pattern, unsigned char token)
{
    bool literal = token != PATTERN_ANY1 && token != PATTERN_ANYN;
    pattern->has_embedded_dot |= literal && memchr(pattern->tokens, PATTERN_ANY1, pattern->len);
    pattern->n_literals += literal;
    pattern->n_anyn += token == PATTERN_ANYN;
    pattern->tokens[pattern->len++] = token;
}

static char const *add_asterisk(struct pattern *pattern, bool last)
{
    if (pattern->mode == PATTERN_USER && !last)
        return "\"*\" stands before the last place (an asterisk is written \\*)";
    if (pattern->len == 0 || pattern->tokens[pattern->len - 1] != PATTERN_ANYN)
        add_token(pattern, PATTERN_ANYN);
    return NULL;
}

static char const *add_literal(struct pattern *pattern, unsigned char c)
{
    char const *fault = fault_of_literal(pattern->mode, c);
    if (!fault)
        add_token(pattern, pattern->mode == PATTERN_DOMAIN ? (unsigned char)tolower(c) : c);
    return fault;
}

static char const *compile_text(struct pattern *pattern, char const *text)
{
    char const *fault = NULL;
    for (; *text && !fault; text++) {
        if (*text == '\\' && text[1] != '*')
            return "\"\\\" stands before something else than \"*\"";
        if (*text == '\\')
            fault = add_literal(pattern, (unsigned char)*++text);
        else if (*text == '*')
            fault = add_asterisk(pattern, !text[1]);
        else if (*text == '.' && pattern->mode == PATTERN_USER)
            add_token(pattern, PATTERN_ANY1);
        else
            fault = add_literal(pattern, (unsigned char)*text);
    }
    return fault;
}

char const *pattern_compile(struct pattern *ret, enum pattern_mode mode, char const *text)
{
    char host[PATTERN_MAX + 1];
    size_t len = strlen(text);
    *ret = (struct pattern){ .mode = mode };
    if (len == 0)
        return "is empty";
    if (len > PATTERN_MAX)
        return "is longer than 255 characters";
    if (mode == PATTERN_USER)
        return compile_text(ret, text);
    if (host_text(host, text, len) == 0)
        return "has a colon, but is no IPv6 address";
    return compile_text(ret, host);
}

uint32_t pattern_specificity(struct pattern const *pattern)
{
    return ((uint32_t)pattern->n_literals << 16) | ((uint32_t)pattern->len << 8) |
           (uint32_t)(UINT8_MAX - pattern->n_anyn);
}

/* --- matching ------------------------------------------------------------------------------------
 */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A text that fills the array is longer than all patterns, and only those that end with `*` match
 * it: what follows makes no difference. */
static void take_user(struct pattern_subject *ret, char const *user)
{
    while (*user && *user != ';' && ret->len < sizeof ret->text) {
        char c = *user++;
        if (c == '%' && hex(user[0]) >= 0 && hex(user[1]) >= 0) {
            c = (char)(hex(user[0]) * 16 + hex(user[1]));
            user += 2;
        }
        ret->text[ret->len++] = c;
    }
}

static bool take_host(struct pattern_subject *ret, char const *host)
{
    size_t len = strlen(host);
    if (len == 0 || len > PATTERN_MAX)
        return false;
    ret->len = host_text(ret->text, host, len);
    for (size_t i = 0; i < ret->len; i++)
        ret->text[i] = (char)tolower((unsigned char)ret->text[i]);
    return ret->len > 0;
}

bool pattern_subject(struct pattern_subject *ret, enum pattern_mode mode, url_t const *uri)
{
    ret->mode = mode;
    ret->len = 0;
    if (mode == PATTERN_DOMAIN)
        return uri->url_host && take_host(ret, uri->url_host);
    if (!uri->url_user || !*uri->url_user)
        return false;
    take_user(ret, uri->url_user);
    return true;
}

bool pattern_matches(struct pattern const *pattern, struct pattern_subject const *subject)
{
    size_t token = 0, at = 0;
    size_t after_star = SIZE_MAX, star_at = 0;
    if (pattern->mode != subject->mode)
        return false;
    while (at < subject->len || token < pattern->len) {
        unsigned char wanted = token < pattern->len ? pattern->tokens[token] : 0;
        bool more = at < subject->len;
        if (wanted == PATTERN_ANYN) {
            after_star = ++token;
            star_at = at;
        } else if (more && wanted &&
                   (wanted == PATTERN_ANY1 || wanted == (unsigned char)subject->text[at])) {
            token++;
            at++;
        } else if (after_star != SIZE_MAX && star_at < subject->len) {
            /* The last star takes one more; an earlier one never needs to. */
            token = after_star;
            at = ++star_at;
        } else {
            return false;
        }
    }
    return true;
}
