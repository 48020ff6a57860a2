/* SPDX-License-Identifier: Apache-2.0 */
/* From Latin-1 to UTF-8. */
#include "feature_body.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Length of the XML declaration, 0 if there is none. */
static size_t declaration_len(char const *xml, size_t len)
{
    char const *end = len > 5 && memcmp(xml, "<?xml", 5) == 0 ? memmem(xml, len, "?>", 2) : NULL;

    return end ? (size_t)(end - xml) + 2 : 0;
}

static bool names(char const *text, size_t len, char const *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if (strncasecmp(text + i, word, n) == 0)
            return true;
    return false;
}

char const *feature_body_utf8(su_home_t *home, char const *xml, size_t len, size_t *ret_len)
{
    size_t skip = declaration_len(xml, len), n = 0;

    *ret_len = len;
    if (!names(xml, skip, "\"ISO-8859-1\"") && !names(xml, skip, "'ISO-8859-1'") &&
        !names(xml, skip, "\"US-ASCII\"") && !names(xml, skip, "'US-ASCII'"))
        return xml;
    char *copy = su_alloc(home, (isize_t)(2 * (len - skip) + 1));
    for (size_t i = skip; copy && i < len; i++) {
        unsigned char byte = (unsigned char)xml[i];
        if (byte >= 0x80)
            copy[n++] = (char)(0xc0 | byte >> 6);
        copy[n++] = (char)(byte < 0x80 ? byte : 0x80 | (byte & 0x3f));
    }
    *ret_len = n;
    return copy;
}
