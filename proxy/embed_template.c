/* SPDX-License-Identifier: Apache-2.0 */
/* A template is compiled like a user pattern, in which `x` then means a digit. */
#include "embed_template.h"

char const *embed_template_check(char const *text)
{
    struct pattern form;
    char const *fault = pattern_compile(&form, PATTERN_USER, text);
    if (fault)
        return fault;
    return form.has_embedded_dot ? NULL : "has no \".\" before a digit or an \"x\"";
}

bool embed_template_fits(char const *text, struct pattern const *pattern)
{
    struct pattern form;
    if (pattern_compile(&form, PATTERN_USER, text) || form.len != pattern->len)
        return false;
    for (size_t i = 0; i < form.len; i++) {
        unsigned char have = pattern->tokens[i];
        bool same = form.tokens[i] == 'x' ? have >= '0' && have <= '9' : form.tokens[i] == have;
        if (!same)
            return false;
    }
    return true;
}
