/* SPDX-License-Identifier: Apache-2.0 */
/* What the ring file of a tap looks like; for tap.c, which writes it, and tap_reader.c.
 *
 * A header, and `data_bytes` of records, all in the byte order of the machine. Positions count
 * bytes from the start of the program and never wrap; what is at position p stands at p modulo
 * data_bytes. Records are contiguous and start at multiples of 8: what does not fit behind the
 * last one goes to the begin, and a filler takes the rest.
 *
 * Valid is what stands from `first` to `next`. The writer moves `first` before it overwrites what
 * was valid, and `next` when what it wrote is whole. A reader takes `next`, copies, and then looks
 * at `first`: of the copy, what stands before it is not to be trusted.
 *
 * Nothing in a file may be trusted: tap_layout_check() says whether a copy of a record is one. */
#pragma once
#include "tap.h"
#include <stdatomic.h>
#include <stddef.h>

#define TAP_LAYOUT_MAGIC "XPtap\r\n"

enum { TAP_LAYOUT_VERSION = 1, TAP_LAYOUT_DATA = 4096, TAP_LAYOUT_ALIGN = 8 };
enum { TAP_LAYOUT_PROGRAM = 32, TAP_LAYOUT_LEAST_BYTES = 4096 };

struct tap_layout_header {
    char magic[8];
    uint32_t version;
    uint32_t data_offset;
    uint64_t data_bytes;
    uint64_t started_us; /* since 1970 */
    uint32_t pid;
    _Atomic uint32_t ended; /* 1: in order */
    char program[TAP_LAYOUT_PROGRAM];
    uint64_t reserved[7];
    _Atomic uint64_t first, next; /* positions */
};

enum tap_layout_kind { TAP_LAYOUT_FILLER, TAP_LAYOUT_MESSAGE, TAP_LAYOUT_NOTE, TAP_LAYOUT_KINDS };

/* The begin of every record; of a filler, only size and kind. */
struct tap_layout_record {
    uint32_t size; /* with all that belongs to it; a multiple of 8 */
    uint16_t kind;
    uint8_t direction, protocol;
    uint64_t serial; /* of a note: of the message that it is about */
    uint64_t time_us;
};

struct tap_layout_addr {
    uint16_t family; /* 4, 6, or 0: unknown */
    uint16_t port;   /* in the byte order of the machine */
    uint32_t scope;
    uint8_t address[16];
};

/* Behind it listener, subject, id and the bytes, a NUL after each. */
struct tap_layout_message {
    struct tap_layout_record record;
    char transport[4];
    uint16_t listener, subject, id; /* lengths, without NUL */
    uint16_t is_cut;
    uint32_t len;
    struct tap_layout_addr local, remote;
};

/* Behind it the text and a NUL. */
struct tap_layout_note {
    struct tap_layout_record record;
    uint32_t len, reserved;
};

_Static_assert(sizeof(struct tap_layout_header) == 144, "layout of version 1");
_Static_assert(sizeof(struct tap_layout_message) == 88, "layout of version 1");
_Static_assert(sizeof(struct tap_layout_note) == 32, "layout of version 1");

static inline size_t tap_layout_align(size_t size)
{
    return (size + TAP_LAYOUT_ALIGN - 1) / TAP_LAYOUT_ALIGN * TAP_LAYOUT_ALIGN;
}

/** Is @p record, of which @p limit bytes may be looked at, one that is sound in itself? */
bool tap_layout_check(struct tap_layout_record const *record, uint64_t limit);

/** Of a message that has been checked; what @p ret points to is in it. */
void tap_layout_read(struct tap_layout_message const *message, struct tap_record *ret);

/** Of a note that has been checked. */
char const *tap_layout_text(struct tap_layout_note const *note);

/** Fills the lengths of a message of @p len bytes like @p like; returns the size of its record. */
size_t tap_layout_measure(struct tap_record const *like, size_t len,
                          struct tap_layout_message *ret);

/** Writes a record of that size to @p at. Serial and time come from @p measured, all else from @p
 *  like. */
void tap_layout_write(struct tap_layout_message *at, struct tap_layout_message const *measured,
                      struct tap_record const *like, void const *bytes);
