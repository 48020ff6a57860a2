/* SPDX-License-Identifier: Apache-2.0 */
/* --context, --key and the rest. */
#include "cert_options.h"
#include "cert_request.h"
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MAX_S = 600, TIMEOUT_S = 10, NUMBER_MAX = 64 };

enum kind { TEXT, FLAG, NUMBER, NAMES };

static struct option_row {
    char const *name;
    enum kind kind;
    size_t offset;
    long max; /* of a number, from 1 */
} const rows[] = {
    { "--context", TEXT, offsetof(struct cert_options, context), 0 },
    { "--key", TEXT, offsetof(struct cert_options, key), 0 },
    { "--cert", TEXT, offsetof(struct cert_options, cert), 0 },
    { "--out", TEXT, offsetof(struct cert_options, out), 0 },
    { "--type", TEXT, offsetof(struct cert_options, type), 0 },
    { "--cn", TEXT, offsetof(struct cert_options, cn), 0 },
    { "--sni", TEXT, offsetof(struct cert_options, sni), 0 },
    { "--san", NAMES, 0, 0 },
    { "--days", NUMBER, offsetof(struct cert_options, days), CERT_REQUEST_DAYS_MAX },
    { "--timeout", NUMBER, offsetof(struct cert_options, timeout_s), TIMEOUT_MAX_S },
    { "--number", NUMBER, offsetof(struct cert_options, number), NUMBER_MAX },
    { "--force", FLAG, offsetof(struct cert_options, force), 0 },
    { "--next", FLAG, offsetof(struct cert_options, next), 0 },
    { "--trust", FLAG, offsetof(struct cert_options, trust), 0 },
    { "--subject", FLAG, offsetof(struct cert_options, subject), 0 },
};

/* Is @p word, with its dashes, among the blank-separated @p allowed, without them? */
static bool is_allowed(char const *allowed, char const *word)
{
    size_t len = strlen(word + 2);

    for (char const *p = allowed; (p = strstr(p, word + 2)); p++)
        if ((p == allowed || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

static struct option_row const *find(char const *allowed, char const *word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, word) == 0 && is_allowed(allowed, word))
            return &rows[i];
    return NULL;
}

static int take_number(struct cert_options *ret, struct option_row const *row, char const *text,
                       struct cert_fault *fault)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno || value < 1 || value > row->max)
        return cert_fault_set(fault, "%s wants a number, 1 to %ld, not \"%s\"", row->name, row->max,
                              text);
    *(long *)((char *)ret + row->offset) = value;
    return 0;
}

static int take_value(struct cert_options *ret, struct option_row const *row, char const *text,
                      struct cert_fault *fault)
{
    if (!text || !*text)
        return cert_fault_set(fault, "%s needs a value", row->name);
    if (row->kind == NUMBER)
        return take_number(ret, row, text, fault);
    if (row->kind == TEXT) {
        *(char const **)((char *)ret + row->offset) = text;
        return 0;
    }
    if (ret->n_sans == CERT_OPTIONS_NAMES)
        return cert_fault_set(fault, "%s stands more than %d times", row->name, CERT_OPTIONS_NAMES);
    ret->sans[ret->n_sans++] = text;
    return 0;
}

int cert_options_parse(struct cert_options *ret, int argc, char **argv, char const *allowed,
                       struct cert_fault *fault)
{
    *ret = (struct cert_options){ .timeout_s = TIMEOUT_S };
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (ret->n_files == CERT_OPTIONS_FILES)
                return cert_fault_set(fault, "more than %d arguments", CERT_OPTIONS_FILES);
            ret->files[ret->n_files++] = argv[i];
            continue;
        }
        struct option_row const *row = find(allowed, argv[i]);
        if (!row)
            return cert_fault_set(fault, "unknown option %s", argv[i]);
        if (row->kind == FLAG)
            *(bool *)((char *)ret + row->offset) = true;
        else if (take_value(ret, row, ++i < argc ? argv[i] : NULL, fault) < 0)
            return -1;
    }
    return 0;
}
