/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and elements of dialback: see dialback.h. */
#include "dialback.h"
#include "buf.h"
#include "xml_escape.h"
#include "xml_tree.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define NS_STANZAS "urn:ietf:params:xml:ns:xmpp-stanzas"

enum { HASH_BYTES = 32, TEXT_BYTES = 2048 };

static struct {
    char const *name, *type, *text;
} const errors[DIALBACK_ERRORS] = {
    { "", "", "" },
#define DIALBACK_CONDITION(id, name, type, words) { name, type, words },
#include "dialback_errors.def"
#undef DIALBACK_CONDITION
};

static char const *const kinds[] = { "result", "verify" };
static char const *const types[] = { NULL, "valid", "invalid", "error" };

static void print_hex(unsigned char const bytes[static HASH_BYTES],
                      char ret[static DIALBACK_KEY_BYTES])
{
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

/* XEP-0185: the hash of the secret, in hexadecimal, is what keys the HMAC. */
bool dialback_key(char const *secret, char const *receiving, char const *originating,
                  char const *id, char ret[static DIALBACK_KEY_BYTES])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char hashed[DIALBACK_KEY_BYTES], text[TEXT_BYTES];
    unsigned len = 0;
    int text_len = snprintf(text, sizeof text, "%s %s %s", receiving, originating, id);

    ret[0] = '\0';
    if (text_len >= TEXT_BYTES ||
        EVP_Digest(secret, strlen(secret), hash, &len, EVP_sha256(), NULL) != 1)
        return false;
    print_hex(hash, hashed);
    if (!HMAC(EVP_sha256(), hashed, DIALBACK_KEY_BYTES - 1, (unsigned char const *)text,
              (size_t)text_len, hash, &len))
        return false;
    print_hex(hash, ret);
    return true;
}

bool dialback_key_is(char const *key, char const *secret, char const *receiving,
                     char const *originating, char const *id)
{
    char right[DIALBACK_KEY_BYTES];

    return dialback_key(secret, receiving, originating, id, right) &&
           strlen(key) == DIALBACK_KEY_BYTES - 1 &&
           CRYPTO_memcmp(key, right, DIALBACK_KEY_BYTES - 1) == 0;
}

static enum dialback_error read_error(struct xml_element const *element)
{
    struct xml_element const *error = xml_element_child(element, "error", NULL);
    struct xml_element const *condition = xml_element_first(error);

    for (; condition; condition = xml_element_next(condition))
        for (int i = 1; i < DIALBACK_ERRORS; i++)
            if (xml_element_is(condition, errors[i].name, NS_STANZAS))
                return (enum dialback_error)i;
    return DIALBACK_undefined;
}

/* The index of @p text, which may be NULL, among @p n of @p list; -1: it is none. */
static int find(char const *const *list, int n, char const *text)
{
    for (int i = 0; i < n; i++)
        if (list[i] && text ? strcmp(list[i], text) == 0 : list[i] == text)
            return i;
    return -1;
}

bool dialback_read(struct xml_element const *element, struct dialback *ret)
{
    char const *from = xml_element_attribute(element, "from");
    char const *to = xml_element_attribute(element, "to");
    char const *id = xml_element_attribute(element, "id");
    int type = find(types, 4, xml_element_attribute(element, "type"));

    if (!element || strcmp(element->ns, DIALBACK_NS) != 0)
        return false;
    int kind = find(kinds, 2, element->name);
    if (kind < 0 || type < 0 || !from || !*from || !to || !*to)
        return false;
    if (kind == DIALBACK_VERIFY && (!id || !*id))
        return false;
    *ret = (struct dialback){ .kind = (enum dialback_kind)kind, .type = (enum dialback_type)type };
    ret->from = from;
    ret->to = to;
    ret->id = kind == DIALBACK_VERIFY ? id : "";
    ret->key = ret->type == DIALBACK_REQUEST ? xml_element_text(element) : "";
    if (ret->type == DIALBACK_ERROR)
        ret->error = read_error(element);
    return ret->type != DIALBACK_REQUEST || *ret->key;
}

static void add_attribute(struct buf *out, char const *name, char const *value)
{
    if (!value || !*value)
        return;
    buf_printf(out, " %s='", name);
    xml_escape_value(out, value);
    buf_puts(out, "'");
}

void dialback_write(struct dialback const *dialback, struct buf *out)
{
    char const *name = kinds[dialback->kind];
    enum dialback_error error = dialback->error ? dialback->error : DIALBACK_undefined;

    buf_printf(out, "<db:%s", name);
    add_attribute(out, "from", dialback->from);
    add_attribute(out, "to", dialback->to);
    add_attribute(out, "id", dialback->id);
    add_attribute(out, "type", types[dialback->type]);
    if (dialback->type == DIALBACK_REQUEST) {
        buf_puts(out, ">");
        xml_escape_text(out, dialback->key);
        buf_printf(out, "</db:%s>", name);
    } else if (dialback->type == DIALBACK_ERROR) {
        buf_printf(out, "><error type='%s'><%s xmlns='" NS_STANZAS "'/></error></db:%s>",
                   errors[error].type, errors[error].name, name);
    } else {
        buf_puts(out, "/>");
    }
}

char const *dialback_error_name(enum dialback_error error)
{
    return (unsigned)error < DIALBACK_ERRORS ? errors[error].name : "";
}

char const *dialback_error_text(enum dialback_error error)
{
    return (unsigned)error < DIALBACK_ERRORS ? errors[error].text : "";
}
