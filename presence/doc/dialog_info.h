/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a phone from application/dialog-info+xml (RFC 4235): what its documents, full and
 * partial, have said so far, and what that comes to. One object per subscription. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct dialog_info;
struct pidf;
struct pidf_limits;

enum dialog_info_line { DIALOG_INFO_IDLE, DIALOG_INFO_RINGING, DIALOG_INFO_ENGAGED };

enum dialog_info_result {
    DIALOG_INFO_TAKEN,
    DIALOG_INFO_OLD,      /* version not above the last: nothing changed (RFC 4235 4.3) */
    DIALOG_INFO_GAP,      /* taken, but one before it is missing: a full document is needed */
    DIALOG_INFO_BAD,      /* no such document; nothing changed */
    DIALOG_INFO_TOO_MANY, /* more dialogs than limits->max_tuples; nothing changed */
    DIALOG_INFO_NO_MEMORY,
    DIALOG_INFO_RESULTS
};

/** Of a phone that has said nothing: idle. NULL: out of memory. */
struct dialog_info *dialog_info_new(void);
void dialog_info_free(struct dialog_info **pinfo);

/** Takes the next document. */
enum dialog_info_result dialog_info_take(struct dialog_info *info, char const *body, size_t len,
                                         struct pidf_limits const *limits);

/** Engaged: a dialog is confirmed, or the phone calls somebody. Ringing: somebody calls it. */
enum dialog_info_line dialog_info_line(struct dialog_info const *info);

/** Whom the documents are about, as they say it; "" before the first. Borrowed. */
char const *dialog_info_entity(struct dialog_info const *info);

/** Which dialogs the last document spoke of, also as ended: the same number for the same ids. 0: of
 *  none. */
uint64_t dialog_info_subject(struct dialog_info const *info);

/** The state as the document of a line (compose.h), about @p entity, with one tuple called @p id.
 *  NULL: out of memory. */
struct pidf *dialog_info_document(struct dialog_info const *info, char const *entity,
                                  char const *id);

/** A line of which somebody is told; only one that is not idle. */
struct dialog_info_entry {
    char const *id; /* of its dialog */
    enum dialog_info_line line;
};

/** Appends a full document about @p entity to @p out. Returns 0 or -ENOMEM. */
int dialog_info_write(char const *entity, uint32_t version, struct dialog_info_entry const *entries,
                      size_t n, struct buf *out);

/** "ringing"; "a document before it is missing". Static. */
char const *dialog_info_line_name(enum dialog_info_line line);
char const *dialog_info_result_text(enum dialog_info_result result);
