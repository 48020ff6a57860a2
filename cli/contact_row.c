/* SPDX-License-Identifier: Apache-2.0 */
/* Columns, limits and reasons: see contact_row.h. */
#include "contact_row.h"
#include "domain_name.h"
#include "pidf_entity.h"
#include "text.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct contact_column_row const contact_columns[CONTACT_COLUMNS] = {
    [CONTACT_USER_ID] = { "User ID", 132, true },
    [CONTACT_USER_DOMAIN] = { "User Domain", 128, true },
    [CONTACT_ID] = { "Contact ID", 132, true },
    [CONTACT_DOMAIN] = { "Contact Domain", 128, true },
    [CONTACT_NICKNAME] = { "Nickname", 255, false },
    [CONTACT_GROUP] = { "Group Name", 255, true },
};

char const *contact_fault_str(enum contact_fault fault)
{
    static char const *const texts[CONTACT_FAULTS] = {
        [CONTACT_FINE] = "fine",
        [CONTACT_BAD_FORMAT] = "invalid format",
        [CONTACT_BAD_DOMAIN] = "invalid access domain",
        [CONTACT_SELF] = "cannot add self",
        [CONTACT_OVER_LIMIT] = "contact list over limit",
        [CONTACT_NOT_HERE] = "user not assigned to the local node",
    };

    return texts[fault];
}

char *contact_row_trim(char *text)
{
    size_t len;

    text += strspn(text, " \t");
    len = strlen(text);
    while (len && strchr(" \t", text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* Characters of UTF-8. */
static size_t length(char const *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool has_control(char const *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

static bool is_field(char const *text, struct contact_column_row const *column)
{
    return (*text || !column->required) && length(text) <= column->max && !has_control(text);
}

bool contact_row_fits(char const *text, enum contact_column column)
{
    return is_field(text, &contact_columns[column]);
}

/* Guide part 3, 19.5: the top label is of letters only, two at least. */
static bool is_domain(char const *domain)
{
    char const *top = strrchr(domain, '.');

    top = top ? top + 1 : domain;
    for (char const *c = top; *c; c++)
        if (!isalpha((unsigned char)*c))
            return false;
    return strlen(top) >= 2 && !domain_name_check(domain);
}

static bool is_id(char const *id)
{
    return !strpbrk(id, " <>\"") && id[0] != '@' && id[strlen(id) - 1] != '@';
}

static bool is_escape(char const *at)
{
    return at[0] == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]);
}

/* As SIP writes it: a user part may hold an @ only with an escape. */
static bool join(char const *id, char const *domain, char ret[static CONTACT_ADDRESS_BYTES])
{
    char memory[600];
    struct text text;

    text_begin(&text, memory, sizeof memory);
    text_puts(&text, "sip:");
    for (; *id; id++) {
        unsigned char c = (unsigned char)*id;
        char const escape[3] = { '%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15] };
        if (isalnum(c) || strchr("-_.!~*'()&=+$,;?/", c) || is_escape(id))
            text_add(&text, id, 1);
        else
            text_add(&text, escape, sizeof escape);
    }
    text_puts(&text, "@");
    text_puts(&text, domain);
    return !text.cut && pidf_entity_key(memory, ret, CONTACT_ADDRESS_BYTES);
}

enum contact_fault contact_row_read(char *const *fields, size_t n, struct contact_row *ret)
{
    char const *v[CONTACT_COLUMNS];

    if (n != CONTACT_COLUMNS)
        return CONTACT_BAD_FORMAT;
    for (size_t i = 0; i < n; i++) {
        v[i] = contact_row_trim(fields[i]);
        if (!is_field(v[i], &contact_columns[i]))
            return CONTACT_BAD_FORMAT;
    }
    if (!is_id(v[CONTACT_USER_ID]) || !is_id(v[CONTACT_ID]))
        return CONTACT_BAD_FORMAT;
    if (!is_domain(v[CONTACT_DOMAIN]))
        return CONTACT_BAD_DOMAIN;
    if (!join(v[CONTACT_USER_ID], v[CONTACT_USER_DOMAIN], ret->owner) ||
        !join(v[CONTACT_ID], v[CONTACT_DOMAIN], ret->contact))
        return CONTACT_BAD_FORMAT;
    ret->nickname = v[CONTACT_NICKNAME];
    ret->group = v[CONTACT_GROUP];
    return strcmp(ret->owner, ret->contact) == 0 ? CONTACT_SELF : CONTACT_FINE;
}

/* The two parts of an address in one piece, without a scheme. */
static bool cut(char const *text, char id[static CONTACT_ADDRESS_BYTES], char const **ret_domain)
{
    char const *at = strrchr(text, '@');

    if (strncmp(text, "sip:", 4) == 0)
        text += 4;
    if (!at || at <= text || at - text >= CONTACT_ADDRESS_BYTES)
        return false;
    (void)snprintf(id, CONTACT_ADDRESS_BYTES, "%.*s", (int)(at - text), text);
    *ret_domain = at + 1;
    return true;
}

bool contact_row_key(char const *text, char ret[static CONTACT_ADDRESS_BYTES])
{
    char id[CONTACT_ADDRESS_BYTES];
    char const *domain;

    return cut(text, id, &domain) && join(id, domain, ret);
}

enum contact_fault contact_row_address(char const *text, char ret[static CONTACT_ADDRESS_BYTES])
{
    char id[CONTACT_ADDRESS_BYTES];
    char const *domain;

    if (!cut(text, id, &domain) || !contact_row_fits(id, CONTACT_ID) ||
        !contact_row_fits(domain, CONTACT_DOMAIN) || !is_id(id))
        return CONTACT_BAD_FORMAT;
    if (!is_domain(domain))
        return CONTACT_BAD_DOMAIN;
    return join(id, domain, ret) ? CONTACT_FINE : CONTACT_BAD_FORMAT;
}

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool contact_row_split(char const *address, char *ret_id, char *ret_domain)
{
    char const *at = strrchr(address, '@');

    if (!at || at == address || strlen(address) >= CONTACT_ADDRESS_BYTES)
        return false;
    while (address < at) {
        bool escaped = is_escape(address);
        *ret_id++ = (char)(escaped ? digit(address[1]) << 4 | digit(address[2]) : *address);
        address += escaped ? 3 : 1;
    }
    *ret_id = '\0';
    (void)snprintf(ret_domain, CONTACT_ADDRESS_BYTES, "%s", at + 1);
    return true;
}
