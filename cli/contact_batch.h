/* SPDX-License-Identifier: Apache-2.0 */
/* One change of contacts and policies, be it one contact or a file: what is fine of it is written
 * in one transaction, and the presence server is told when it runs.
 *
 * The limits are the server's (presence.max_contacts): a list that is full takes nobody, and whose
 * own list is full cannot be added to another one (guide part 2, 5.3). */
#pragma once
#include "contact_row.h"
#include "store_contacts.h"
#include <jansson.h>

struct cli;

struct contact_batch {
    struct cli *cli;
    json_t *conf;   /* of the presence server; owned */
    json_t *users;  /* addresses of own users -> true; owned */
    json_t *counts; /* address -> contacts in the list, as far as it was changed; owned */
    char const *store_path, *domain;
    struct store *store;
    struct store_contacts *contacts; /* as they were at the beginning */
    size_t max_contacts;             /* 0: no limit */
    bool is_open;                    /* a transaction */
    bool is_written;                 /* something has been committed */
    bool is_lost;                    /* the end of it could not be */
};

/** Asks for the configuration, opens the store, keeps other writers out, reads. Returns CLI_OK, or
 *  the exit code after a complaint; contact_batch_end() is right after either. */
int contact_batch_begin(struct contact_batch *batch, struct cli *cli);

/** As above, but only to look. */
int contact_batch_look(struct contact_batch *batch, struct cli *cli);

/** Reads the address of an own user; without domain it is one of node.domain. Returns CLI_OK, or
 *  the exit code after a complaint. */
int contact_batch_owner(struct contact_batch const *batch, char const *text,
                        char ret[static CONTACT_ADDRESS_BYTES]);

/** Is the address that of an own user? */
bool contact_batch_has(struct contact_batch const *batch, char const *address);

/** Adds a contact, or adds to what is there: @p nickname "" and @p group "" say nothing. Returns 0
 *  or a negative errno; @p ret_fault says why nothing was done. */
int contact_batch_add(struct contact_batch *batch, struct contact_row const *row,
                      enum contact_fault *ret_fault);

/** Commits what there is and goes on, so that other writers, such as the registrar, need not wait
 * for the end of a long file. Returns 0 or a negative errno. */
int contact_batch_pause(struct contact_batch *batch);

/** Commits if @p code is CLI_OK and it is no dry run, else takes everything back; tells the server;
 *  frees. Returns the exit code. */
int contact_batch_end(struct contact_batch *batch, int code, bool dry_run);
