/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to stderr: one write(2) per line, so that lines of several threads never mix. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "log.h"
#include "clock.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

struct log_state {
    char const *process;
    _Atomic int level[LOG_SUBSYSTEMS];
};

static struct log_state state = {
    .process = "-",
    .level = { LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO },
};

static char const *const level_names[LOG_LEVELS] = { "error", "warn", "info", "debug", "trace" };

void log_init(char const *process, enum log_level level)
{
    state.process = process;
    log_set_level(LOG_SUBSYSTEMS, level);
}

void log_set_level(enum log_subsystem subsystem, enum log_level level)
{
    for (int i = 0; i < LOG_SUBSYSTEMS; i++)
        if (subsystem == LOG_SUBSYSTEMS || i == (int)subsystem)
            atomic_store_explicit(&state.level[i], (int)level, memory_order_relaxed);
}

bool log_enabled(enum log_subsystem subsystem, enum log_level level)
{
    return (int)level <= atomic_load_explicit(&state.level[subsystem], memory_order_relaxed);
}

static size_t print_time(char *line, size_t size)
{
    uint64_t us = clock_wall_us();
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    size_t n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
    return n + (size_t)snprintf(line + n, size - n, ".%06uZ", (unsigned)(us % 1000000));
}

/* Copies @p text with control characters escaped; returns the new length of @p line. */
static size_t escape(char *line, size_t at, char const *text)
{
    for (unsigned char const *p = (unsigned char const *)text; *p && at < LINE_MAX_BYTES - 8; p++) {
        if (*p >= 0x20 && *p != 0x7f)
            line[at++] = (char)*p;
        else
            at += (size_t)snprintf(line + at, 5, "\\x%02x", *p);
    }
    return at;
}

void log_line(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *format, ...)
{
    char text[LINE_MAX_BYTES - 512], line[LINE_MAX_BYTES];
    va_list args;

    (void)subsystem;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    size_t at = print_time(line, sizeof line);
    at += (size_t)snprintf(line + at, 128, " %s %.32s", level_names[level], state.process);
    if (object_id) {
        line[at++] = ' ';
        char id[97];
        snprintf(id, sizeof id, "%s", object_id);
        at = escape(line, at, id);
    }
    line[at++] = ':';
    line[at++] = ' ';
    at = escape(line, at, text);
    line[at++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, at);
    (void)written; /* nowhere left to complain */
}
