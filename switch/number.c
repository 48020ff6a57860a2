/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the spelling of directory numbers (RFC 3966 §5.1.1: visual separators carry no meaning). */
#include "number.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static char const *skip_scheme(char const *text)
{
    static char const *const schemes[] = { "tel:", "sip:" };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i]);
        if (strncasecmp(text, schemes[i], len) == 0)
            return text + len;
    }
    return text;
}

int number_parse(char const *text, char ret[static NUMBER_MAX + 1])
{
    size_t n = 0;
    for (char const *p = skip_scheme(text); *p && *p != ';' && *p != '@'; p++) {
        if (strchr(" ()-.", *p))
            continue;
        bool is_plus = *p == '+' && n == 0;
        if ((!is_plus && !strchr("0123456789*#", *p)) || n == NUMBER_MAX)
            return -EINVAL;
        ret[n++] = *p;
    }
    ret[n] = '\0';
    return n == 0 || strcmp(ret, "+") == 0 ? -EINVAL : 0;
}
