/* SPDX-License-Identifier: Apache-2.0 */
/* Line URIs as clients write them (csta-rcc 1.2): tel:2001;phone-context=dialstring;device=SEP..;
 * partition=PT1, E.164 with ;ext=, sip:2001@host, or bare digits.
 *
 * The client's bytes are kept by the caller for the echo; this finds what the driver needs. */
#pragma once
#include <stdbool.h>

enum { LINE_URI_NUMBER = 64, LINE_URI_PARAM = 64 };

struct line_uri {
    char number[LINE_URI_NUMBER]; /* without visual separators; "+" kept; "345" of ;ext=345 wins */
    char device[LINE_URI_PARAM];  /* ;device=, "" if none */
    char partition[LINE_URI_PARAM]; /* ;partition=, "" if none */
    bool dialstring;                /* ;phone-context=dialstring: not for E.164 numbers */
};

/** Returns 0, or -EINVAL: no number in it, or a part that is too long or has foreign characters. */
int line_uri_parse(char const *text, struct line_uri *ret);
