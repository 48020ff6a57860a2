/* SPDX-License-Identifier: Apache-2.0 */
/* What each message is made of: one row per child element, in the schema's order.
 *
 * The rows drive the decoder, the encoder and the tests that walk every message; a new service is a
 * name in csta_names.h and its rows in csta_rows_*.c. A child without a row is skipped on reading
 * and never written. Private to cti-gw/csta. */
#pragma once
#include "csta.h"

enum csta_row_kind {
    ROW_TEXT,        /* char const *: trimmed, no control characters */
    ROW_SECRET,      /* char const *: as TEXT, but blanks count */
    ROW_BOOL,        /* bool: true false 1 0; false is absent unless REQUIRED */
    ROW_UINT,        /* uint32_t; 0 is absent unless REQUIRED */
    ROW_ENUM,        /* an enum of csta_names.h, spelled by names */
    ROW_GROUP,       /* rows inside an element; offset is added to theirs */
    ROW_CONN,        /* struct csta_conn; its rows may come in any order, one may be missing */
    ROW_DEVICE,      /* struct csta_device: Subject-, Calling- or CalledDeviceID */
    ROW_REDIRECTION, /* struct csta_device: RedirectionDeviceID, a number is numberDialed */
    ROW_LIST,        /* repeated: array pointer at offset, its size_t at count_offset */
    ROW_CAPABILITY,  /* a bit of struct csta_set: an empty element if set */
    ROW_FLAG,        /* a bit of struct csta_set: the text true if set */
    ROW_WRAPPED,     /* what its one inner row says, in an element of that name from the edition
                        @value on and as plain text before; both are read */
    ROW_ERROR,       /* struct csta_error: value is the category, the text is its value */
    ROW_KINDS
};

enum csta_need {
    OPTIONAL,
    REQUIRED, /* both ways */
    ALWAYS,   /* the schema wants it: written even if empty or not known, not demanded on reading */
    ACCEPTED, /* another way to say it: read, never written */
    ONE_OF,   /* a choice: one of the rows of this kind must be there */
};

/* Spelling of an enum: names[value], NULL for the absent value; aliases are read only. */
struct csta_spelling {
    char const *const *names;
    unsigned n;
    struct csta_alias {
        char const *name;
        unsigned value;
    } const *aliases; /* ends with a NULL name; may be NULL */
};

/* A namespace other than that of the message. */
struct csta_space {
    char const *uri;
    char const *prefix; /* NULL: declared as default */
};

struct csta_row {
    char const *name; /* NULL ends a table */
    enum csta_row_kind kind;
    enum csta_need need;
    size_t offset;
    struct csta_row const *rows;          /* GROUP, CONN, LIST, WRAPPED */
    struct csta_spelling const *spelling; /* ENUM */
    struct csta_space const *space;       /* NULL: the message's own */
    size_t count_offset, item_size;       /* LIST */
    unsigned value; /* CAPABILITY, FLAG: the bit; ERROR: the category; WRAPPED: an edition */
};

/** The rows of a message type, never NULL for 0 < type < CSTA_TYPES. */
struct csta_row const *csta_rows(enum csta_type type);

/** Whether the member at @p base has a value. A group has one if a row inside has. */
bool csta_row_is_present(struct csta_row const *row, void const *base);

/* csta_names.c */
extern struct csta_spelling const csta_spell_cause, csta_spell_state, csta_spell_simple_state,
    csta_spell_status, csta_spell_originate, csta_spell_category, csta_spell_device,
    csta_spell_consult, csta_spell_participation, csta_spell_digits, csta_spell_forwarding,
    csta_spell_listed, csta_spell_requested;

/** Value of a name, 0 if unknown; name of a value, NULL if it has none. */
unsigned csta_spelling_parse(struct csta_spelling const *spelling, char const *name);
char const *csta_spelling_str(struct csta_spelling const *spelling, unsigned value);

/** Edition of a CSTA namespace URI, 0 if it is none. */
enum csta_edition csta_edition_parse(char const *uri);
bool csta_is_session(enum csta_type type);
