/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines as entries of systemd's journal, so that `journalctl CALL_ID=...` finds them. Used by
 * log.c only.
 *
 * Fields: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, CROSSPOINT_PROGRAM, SUBSYSTEM, OBJECT_ID, and those
 * of the key=value pairs of the line that fields[] in log_journal.c names. The protocol is
 * journald's own (systemd.io/JOURNAL_NATIVE_PROTOCOL), which is stable; sd_journal_sendv() of
 * libsystemd would send each line by itself and could not be called when a program crashes. */
#pragma once
#include "log.h"
#include <stdint.h>

enum { LOG_JOURNAL_ENTRY_BYTES = 10240 };

/* All texts without control characters. */
struct log_journal_line {
    char const *process, *subsystem;
    enum log_level level;
    char const *object_id; /* "": none */
    char const *message;   /* at most 4096 bytes */
};

/** Opens a socket to @p path, NULL: journald's, if stderr leads to the journal. Returns it, or a
 *  negative errno; -ENOTSUP: it does not. */
int log_journal_open(char const *path);

/** Writes one entry to @p memory of LOG_JOURNAL_ENTRY_BYTES; returns its length. */
size_t log_journal_entry(char *memory, struct log_journal_line const *line);

/** Sends @p n entries that stand one behind the other. What the journal does not take goes to
 *  stderr as text. Safe in a signal handler. */
void log_journal_send(int fd, char const *entries, uint16_t const *len, size_t n);
