/* SPDX-License-Identifier: Apache-2.0 */
/* Leveled logs, one line per fact: time, level, process, object id, fixed text, then key=value.
 *
 *   2026-11-21T05:49:40.123456Z info proxy 3f2a: request refused status=403 reason=acl
 * source=192.0.2.1:5060
 *
 * The text is stable (tests and operators grep it); values go behind it as key=value, strings that
 * come from outside in quotes. Bytes below 0x20 and 0x7f are escaped here, so no input can forge a
 * line. Never secrets; bodies only at trace. A file names its subsystem once, before the include:
 * #define LOG_SUBSYSTEM LOG_SIP. Lines go to stderr, or as entries to the journal. Safe from any
 * thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE, LOG_LEVELS };
enum log_subsystem {
    LOG_MAIN,
    LOG_CFG,
    LOG_CTL,
    LOG_SIP,
    LOG_TLS,
    LOG_ROUTE,
    LOG_CSTA,
    LOG_PRESENCE,
    LOG_XMPP,
    LOG_FSM,
    LOG_STORE,
    LOG_AUDIT, /* who did what that others must be able to know of */
    LOG_SUBSYSTEMS
};

/** As people know them: "info", "sip". Both lists end with NULL. */
extern char const *const log_level_names[LOG_LEVELS + 1];
extern char const *const log_subsystem_names[LOG_SUBSYSTEMS + 1];

#ifndef LOG_SUBSYSTEM
#define LOG_SUBSYSTEM LOG_MAIN
#endif

/** Names the process in every line. @p process is borrowed for ever. */
void log_init(char const *process, enum log_level level);

/** Sets the level of one subsystem, or of all with LOG_SUBSYSTEMS. What LOG_AUDIT tells at info
 *  cannot be switched off. */
void log_set_level(enum log_subsystem subsystem, enum log_level level);
enum log_level log_level_of(enum log_subsystem subsystem);

bool log_enabled(enum log_subsystem subsystem, enum log_level level);

/** If stderr leads to systemd's journal ($JOURNAL_STREAM, systemd.exec(5)), lines go there as
 *  entries with fields from now on (log_journal.h), to the socket at @p path, NULL: journald's own.
 *  Returns whether they do. */
bool log_use_journal(char const *path);

/** With @p on, lines below warn are held until log_flush(), a warning or error, a full buffer, or a
 *  crash; for programs whose loops call log_flush() before they sleep. Without it, as at the start,
 *  each line is written at once. */
void log_hold(bool on);
void log_flush(void);

/** Writes one line; @p object_id may be NULL. Use the macros below. */
void log_line(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *format, ...) __attribute__((format(printf, 4, 5)));

/** As log_line() with a text that is already there, for the one line that every request gets. */
void log_text(enum log_subsystem subsystem, enum log_level level, char const *object_id,
              char const *text, size_t len);

#define LOG_AT(level, id, ...)                                                                     \
    do {                                                                                           \
        if (log_enabled(LOG_SUBSYSTEM, level))                                                     \
            log_line(LOG_SUBSYSTEM, level, id, __VA_ARGS__);                                       \
    } while (0)

#define log_error(id, ...) LOG_AT(LOG_ERROR, id, __VA_ARGS__)
#define log_warn(id, ...)  LOG_AT(LOG_WARN, id, __VA_ARGS__)
#define log_info(id, ...)  LOG_AT(LOG_INFO, id, __VA_ARGS__)
#define log_debug(id, ...) LOG_AT(LOG_DEBUG, id, __VA_ARGS__)
#define log_trace(id, ...) LOG_AT(LOG_TRACE, id, __VA_ARGS__)
