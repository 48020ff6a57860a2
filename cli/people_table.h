/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the directory as tables, and which program knows a user. */
#pragma once
#include "people_kind.h"
#include <jansson.h>

struct cli;

/** All entries of @p kind as a table; caller owns it. Returns CLI_OK, or the exit code after a
 *  complaint. */
int people_table_read(struct cli *cli, struct people_kind const *kind, json_t **ret);

/** `user list`: the directory's table if there is a store, and that of the proxy if it has one;
 *  @p argv are the words for the proxy. */
int people_table_list_users(struct cli *cli, int argc, char **argv);

enum people_table_known { PEOPLE_TABLE_NO, PEOPLE_TABLE_YES, PEOPLE_TABLE_UNKNOWN };

struct people_table_source {
    bool in_directory;
    enum people_table_known at_proxy; /* UNKNOWN: it should run and does not */
};

/** Looks who knows the entry @p key of @p kind. Returns an exit code, without a word, when there is
 *  no directory. */
int people_table_look(struct cli *cli, struct people_kind const *kind, char const *const *key,
                      struct people_table_source *ret);
