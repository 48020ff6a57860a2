/* SPDX-License-Identifier: Apache-2.0 */
/* --user, --line and the rest. */
#include "rcc_options.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_MAX = 86400 };

struct given {
    char const *user, *line, *proxy, *server, *wait, *expires;
    struct rcc_secure_options secure;
};

static char const **value_of(struct given *given, char const *option)
{
    struct {
        char const *name;
        char const **value;
    } const options[] = {
        { "--user", &given->user },
        { "--line", &given->line },
        { "--proxy", &given->proxy },
        { "--server", &given->server },
        { "--wait", &given->wait },
        { "--expires", &given->expires },
        { "--certificate", &given->secure.certificate },
        { "--key", &given->secure.key },
        { "--ca", &given->secure.ca },
    };

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(options[i].name, option) == 0)
            return options[i].value;
    return NULL;
}

/* Takes the options in front of the steps. Returns how many words they are, or -EINVAL. */
static int take_options(int argc, char **argv, struct given *given, struct rcc_options *ret,
                        char *why, size_t size)
{
    int i = 0;

    while (i < argc && strncmp(argv[i], "--", 2) == 0) {
        char const **value = value_of(given, argv[i]);

        if (strcmp(argv[i], "--like-client") == 0) {
            ret->like_client = true;
            i++;
        } else if (value && i + 1 < argc) {
            *value = argv[i + 1];
            i += 2;
        } else {
            snprintf(why, size, value ? "%s needs a value" : "unknown option %s", argv[i]);
            return -EINVAL;
        }
    }
    return i;
}

static int parse_seconds(char const *text, char const *option, unsigned *ret, char *why,
                         size_t size)
{
    char *end;
    unsigned long value;

    if (!text)
        return 0;
    value = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || value < 1 || value > SECONDS_MAX) {
        snprintf(why, size, "%s wants seconds, 1 to %d, not \"%s\"", option, SECONDS_MAX, text);
        return -EINVAL;
    }
    *ret = (unsigned)value;
    return 0;
}

/* Blanks and control characters have no place in a URI, nor in the headers it is put into. */
static bool is_printable(char const *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text == 0x7f || strchr("<>\"", *text))
            return false;
    return true;
}

static int make_uri(char const *typed, char ret[static RCC_URI_MAX], char const *option, char *why,
                    size_t size)
{
    bool has_scheme = strncmp(typed, "sip:", 4) == 0 || strncmp(typed, "sips:", 5) == 0;
    int len = snprintf(ret, RCC_URI_MAX, "%s%s", has_scheme ? "" : "sip:", typed);

    if (len < RCC_URI_MAX && is_printable(ret) && strchr(ret, '@'))
        return 0;
    snprintf(why, size, "%s wants an address such as alice@example.test", option);
    return -EINVAL;
}

/* The part of a line URI that names the line: 2001 of tel:2001;phone-context=dialstring. */
static char const *line_number(char const *line, int *ret_len)
{
    char const *colon = strchr(line, ':');
    char const *number = colon ? colon + 1 : line;

    *ret_len = (int)strcspn(number, ";@");
    return number;
}

int rcc_options_parse(int argc, char **argv, struct rcc_options *ret, char *why, size_t size)
{
    struct given given = { 0 };
    char server[RCC_URI_MAX];
    char const *number;
    int used, len;

    *ret = (struct rcc_options){ .wait_s = RCC_WAIT_S };
    used = take_options(argc, argv, &given, ret, why, size);
    if (used < 0)
        return used;
    if (!given.user || !given.line) {
        snprintf(why, size, "%s is missing", given.user ? "--line" : "--user");
        return -EINVAL;
    }
    if (!given.secure.certificate && (given.secure.key || given.secure.ca)) {
        snprintf(why, size, "%s means nothing without --certificate",
                 given.secure.key ? "--key" : "--ca");
        return -EINVAL;
    }
    if (make_uri(given.user, ret->user, "--user", why, size) < 0 ||
        parse_seconds(given.wait, "--wait", &ret->wait_s, why, size) < 0 ||
        parse_seconds(given.expires, "--expires", &ret->expires_s, why, size) < 0)
        return -EINVAL;
    ret->watch_s = given.wait ? ret->wait_s : 0;
    ret->line = given.line;
    ret->proxy = given.proxy;
    ret->secure = given.secure;
    number = line_number(given.line, &len);
    snprintf(server, sizeof server, "%.*s@%s", len, number, strchr(ret->user, '@') + 1);
    if (make_uri(given.server ? given.server : server, ret->server, "--server", why, size) < 0)
        return -EINVAL;
    ret->n_steps = rcc_script_parse(argc - used, argv + used, ret->steps, why, size);
    return ret->n_steps < 0 ? ret->n_steps : 0;
}
