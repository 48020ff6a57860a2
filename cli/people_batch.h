/* SPDX-License-Identifier: Apache-2.0 */
/* One change of the directory, be it one entry or a file of a hundred thousand: all or nothing.
 *
 * What is to be written is gathered first and written in one go, because the registrar of the proxy
 * waits meanwhile if the file is its own, too.
 *
 * The store is opened and locked, every entry is checked against the columns, the store and the
 * users of the configuration file; what does not fit together at the end is a fault, unless it did
 * not fit before. The gateway is told when it runs. */
#pragma once
#include "people_conf.h"
#include "people_kind.h"

struct people_batch {
    struct cli *cli;
    struct people_conf conf;
    struct store *store;
    struct store_people *people; /* as it was before */
    json_t *before;              /* faults that were there already, as keys */
    char const *file;            /* of an import, for the faults; NULL: none */
    json_t *lines;               /* first column of an imported entry -> line */
    STAILQ_HEAD(, people_write) writes;
    size_t added, changed, same, dropped, faults;
};

enum people_mode {
    PEOPLE_ADD,   /* must not be there */
    PEOPLE_SET,   /* must be there */
    PEOPLE_MERGE, /* either */
};

/** Returns CLI_OK, or the exit code after a complaint; people_batch_end() is right after either. */
int people_batch_begin(struct people_batch *batch, struct cli *cli);

/** Puts one entry: @p given in the order of the columns, NULL what is not given (it stays, or is
 *  preset). @p line is where it stands in the file, 0 without. Faults are printed and counted. */
void people_batch_put(struct people_batch *batch, struct people_kind const *kind,
                      char const *const *given, enum people_mode mode, int line);

/** Takes one entry away. */
void people_batch_drop(struct people_batch *batch, struct people_kind const *kind,
                       char const *const *key);

/** Prints and counts a fault; @p line 0: of no line. */
void people_batch_fault(struct people_batch *batch, int line, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Commits if there is no fault and @p code is CLI_OK, else takes everything back; with @p dry_run
 *  takes back what could be committed. Prints the counts, tells the gateway, frees. Returns the
 * exit code. */
int people_batch_end(struct people_batch *batch, int code, bool dry_run);
