/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses in their one spelling. */
#include "pidf_entity.h"
#include "domain_name.h"
#include "text.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A user of 255 bytes, "@" and a domain. */
enum { KEY_MAX = 600 };

/* Behind the scheme, NULL if it is one of addresses that we do not know. */
static char const *skip_scheme(char const *entity)
{
    static char const *const schemes[] = { "pres:", "sip:", "sips:", "im:" };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(entity, schemes[i], strlen(schemes[i])) == 0)
            return entity + strlen(schemes[i]);
    size_t word = strcspn(entity, ":@");
    return entity[word] == ':' ? NULL : entity;
}

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10
                                        : -1;
}

/* RFC 3261 25.1: what may stand in the user part; the unreserved means the same with an escape. */
static bool is_unreserved(int c)
{
    return c > 0 && c < 0x80 && (isalnum(c) || strchr("-_.!~*'()", c));
}

static bool is_plain(int c)
{
    return is_unreserved(c) || (c > 0 && strchr("&=+$,;?/", c));
}

/* Escapes that need not be are undone, others get upper case digits. */
static bool add_user(struct text *key, char const *user, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (user[i] != '%') {
            if (!is_plain((unsigned char)user[i]))
                return false;
            text_add(key, user + i, 1);
            continue;
        }
        int high = i + 2 < len ? hex(user[i + 1]) : -1, low = i + 2 < len ? hex(user[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        char c = (char)(high << 4 | low), digits[] = "0123456789ABCDEF";
        if (is_unreserved((unsigned char)c)) {
            text_add(key, &c, 1);
        } else {
            text_puts(key, "%");
            text_add(key, digits + high, 1);
            text_add(key, digits + low, 1);
        }
        i += 2;
    }
    return len > 0;
}

/* The host, up to a port, parameters or headers. */
static bool add_host(struct text *key, char const *host)
{
    static char const letters[] =
        "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char name[DOMAIN_NAME_MAX + 1], lower[DOMAIN_NAME_MAX + 1];
    size_t len =
        *host == '[' ? 1 + strspn(host + 1, "0123456789abcdefABCDEF:.") : strspn(host, letters);

    if (*host == '[' && host[len++] != ']')
        return false;
    if (len == 0 || len >= sizeof name || (host[len] && !strchr(":;?", host[len])))
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    if (!domain_name_normalize(name, lower) || !*lower)
        return false;
    text_puts(key, lower);
    return true;
}

bool pidf_entity_key(char const *entity, char *ret, size_t size)
{
    char const *address = skip_scheme(entity);
    char const *at = address ? strchr(address, '@') : NULL;
    struct text key;

    text_begin(&key, ret, size);
    if (!at || !add_user(&key, address, (size_t)(at - address)))
        goto fail;
    text_puts(&key, "@");
    if (add_host(&key, at + 1) && !key.cut)
        return true;
fail:
    *ret = '\0';
    return false;
}

bool pidf_entity_is(char const *entity, char const *key)
{
    char own[KEY_MAX];

    return pidf_entity_key(entity, own, sizeof own) && strcmp(own, key) == 0;
}
