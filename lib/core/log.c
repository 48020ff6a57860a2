/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to stderr or into the journal. All lines go through one buffer under one lock, so that
 * those of several threads never mix; it is written after each line, or with log_hold() once per
 * turn of a loop. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "log.h"
#include "clock.h"
#include "log_journal.h"
#include "text.h"
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
enum { HELD_MAX_ENTRIES = 512 };

struct log_state {
    char const *process;
    _Atomic int level[LOG_SUBSYSTEMS];
    _Atomic bool holds;
    pthread_mutex_t lock; /* of all below */
    time_t second;        /* that `date` says */
    char date[24];
    _Atomic size_t len; /* read without the lock to see whether there is anything */
    char held[HELD_MAX_BYTES];
    int journal;   /* socket, or -1: lines are text for stderr */
    size_t n_held; /* entries for the journal, how long each is */
    uint16_t entry_len[HELD_MAX_ENTRIES];
};

static struct log_state state = {
    .process = "-",
    .level = { [0 ... LOG_SUBSYSTEMS - 1] = LOG_INFO },
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .journal = -1,
};

char const *const log_level_names[LOG_LEVELS + 1] = { "error", "warn",  "info",
                                                      "debug", "trace", NULL };
char const *const log_subsystem_names[LOG_SUBSYSTEMS + 1] = {
    "main",     "config", "control", "sip",   "tls",   "route", "csta",
    "presence", "xmpp",   "fsm",     "store", "audit", NULL
};

void log_init(char const *process, enum log_level level)
{
    state.process = process;
    log_set_level(LOG_SUBSYSTEMS, level);
}

void log_set_level(enum log_subsystem subsystem, enum log_level level)
{
    for (int i = 0; i < LOG_SUBSYSTEMS; i++) {
        enum log_level least = i == LOG_AUDIT ? LOG_INFO : LOG_ERROR;
        if (subsystem == LOG_SUBSYSTEMS || i == (int)subsystem)
            atomic_store_explicit(&state.level[i], (int)(level > least ? level : least),
                                  memory_order_relaxed);
    }
}

enum log_level log_level_of(enum log_subsystem subsystem)
{
    return (enum log_level)atomic_load_explicit(&state.level[subsystem], memory_order_relaxed);
}

bool log_enabled(enum log_subsystem subsystem, enum log_level level)
{
    return (int)level <= atomic_load_explicit(&state.level[subsystem], memory_order_relaxed);
}

static void write_text(size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = write(STDERR_FILENO, state.held + done, len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            break;
    }
}

/* Writes all that is held; safe in a signal handler. Lines that nobody takes are lost. */
static void write_held(void)
{
    size_t len = atomic_load_explicit(&state.len, memory_order_relaxed);

    if (state.journal < 0)
        write_text(len);
    else
        log_journal_send(state.journal, state.held, state.entry_len, state.n_held);
    state.n_held = 0;
    atomic_store_explicit(&state.len, 0, memory_order_relaxed);
}

bool log_use_journal(char const *path)
{
    int fd = log_journal_open(path);

    pthread_mutex_lock(&state.lock);
    write_held();
    if (state.journal >= 0)
        close(state.journal);
    state.journal = fd < 0 ? -1 : fd;
    pthread_mutex_unlock(&state.lock);
    return fd >= 0;
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

static void print_time(struct text *line)
{
    uint64_t us = clock_wall_us();
    time_t second = (time_t)(us / 1000000);
    struct tm tm;

    if (second != state.second) {
        gmtime_r(&second, &tm);
        strftime(state.date, sizeof state.date, "%Y-%m-%dT%H:%M:%S", &tm);
        state.second = second;
    }
    text_puts(line, state.date);
    text_puts(line, ".");
    text_number(line, us % 1000000, 6);
    text_puts(line, "Z ");
}

/* How many of the first bytes of @p text are no control characters; in words of eight bytes,
 * because nearly all are none. */
static size_t plain_prefix(char const *text, size_t len)
{
    static uint64_t const ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    size_t i = 0;
    uint64_t word;

    for (; i + sizeof word <= len; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        uint64_t dels = word ^ (ones * 0x7f);
        uint64_t below = (word - ones * 0x20) & ~word, equal = (dels - ones) & ~dels;
        if ((below | equal) & tops)
            break;
    }
    while (i < len && (unsigned char)text[i] >= 0x20 && text[i] != 0x7f)
        i++;
    return i;
}

/* Adds @p len bytes of @p text with control characters escaped; leaves room for the LF. */
static void escape(struct text *line, char const *text, size_t len)
{
    while (len && line->end - line->at > 8) {
        size_t room = (size_t)(line->end - line->at) - 8;
        size_t some = len < room ? len : room, plain = plain_prefix(text, some);
        text_add(line, text, plain);
        if (plain < some) {
            text_puts(line, "\\x");
            text_hex(line, (unsigned char)text[plain++], 2);
        }
        text += plain;
        len -= plain;
    }
}

static size_t print_line(char *memory, enum log_level level, char const *object_id,
                         char const *text, size_t len)
{
    struct text line;

    text_begin(&line, memory, LINE_MAX_BYTES);
    print_time(&line);
    text_puts(&line, log_level_names[level]);
    text_puts(&line, " ");
    text_add(&line, state.process, strnlen(state.process, 32));
    if (object_id) {
        text_puts(&line, " ");
        escape(&line, object_id, strnlen(object_id, 96));
    }
    text_puts(&line, ": ");
    escape(&line, text, len);
    text_puts(&line, "\n");
    return text_len(&line);
}

/* The same as fields for the journal, which has the time of its own. */
static size_t print_entry(char *memory, enum log_subsystem subsystem, enum log_level level,
                          char const *object_id, char const *text, size_t len)
{
    char id[512], message[LINE_MAX_BYTES] TEXT_UNINITIALIZED;
    struct text id_text, message_text;

    text_begin(&id_text, id, sizeof id);
    escape(&id_text, object_id ? object_id : "", object_id ? strnlen(object_id, 96) : 0);
    text_begin(&message_text, message, sizeof message);
    escape(&message_text, text, len);
    size_t size = log_journal_entry(
        memory, &(struct log_journal_line){ .process = state.process,
                                            .subsystem = log_subsystem_names[subsystem],
                                            .level = level,
                                            .object_id = id,
                                            .message = message });
    state.entry_len[state.n_held++] = (uint16_t)size;
    return size;
}

/* Not one more line fits for certain. */
static bool is_full(size_t held)
{
    return state.journal < 0 ? held > HELD_MAX_BYTES - LINE_MAX_BYTES
                             : held > HELD_MAX_BYTES - LOG_JOURNAL_ENTRY_BYTES ||
                                   state.n_held == HELD_MAX_ENTRIES;
}

void log_text(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *text, size_t len)
{
    pthread_mutex_lock(&state.lock);
    size_t held = atomic_load_explicit(&state.len, memory_order_relaxed);
    char *memory = state.held + held;
    held += state.journal < 0 ? print_line(memory, level, object_id, text, len)
                              : print_entry(memory, subsystem, level, object_id, text, len);
    atomic_store_explicit(&state.len, held, memory_order_relaxed);
    if (level <= LOG_WARN || is_full(held) ||
        !atomic_load_explicit(&state.holds, memory_order_relaxed))
        write_held();
    pthread_mutex_unlock(&state.lock);
}

void log_line(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *format, ...)
{
    char text[TEXT_MAX_BYTES] TEXT_UNINITIALIZED;
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_text(subsystem, level, object_id, text,
             n < 0                  ? 0
             : n < (int)sizeof text ? (size_t)n
                                    : sizeof text - 1);
}
