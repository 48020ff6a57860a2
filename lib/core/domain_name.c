/* SPDX-License-Identifier: Apache-2.0 */
/* See domain_name.h. The guide says nothing of a hyphen at the end of a label nor of its length;
 * RFC 1123 2.1 and RFC 1035 2.3.4 do, and no DNS server would have such a name. */
#include "domain_name.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { LABEL_MAX = 63 };

static char const *check_label(char const *label, size_t len)
{
    static char const allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    if (len == 0)
        return "a label is empty";
    if (len > LABEL_MAX)
        return "a label is longer than 63 characters";
    if (strspn(label, allowed) < len)
        return "only letters, digits, hyphens and dots may be in a domain";
    if (label[0] == '-' || label[len - 1] == '-')
        return "a label begins or ends with a hyphen";
    return NULL;
}

char const *domain_name_check(char const *name)
{
    char const *label = name, *wrong = NULL;

    if (strlen(name) > DOMAIN_NAME_MAX)
        return "longer than 255 characters";
    for (;;) {
        size_t len = strcspn(label, ".");
        wrong = check_label(label, len);
        if (wrong || !label[len])
            break;
        label += len + 1;
    }
    if (!wrong && *label >= '0' && *label <= '9')
        wrong = "the last label begins with a digit";
    return wrong;
}

char const *domain_name_check_set(char const *name)
{
    if (strcasecmp(name, "DOMAIN.NOT.SET") == 0)
        return "the domain was never set";
    return domain_name_check(name);
}

bool domain_name_normalize(char const *name, char ret[static DOMAIN_NAME_MAX + 1])
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '.')
        len--;
    if (len > DOMAIN_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        ret[i] = (char)tolower((unsigned char)name[i]);
    ret[len] = '\0';
    return true;
}
