/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the ring file of another process, which may go on writing, may have crashed, or may mean
 * no good: whatever the file holds, the reader stays inside its own memory, and it takes no more of
 * that than the file has bytes.
 *
 * The file is read into a buffer and not mapped: what was checked there cannot change before it is
 * used, and a file that is cut short meanwhile gives an error and not a signal. The program that
 * writes does not notice. Not thread-safe. */
#pragma once
#include "tap.h"

struct tap_reader;

enum tap_entry_kind { TAP_ENTRY_MESSAGE, TAP_ENTRY_NOTE };

struct tap_entry {
    enum tap_entry_kind kind;
    struct tap_record record; /* of a note only `serial`: of what it is about */
    char const *note;         /* of a message NULL */
};

/** Opens @p path. Returns 0, or a negative errno: -EBADMSG if it is no ring file. */
int tap_reader_open(struct tap_reader **ret, char const *path);
void tap_reader_free(struct tap_reader **preader);

/** 1: @p ret is the next entry, borrowed until the next call. 0: there is none now. A negative
 *  errno: the file is damaged here, or cannot be read; there will be no more. What was overwritten
 *  before it could be read is left out, which a gap in the serials shows. */
int tap_reader_next(struct tap_reader *reader, struct tap_entry *ret);

/** Leaves out all that is there now. */
void tap_reader_skip(struct tap_reader *reader);

/** Has @p path become another file since it was opened, because the program was started again? */
bool tap_reader_is_replaced(struct tap_reader const *reader, char const *path);

/** Of the program that wrote it: its name, "" if the file says none that is printable; its process
 *  id; when it was started, in microseconds since 1970; whether it has ended in order. */
char const *tap_reader_program(struct tap_reader const *reader);
uint32_t tap_reader_pid(struct tap_reader const *reader);
uint64_t tap_reader_started_us(struct tap_reader const *reader);
bool tap_reader_has_ended(struct tap_reader *reader);
