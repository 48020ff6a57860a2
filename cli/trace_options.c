/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line, one by one. */
#include "trace_options.h"
#include "filter_options.h"
#include <errno.h>
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

/* An option that has a value. */
static int take_pair(struct trace_options *options, char const *name, char const *value,
                     char *fault)
{
    if (value && filter_options_take(&options->filter, name, value))
        return 0;
    if (value && strcmp(name, "-i") == 0) {
        options->interface = value;
        return 0;
    }
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
    if (!ret->interface || (!ret->n_files && !ret->history))
        return 0;
    snprintf(fault, TRACE_OPTIONS_FAULT, "-i shows what comes on an interface, and nothing else");
    return -1;
}
