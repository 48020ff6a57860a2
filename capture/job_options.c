/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a job from JSON: see job_options.h. */
#include "job_options.h"
#include "capture_filter.h"
#include "tapped_programs.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_type {
    VALUE_NAME,
    VALUE_FORMAT,
    VALUE_TEXT,
    VALUE_EXPRESSION,
    VALUE_SIZE,
    VALUE_COUNT,
    VALUE_FLAG
};

struct option {
    char const *name;
    enum value_type type;
    size_t offset;
};

#define AT(field) offsetof(struct job_options, field)
static struct option const options[] = {
    { "name", VALUE_NAME, AT(name) },           { "format", VALUE_FORMAT, AT(format) },
    { "interface", VALUE_TEXT, AT(interface) }, { "user", VALUE_TEXT, AT(user) },
    { "call_id", VALUE_TEXT, AT(call_id) },     { "method", VALUE_TEXT, AT(method) },
    { "service", VALUE_TEXT, AT(service) },     { "peer", VALUE_TEXT, AT(peer) },
    { "text", VALUE_TEXT, AT(text) },           { "filter", VALUE_EXPRESSION, AT(filter) },
    { "file_size", VALUE_SIZE, AT(file_size) }, { "bytes", VALUE_SIZE, AT(bytes) },
    { "files", VALUE_COUNT, AT(files) },        { "seconds", VALUE_COUNT, AT(seconds) },
    { "messages", VALUE_COUNT, AT(messages) },  { "secrets", VALUE_FLAG, AT(secrets) },
    { "unmask", VALUE_FLAG, AT(unmask) },       { "history", VALUE_FLAG, AT(history) },
};

/* Not hidden, no folder of its own, and the same in every shell. */
bool job_options_is_name(char const *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > JOB_NAME_MAX || !isalnum((unsigned char)name[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && !strchr("-_.", name[i]))
            return false;
    return true;
}

/* At least 1. */
static int read_number(char const *text, bool is_size, uint64_t *ret)
{
    static char const units[] = "kMG";
    unsigned long long value;
    unsigned shift = 0;
    char *end;

    errno = 0;
    if (!isdigit((unsigned char)*text))
        return -EINVAL;
    value = strtoull(text, &end, 10);
    if (is_size && *end && strchr(units, *end))
        shift = 10 * (unsigned)(strchr(units, *end++) - units + 1);
    if (errno || *end || value == 0 || value > UINT64_C(1) << 60 >> shift)
        return -EINVAL;
    *ret = (uint64_t)value << shift;
    return 0;
}

static int read_flag(char const *text, bool *ret)
{
    *ret = strcmp(text, "yes") == 0;
    return *ret || strcmp(text, "no") == 0 ? 0 : -EINVAL;
}

static int read_format(char const *text, enum capture_format *ret)
{
    *ret = strcmp(text, "pcap") == 0 ? CAPTURE_PCAP : CAPTURE_PCAPNG;
    return *ret == CAPTURE_PCAP || strcmp(text, "pcapng") == 0 ? 0 : -EINVAL;
}

static int read_text(char const *text, char *ret, size_t size)
{
    int len = snprintf(ret, size, "%s", text);

    return len > 0 && (size_t)len < size ? 0 : -EINVAL;
}

static int read_value(struct option const *option, struct job_options *ret, char const *text)
{
    char *field = (char *)ret + option->offset;

    switch (option->type) {
    case VALUE_NAME:
        return job_options_is_name(text) ? read_text(text, field, JOB_NAME_MAX + 1) : -EINVAL;
    case VALUE_FORMAT:
        return read_format(text, &ret->format);
    case VALUE_TEXT:
        return read_text(text, field, JOB_TEXT);
    case VALUE_EXPRESSION:
        return read_text(text, field, JOB_EXPRESSION);
    case VALUE_SIZE:
    case VALUE_COUNT:
        return read_number(text, option->type == VALUE_SIZE, (uint64_t *)(void *)field);
    case VALUE_FLAG:
        return read_flag(text, (bool *)field);
    }
    return -EINVAL;
}

static char const *expected(enum value_type type)
{
    static char const *const texts[] = {
        [VALUE_NAME] =
            "letters, digits, \"-\", \"_\" and \".\", at most 64, a letter or digit first",
        [VALUE_FORMAT] = "\"pcapng\" or \"pcap\"",
        [VALUE_TEXT] = "a text of at most 255 bytes",
        [VALUE_EXPRESSION] = "an expression of at most 1023 bytes",
        [VALUE_SIZE] = "a number above 0, with k, M or G behind it if wanted",
        [VALUE_COUNT] = "a number above 0",
        [VALUE_FLAG] = "\"yes\" or \"no\"",
    };
    return texts[type];
}

static struct option const *find(char const *name)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

struct capture_filter *job_options_filter(struct job_options const *options_read,
                                          char fault[static JOB_FAULT])
{
    struct capture_filter_options const wanted = {
        .user = options_read->user,
        .call_id = options_read->call_id,
        .method = options_read->method,
        .peer = options_read->peer,
        .service = options_read->service,
        .text = options_read->text,
        /* That of packets is for the kernel. */
        .expression = *options_read->interface ? "" : options_read->filter,
        .programs = tapped_programs,
        .n_programs = TAPPED_PROGRAMS,
    };

    return capture_filter_new(&wanted, fault);
}

static bool has_line_end(char const *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

/* Nobody looks into packets: neither for what to take, nor for what to hide. */
static char const *check_interface(struct job_options const *read)
{
    if (*read->user || *read->call_id || *read->method || *read->peer || *read->service ||
        *read->text)
        return "interface takes no condition but filter: packets are not looked into";
    if (!read->unmask)
        return "interface needs unmask: packets are written as they are";
    if (read->history)
        return "interface has no history";
    if (read->format == CAPTURE_PCAP)
        return "interface needs the format pcapng";
    if (has_line_end(read->interface) || has_line_end(read->filter))
        return "interface and filter stand on one line";
    return NULL;
}

static int check(struct job_options const *options_read, char fault[static JOB_FAULT])
{
    char const *why = NULL;

    if (!*options_read->name)
        why = "name is missing";
    else if (options_read->files && !options_read->file_size)
        why = "files needs file_size: without it there is one file";
    else if (options_read->secrets && options_read->format == CAPTURE_PCAP)
        why = "secrets needs the format pcapng";
    else if (*options_read->interface)
        why = check_interface(options_read);
    if (!why) {
        struct capture_filter *filter = job_options_filter(options_read, fault);
        bool is_sound = filter;

        capture_filter_free(&filter);
        return is_sound ? 0 : -EINVAL;
    }
    (void)snprintf(fault, JOB_FAULT, "%s", why);
    return -EINVAL;
}

int job_options_read(struct job_options *ret, json_t const *args, char fault[static JOB_FAULT])
{
    char const *key;
    json_t *value;

    *ret = (struct job_options){ .format = CAPTURE_PCAPNG };
    json_object_foreach((json_t *)args, key, value)
    {
        struct option const *option = find(key);
        char const *text = json_string_value(value);

        if (!option) {
            (void)snprintf(fault, JOB_FAULT, "no such option: %.64s", key);
            return -EINVAL;
        }
        if (!text || read_value(option, ret, text) < 0) {
            (void)snprintf(fault, JOB_FAULT, "%s wants %s", key, expected(option->type));
            return -EINVAL;
        }
    }
    return check(ret, fault);
}
