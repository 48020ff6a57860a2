/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets are told by the names of their keys. */
#include "bundle_secret.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char const *const words[] = { "password", "passphrase", "secret",
                                     "token",    "api_key",    "auth_key" };

static bool ends_with(char const *text, char const *tail)
{
    size_t n = strlen(text), m = strlen(tail);

    return n >= m && strcmp(text + n - m, tail) == 0;
}

static bool is_secret(char const *key)
{
    if (ends_with(key, "_file") || ends_with(key, "_files") || ends_with(key, "_log"))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(key, words[i]))
            return true;
    return false;
}

/* Stars for the password of "scheme://user:password@host". */
static void hide_in_url(char *text)
{
    char *place = strstr(text, "://"), *at = place ? strchr(place, '@') : NULL;
    char *colon = at ? memchr(place + 3, ':', (size_t)(at - place - 3)) : NULL;

    if (colon)
        memset(colon + 1, '*', (size_t)(at - colon) - 1);
}

static void hide(json_t *value, bool all)
{
    char *text = json_is_string(value) ? strdup(json_string_value(value)) : NULL;

    if (!text)
        return;
    if (all && *text)
        json_string_set(value, "***");
    hide_in_url(text);
    if (!all)
        json_string_set(value, text);
    free(text);
}

static void hide_values(json_t *value, bool all)
{
    char const *key;
    json_t *member;
    size_t i;

    hide(value, all);
    json_array_foreach(value, i, member) hide_values(member, all);
    json_object_foreach(value, key, member) hide_values(member, all || is_secret(key));
}

void bundle_secret_hide_values(json_t *config)
{
    hide_values(config, false);
}

void bundle_secret_hide_table(json_t *table)
{
    json_t *row, *cell;
    size_t r, c;

    json_array_foreach(json_object_get(table, "rows"), r, row)
    {
        char const *key = json_string_value(json_array_get(row, 0));
        char const *last = key ? strrchr(key, '.') : NULL;
        json_array_foreach(row, c, cell) if (c > 0)
            hide(cell, c == 1 && key && is_secret(last ? last : key));
    }
}
