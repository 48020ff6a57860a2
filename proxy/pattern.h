/* SPDX-License-Identifier: Apache-2.0 */
/* Destination patterns of static routes (guide part 2, 1.3): their syntax, and one of them against
 * one text. Many of them at once: static_trie.h.
 *
 * A user pattern looks at the user part of a Request-URI: `.` is any one character, `*` any number
 * of them, also none, and stands in the last place only. A domain pattern looks at the host: `.` is
 * a dot, `*` may stand anywhere, case does not matter. In both, `\*` is an asterisk; `\` before
 * anything else is a fault. */
#pragma once
#include <sofia-sip/url.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pattern_mode { PATTERN_USER, PATTERN_DOMAIN };

enum { PATTERN_MAX = 255 }; /* bytes of a pattern as it is written */

/* Tokens are bytes: one of these two, or the character itself; control characters are no part of a
 * pattern. */
enum { PATTERN_ANY1 = 1, PATTERN_ANYN = 2 };

struct pattern {
    enum pattern_mode mode;
    uint8_t len; /* tokens */
    uint8_t n_literals;
    uint8_t n_anyn;
    bool has_embedded_dot; /* a literal stands behind an ANY1 (guide part 2, 1.3) */
    unsigned char tokens[PATTERN_MAX];
};

/** The part of a URI that patterns of one mode look at, in one spelling. */
struct pattern_subject {
    enum pattern_mode mode;
    size_t len;
    char text[PATTERN_MAX + 1]; /* without NUL */
};

/** Compiles @p text. Returns NULL, or why it is no pattern (static text). Domain patterns come out
 *  in lower case, without brackets and final dot, IPv6 addresses in their canonical form, and
 *  several `*` in a row as one. */
char const *pattern_compile(struct pattern *ret, enum pattern_mode mode, char const *text);

/** Orders patterns: more literals, then longer, then fewer ANYN is the greater, i.e. the more
 *  specific. */
uint32_t pattern_specificity(struct pattern const *pattern);

/** Takes the user part (unescaped, up to the first `;`, where the parameters of a telephone number
 *  begin) or the host of @p uri. False if it has none, or the host is longer than any name. */
bool pattern_subject(struct pattern_subject *ret, enum pattern_mode mode, url_t const *uri);

/** Does @p pattern match all of @p subject, which is of the same mode? At most len * len steps. */
bool pattern_matches(struct pattern const *pattern, struct pattern_subject const *subject);
