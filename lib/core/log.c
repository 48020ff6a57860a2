/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to stderr. All lines go through one buffer under one lock, so that those of several
 * threads never mix; it is written after each line, or with log_hold() once per turn of a loop. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "log.h"
#include "clock.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, TEXT_MAX_BYTES = LINE_MAX_BYTES - 512, HELD_MAX_BYTES = 65536 };

struct log_state {
    char const *process;
    _Atomic int level[LOG_SUBSYSTEMS];
    _Atomic bool holds;
    pthread_mutex_t lock; /* of all below */
    time_t second;        /* that `date` says */
    char date[24];
    _Atomic size_t len; /* read without the lock to see whether there is anything */
    char held[HELD_MAX_BYTES];
};

static struct log_state state = {
    .process = "-",
    .level = { LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO, LOG_INFO },
    .lock = PTHREAD_MUTEX_INITIALIZER,
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

/* Writes all that is held; safe in a signal handler. Lines that nobody takes are lost. */
static void write_held(void)
{
    size_t len = atomic_load_explicit(&state.len, memory_order_relaxed), done = 0;

    while (done < len) {
        ssize_t n = write(STDERR_FILENO, state.held + done, len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            break;
    }
    atomic_store_explicit(&state.len, 0, memory_order_relaxed);
}

void log_flush(void)
{
    if (!atomic_load_explicit(&state.len, memory_order_relaxed))
        return;
    pthread_mutex_lock(&state.lock);
    write_held();
    pthread_mutex_unlock(&state.lock);
}

/* The lines that led to a crash are the ones that are wanted. Without the lock: whoever holds it
 * may be the one who crashed. */
static void on_crash(int number)
{
    write_held();
    signal(number, SIG_DFL);
    raise(number);
}

void log_hold(bool on)
{
    static int const numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    struct sigaction before;

    for (size_t i = 0; on && i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            signal(numbers[i], on_crash);
    atomic_store_explicit(&state.holds, on, memory_order_relaxed);
    log_flush();
}

static size_t print_time(char *line, size_t size)
{
    uint64_t us = clock_wall_us();
    time_t second = (time_t)(us / 1000000);
    struct tm tm;

    if (second != state.second) {
        gmtime_r(&second, &tm);
        strftime(state.date, sizeof state.date, "%Y-%m-%dT%H:%M:%S", &tm);
        state.second = second;
    }
    return (size_t)snprintf(line, size, "%s.%06uZ", state.date, (unsigned)(us % 1000000));
}

/* Copies @p len bytes of @p text with control characters escaped; returns the new length of @p
 * line. */
static size_t escape(char *line, size_t at, char const *text, size_t len)
{
    for (size_t i = 0; i < len && at < LINE_MAX_BYTES - 8; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != 0x7f)
            line[at++] = (char)c;
        else
            at += (size_t)snprintf(line + at, 5, "\\x%02x", c);
    }
    return at;
}

static size_t print_line(char *line, enum log_level level, char const *object_id, char const *text,
                         size_t len)
{
    size_t at = print_time(line, LINE_MAX_BYTES);

    at += (size_t)snprintf(line + at, 128, " %s %.32s", level_names[level], state.process);
    if (object_id) {
        line[at++] = ' ';
        at = escape(line, at, object_id, strnlen(object_id, 96));
    }
    line[at++] = ':';
    line[at++] = ' ';
    at = escape(line, at, text, len);
    line[at++] = '\n';
    return at;
}

void log_line(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *format, ...)
{
    char text[TEXT_MAX_BYTES];
    va_list args;

    (void)subsystem;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : n < (int)sizeof text ? (size_t)n : sizeof text - 1;

    pthread_mutex_lock(&state.lock);
    size_t held = atomic_load_explicit(&state.len, memory_order_relaxed);
    held += print_line(state.held + held, level, object_id, text, len);
    atomic_store_explicit(&state.len, held, memory_order_relaxed);
    if (level <= LOG_WARN || held > HELD_MAX_BYTES - LINE_MAX_BYTES ||
        !atomic_load_explicit(&state.holds, memory_order_relaxed))
        write_held();
    pthread_mutex_unlock(&state.lock);
}
