/* SPDX-License-Identifier: Apache-2.0 */
/* The three kinds of entries that `crosspoint user|device|line` manages, as rows: which columns
 * each has, what may stand in them, and how an entry is read from the store and written to it.
 * Commands, import and export know no kind beyond this. */
#pragma once
#include "buf.h"
#include "store_people.h"

enum { PEOPLE_COLUMNS = 8 };

enum people_type {
    PEOPLE_TEXT,
    PEOPLE_YESNO,
    PEOPLE_WORDS, /* a list with blanks or commas between its entries */
};

struct people_column {
    char const *name;
    char const *preset; /* of a new entry */
    enum people_type type;
    /* Returns NULL, or what is wrong with a value; lists word by word. May be NULL. */
    char const *(*check)(char const *value);
};

/** The values of one entry, in the order of the columns. */
struct people_values {
    char const *v[PEOPLE_COLUMNS];
    struct buf list; /* of a list, joined; the others are borrowed from the copy */
};

typedef void people_each_fn(void *ctx, struct people_values const *values);

struct people_kind {
    char const *name;
    char const *key_word; /* "NAME", as help shows it */
    char const *assigned; /* what `assign` is about: the name of a list column */
    struct people_column columns[PEOPLE_COLUMNS];
    size_t n;
    size_t keys; /* so many columns, from the first, name an entry */
    /* Entries are what store_people.h keeps of this kind; NULL: there is none. */
    void const *(*find)(struct store_people const *people, char const *const *key);
    void const *(*next)(struct store_people const *people, void const *entry); /* NULL: first */
    void (*fill)(void const *entry, struct people_values *ret);
    int (*put)(struct store *store, char const *const *values);
    int (*drop)(struct store *store, char const *const *key);
};

extern struct people_kind const people_kind_user, people_kind_device, people_kind_line;

/** Fills @p ret, whose list is initialised, with the entry @p key. False: there is none. */
bool people_kind_find(struct people_kind const *kind, struct store_people const *people,
                      char const *const *key, struct people_values *ret);

/** Calls @p fn with every entry, in the order of names. */
void people_kind_each(struct people_kind const *kind, struct store_people const *people,
                      people_each_fn *fn, void *ctx);

/** Column of this name, NULL if there is none. */
struct people_column const *people_kind_column(struct people_kind const *kind, char const *name,
                                               size_t *ret_index);

/** What is wrong with @p value in @p column; NULL: nothing. Static text. */
char const *people_kind_check(struct people_column const *column, char const *value);

/** Appends @p value as it is kept: yes or no, one blank between words. */
void people_kind_normalize(struct people_column const *column, char const *value, struct buf *out);
