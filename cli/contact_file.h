/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts in files: import, new names, export, as guide part 3, 19.2-19.5 has them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cli;

/** Imports the CSV file @p path ("-": standard input): what is fine is written, what is not is
 *  listed with its reason behind the four counts. @p no_limits: max_contacts does not count. */
int contact_file_import(struct cli *cli, char const *path, bool no_limits, bool dry_run);

/** Gives contacts new addresses in every list: a file with the columns Contact ID, New Contact ID
 *  under a header. */
int contact_file_rename(struct cli *cli, char const *path, bool dry_run);

/** The same for one pair. */
int contact_file_rename_one(struct cli *cli, char const *from, char const *to, bool dry_run);

/** Writes the lists of @p n owners (0: all) to a new file in @p folder, with the time in its name,
 *  or to standard output ("-"). */
int contact_file_export(struct cli *cli, char const *folder, char *const *owners, size_t n);
