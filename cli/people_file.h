/* SPDX-License-Identifier: Apache-2.0 */
/* The files of people: opening the store as its owner would, and CSV in and out. */
#pragma once
#include "people_batch.h"

/** Opens the store of @p conf; makes it for node.user if root is first. Returns CLI_OK, or the exit
 *  code after a complaint. */
int people_file_open(struct people_conf const *conf, struct store **ret);

/** Imports the CSV file @p path ("-": standard input) as entries of @p kind. */
int people_file_import(struct cli *cli, struct people_kind const *kind, char const *path,
                       bool dry_run);

/** Prints all entries of @p kind as CSV. */
int people_file_export(struct cli *cli, struct people_kind const *kind);
