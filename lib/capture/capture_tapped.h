/* SPDX-License-Identifier: Apache-2.0 */
/* Records of taps on their way through capture_taps.c: what was noted about them, and which two of
 * them are one message, because one of our programs sent it to another. */
#pragma once
#include "capture_message.h"
#include "htab.h"
#include <sys/queue.h>

enum { CAPTURE_TAPPED_PROGRAM = 32, CAPTURE_TAPPED_NOTES = 4096 /* bytes of notes per record */ };

TAILQ_HEAD(capture_tapped_list, capture_tapped);

struct capture_tapped {
    TAILQ_ENTRY(capture_tapped) link;
    struct capture_tapped_list *queue; /* that it is in; NULL: in none */
    struct htab_entry by_bytes, by_serial;
    unsigned file; /* number */
    struct tap_record record;
    uint64_t arrived_ms;
    char *note;                      /* owned; NULL: none */
    struct capture_tapped *receiver; /* owned: the same message in the tap of who received it */
    char program[CAPTURE_TAPPED_PROGRAM];
    size_t bytes;  /* of memory */
    char memory[]; /* what `record` points to */
};

/* Records that have not found their other half. */
struct capture_tapped_halves {
    struct htab of[TAP_DIRECTIONS];
};

/** New, a copy of @p record, which the tap of @p program holds. NULL when out of memory. */
struct capture_tapped *capture_tapped_new(struct tap_record const *record, char const *program,
                                          unsigned file);
/** With its receiver; NULL inside is fine. It must not be in a table. */
void capture_tapped_free(struct capture_tapped **ptapped);

/** Adds a note behind those that are there. */
void capture_tapped_note(struct capture_tapped *tapped, char const *note);

void capture_tapped_halves_init(struct capture_tapped_halves *halves);
void capture_tapped_halves_fini(struct capture_tapped_halves *halves);

/** Takes the other half of @p tapped out of the table and returns it; if there is none, puts
 *  @p tapped in, and returns NULL. The one that was sent gets the other one as its receiver. */
struct capture_tapped *capture_tapped_pair(struct capture_tapped_halves *halves,
                                           struct capture_tapped *tapped);
void capture_tapped_forget(struct capture_tapped_halves *halves, struct capture_tapped *tapped);

/** What both halves know, in @p ret, which points into them, and into @p text of
 *  CAPTURE_TAPPED_TEXT bytes. */
enum { CAPTURE_TAPPED_TEXT = TAP_ID + 2 * CAPTURE_TAPPED_NOTES + CAPTURE_TAPPED_PROGRAM + 32 };
void capture_tapped_read(struct capture_tapped const *tapped, struct capture_message *ret,
                         char text[static CAPTURE_TAPPED_TEXT]);
