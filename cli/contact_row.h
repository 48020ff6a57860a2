/* SPDX-License-Identifier: Apache-2.0 */
/* One contact as a row of a file, and what may be wrong with it: the columns, limits and reasons
 * of guide part 3, 19.2-19.5. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* As large as the addresses of the presence server. */
enum { CONTACT_ADDRESS_BYTES = 300, CONTACT_COLUMNS = 6 };

/** Columns of import and export, in their order. */
enum contact_column {
    CONTACT_USER_ID,
    CONTACT_USER_DOMAIN,
    CONTACT_ID,
    CONTACT_DOMAIN,
    CONTACT_NICKNAME,
    CONTACT_GROUP,
};

struct contact_column_row {
    char const *name;
    size_t max; /* characters */
    bool required;
};
extern struct contact_column_row const contact_columns[CONTACT_COLUMNS];

/** Why a row is ignored. */
enum contact_fault {
    CONTACT_FINE,
    CONTACT_BAD_FORMAT,
    CONTACT_BAD_DOMAIN,
    CONTACT_SELF,
    CONTACT_OVER_LIMIT,
    CONTACT_NOT_HERE,
    CONTACT_FAULTS
};

/** "invalid format", as people read it. */
char const *contact_fault_str(enum contact_fault fault);

struct contact_row {
    char owner[CONTACT_ADDRESS_BYTES], contact[CONTACT_ADDRESS_BYTES];
    char const *nickname, *group; /* borrowed from the fields */
};

/** Reads the fields of one row, blanks around them cut off in place. Sees everything but
 *  CONTACT_OVER_LIMIT and CONTACT_NOT_HERE, which depend on others. */
enum contact_fault contact_row_read(char *const *fields, size_t n, struct contact_row *ret);

/** Is @p text, which is not empty where it must not be, right for @p column? */
bool contact_row_fits(char const *text, enum contact_column column);

/** Cuts blanks off both ends of @p text, in place. */
char *contact_row_trim(char *text);

/** The spelling of an address in one piece, split at its last @. False: it is none. */
bool contact_row_key(char const *text, char ret[static CONTACT_ADDRESS_BYTES]);

/** Reads an address in one piece, split at its last @; by the limits of a contact. */
enum contact_fault contact_row_address(char const *text, char ret[static CONTACT_ADDRESS_BYTES]);

/** Takes an address apart as the columns have it: an @ in the user part as it is. False: it is
 *  none. @p ret_id and @p ret_domain have CONTACT_ADDRESS_BYTES each. */
bool contact_row_split(char const *address, char *ret_id, char *ret_domain);
