/* SPDX-License-Identifier: Apache-2.0 */
/* A presence document as a plain value: PIDF (RFC 3863), the data model (RFC 4479), what we
 * understand of RPID (RFC 4480) and CIPID (RFC 4482), and everything else word for word.
 *
 * A document owns all that hangs on it, in one home: pidf_free() frees it. Texts and lists belong
 * to the document; who puts something in takes it from doc->home. Not thread safe; no shared state.
 */
#pragma once
#include "pidf_activity.h"
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stdint.h>

enum pidf_kind { PIDF_TUPLE, PIDF_PERSON, PIDF_DEVICE, PIDF_KINDS };
enum pidf_basic { PIDF_BASIC_NONE, PIDF_OPEN, PIDF_CLOSED };
enum pidf_show { PIDF_SHOW_NONE, PIDF_SHOW_CHAT, PIDF_SHOW_AWAY, PIDF_SHOW_XA, PIDF_SHOW_DND };
enum pidf_input { PIDF_INPUT_NONE, PIDF_INPUT_ACTIVE, PIDF_INPUT_IDLE };

enum { PIDF_PRIORITY_NONE = -1, PIDF_PRIORITY_MAX = 1000 };
/** No time: of timestamps and last inputs. */
#define PIDF_TIME_NONE INT64_MIN

struct pidf_note {
    struct pidf_note *next;
    char const *lang; /* NULL: none */
    char const *text;
};

/** An element that we do not understand, as text that can stand anywhere (xml_reader_copy()). */
struct pidf_piece {
    struct pidf_piece *next;
    char const *xml;
};

/** A tuple, a person or a device. */
struct pidf_part {
    struct pidf_part *next;
    enum pidf_kind kind;
    char const *id;           /* NULL only of persons and devices that came without */
    char const *device_id;    /* NULL: none */
    char const *display_name; /* NULL: none */
    uint64_t activities;      /* pidf_activity_bit() */
    char const *other;        /* activity in free text, NULL: none */
    struct pidf_piece *activity_pieces;
    enum pidf_input input;
    int64_t last_input_ms;      /* since 1970, PIDF_TIME_NONE: none */
    char const *idle_threshold; /* seconds, as it came; NULL: none */
    struct pidf_note *notes;
    int64_t timestamp_ms;
    struct pidf_piece *pieces;
    bool suspended;      /* its client is off screen (XEP-0352, guide 17) */
    bool not_understood; /* holds a mandatory element (RFC 3863 mustUnderstand) that we do not know
                          */

    /* of tuples */
    enum pidf_basic basic;
    enum pidf_show show;
    struct pidf_piece *status_pieces;
    char const *contact; /* NULL: none */
    int priority;        /* of the contact, thousandths; PIDF_PRIORITY_NONE */
};

struct pidf {
    su_home_t home[1];
    char const *entity; /* as it came: "pres:joe@example.test" */
    struct pidf_part *parts[PIDF_KINDS];
    struct pidf_part **ends[PIDF_KINDS]; /* where the next one goes; NULL: none yet */
    unsigned n_parts[PIDF_KINDS];
    struct pidf_note *notes;
    struct pidf_piece *pieces;
    bool not_understood;
};

/** An empty document about @p entity (copied). NULL: out of memory. */
struct pidf *pidf_new(char const *entity);
void pidf_free(struct pidf **pdoc);

/** Appends an empty part. @p id is copied, NULL: none. NULL: out of memory. */
struct pidf_part *pidf_add(struct pidf *doc, enum pidf_kind kind, char const *id);

/** Appends a copy of @p part, which may be of another document. NULL: out of memory. */
struct pidf_part *pidf_add_copy(struct pidf *doc, struct pidf_part const *part);

/** Append a copy. Return 0 or -ENOMEM. @p lang may be NULL. */
int pidf_add_note(struct pidf *doc, struct pidf_note **list, char const *lang, char const *text);
int pidf_add_piece(struct pidf *doc, struct pidf_piece **list, char const *xml);

/** Append copies of those of @p from that are not there already, word for word. Return 0 or
 *  -ENOMEM. */
int pidf_merge_notes(struct pidf *doc, struct pidf_note **list, struct pidf_note const *from);
int pidf_merge_pieces(struct pidf *doc, struct pidf_piece **list, struct pidf_piece const *from);

/** "tuple", "closed", "xa", "idle": for people and for the writer. "" of the values that mean none.
 *  Static. */
char const *pidf_kind_name(enum pidf_kind kind);
char const *pidf_basic_name(enum pidf_basic basic);
char const *pidf_show_name(enum pidf_show show);
char const *pidf_input_name(enum pidf_input input);

/** What somebody is shown who may not know: a document of one closed tuple and nothing else. It is
 *  the same for one who is signed out, so that nobody can tell (RFC 3856 6.5.2, polite block).
 *  NULL: out of memory. */
struct pidf *pidf_new_offline(char const *entity);
