/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of URIs as RFC 3261 §19.1.4 wants it, and addresses of record. */
#include "contact_uri.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

/* Present in one URI only, these make it another one; all other parameters do not. */
static char const *const telling[] = { "transport", "user", "ttl", "method", "maddr" };

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Next character of an escaped text; one that is reserved differs from itself unescaped. */
static int next_char(char const **text)
{
    char const *at = *text;
    int high, low, c = (unsigned char)*at;
    if (!c)
        return 0;
    *text = at + 1;
    if (c != '%' || (high = hex(at[1])) < 0 || (low = hex(at[2])) < 0)
        return c;
    *text = at + 3;
    c = high << 4 | low;
    return c > 0x20 && c < 0x7f && !strchr(";/?:@&=+$,%\"<>#[]\\^`{|}", c) ? c : 0x100 | c;
}

static bool same_escaped(char const *a, char const *b)
{
    int x, y;
    a = a ? a : "";
    b = b ? b : "";
    do {
        x = next_char(&a);
        y = next_char(&b);
    } while (x == y && x);
    return x == y;
}

static bool same_text(char const *a, char const *b)
{
    return strcasecmp(a ? a : "", b ? b : "") == 0;
}

static char const *find_param(char const *params, char const *name, size_t len)
{
    for (char const *at = params; at && *at;) {
        size_t n = strcspn(at, ";=");
        if (n == len && strncasecmp(at, name, len) == 0)
            return at;
        at += strcspn(at, ";");
        at += *at == ';';
    }
    return NULL;
}

static bool same_param(char const *a, char const *b)
{
    size_t n = strcspn(a, ";");
    return n == strcspn(b, ";") && strncasecmp(a, b, n) == 0;
}

static bool same_params(char const *a, char const *b)
{
    for (char const *at = a; at && *at;) {
        char const *other = find_param(b, at, strcspn(at, ";="));
        if (other && !same_param(at, other))
            return false;
        at += strcspn(at, ";");
        at += *at == ';';
    }
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (!find_param(a, telling[i], strlen(telling[i])) !=
            !find_param(b, telling[i], strlen(telling[i])))
            return false;
    return true;
}

static bool parse(char const *text, char ret_text[static CONTACT_URI_MAX + 1], url_t *ret)
{
    size_t len = strlen(text);
    if (len > CONTACT_URI_MAX)
        return false;
    memcpy(ret_text, text, len + 1);
    return url_d(ret, ret_text) == 0 && (ret->url_type == url_sip || ret->url_type == url_sips);
}

bool contact_uri_equal(char const *a, char const *b)
{
    char text_a[CONTACT_URI_MAX + 1], text_b[CONTACT_URI_MAX + 1];
    url_t x, y;
    if (strcmp(a, b) == 0)
        return true;
    return parse(a, text_a, &x) && parse(b, text_b, &y) && x.url_type == y.url_type &&
           same_escaped(x.url_user, y.url_user) && same_escaped(x.url_password, y.url_password) &&
           same_text(x.url_host, y.url_host) && same_text(x.url_port, y.url_port) &&
           same_params(x.url_params, y.url_params) && same_text(x.url_headers, y.url_headers);
}

int contact_uri_aor(url_t const *url, char const *domain, char ret[static CONTACT_URI_AOR])
{
    static char const digits[] = "0123456789ABCDEF";
    char const *user = url->url_user;
    size_t n = 0, n_domain = strlen(domain);
    int c;
    if (!user || !*user)
        return -ENOENT;
    while ((c = next_char(&user))) {
        if (n + 3 + 1 + n_domain >= CONTACT_URI_AOR)
            return -E2BIG;
        if (c < 0x100) {
            ret[n++] = (char)c;
            continue;
        }
        ret[n++] = '%';
        ret[n++] = digits[c >> 4 & 15];
        ret[n++] = digits[c & 15];
    }
    ret[n++] = '@';
    memcpy(ret + n, domain, n_domain + 1);
    return 0;
}
