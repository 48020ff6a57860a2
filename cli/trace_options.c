/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line, one by one. */
#include "trace_options.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 100000, MESSAGES_MAX = 10000000 };
enum { MEGABYTES = 128, MEGABYTES_MAX = 65536 };

static int set_number(char const *name, char const *text, size_t max, size_t *ret, char *fault)
{
    char *end;

    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (!errno && *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= max) {
        *ret = number;
        return 0;
    }
    snprintf(fault, TRACE_OPTIONS_FAULT, "%s wants a number from 1 to %zu", name, max);
    return -1;
}

static struct {
    char const *name;
    size_t at;
} const filters[] = {
#define FILTER(field) offsetof(struct capture_filter_options, field)
    { "--user", FILTER(user) },         { "--call-id", FILTER(call_id) },
    { "--method", FILTER(method) },     { "--peer", FILTER(peer) },
    { "--service", FILTER(service) },   { "--text", FILTER(text) },
    { "--filter", FILTER(expression) },
#undef FILTER
};

/* Of the filter; false: it is no such option. */
static bool take_filter(struct trace_options *options, char const *name, char const *value)
{
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (strcmp(name, filters[i].name) != 0)
            continue;
        memcpy((char *)&options->filter + filters[i].at, &value, sizeof value);
        return true;
    }
    return false;
}

/* An option that has a value. */
static int take_pair(struct trace_options *options, char const *name, char const *value,
                     char *fault)
{
    if (value && take_filter(options, name, value))
        return 0;
    if (value && strcmp(name, "--messages") == 0)
        return set_number(name, value, MESSAGES_MAX, &options->max_messages, fault);
    if (value && strcmp(name, "--memory") == 0)
        return set_number(name, value, MEGABYTES_MAX, &options->max_bytes, fault);
    snprintf(fault, TRACE_OPTIONS_FAULT, "unknown option, or no value for it: %.64s", name);
    return -1;
}

static int take_file(struct trace_options *options, char const *path, char *fault)
{
    if (options->n_files == TRACE_OPTIONS_FILES) {
        snprintf(fault, TRACE_OPTIONS_FAULT, "at most %d files", TRACE_OPTIONS_FILES);
        return -1;
    }
    options->files[options->n_files++] = path;
    return 0;
}

static bool take_flag(struct trace_options *options, char const *name)
{
    if (strcmp(name, "--unmask") == 0)
        options->unmask = true;
    else if (strcmp(name, "--lines") == 0)
        options->plain = true;
    else if (strcmp(name, "--history") == 0)
        options->history = true;
    else
        return false;
    return true;
}

int trace_options_parse(int argc, char **argv, struct trace_options *ret,
                        char fault[static TRACE_OPTIONS_FAULT])
{
    *ret = (struct trace_options){ .max_messages = MESSAGES, .max_bytes = MEGABYTES };
    for (int i = 0; i < argc; i++) {
        bool is_file = *argv[i] != '-' || strcmp(argv[i], "-") == 0;

        if (is_file ? take_file(ret, argv[i], fault) < 0 : false)
            return -1;
        if (is_file || take_flag(ret, argv[i]))
            continue;
        if (take_pair(ret, argv[i], i + 1 < argc ? argv[i + 1] : NULL, fault) < 0)
            return -1;
        i++;
    }
    ret->max_bytes <<= 20;
    return 0;
}
