/* SPDX-License-Identifier: Apache-2.0 */
/* Who may control what: the three-step user check, lines and phones of users (guide-rcc 3).
 *
 * One table over the users of the configuration file and those of the store. It is built as a
 * whole, in whatever thread, and does not change then, but for the devices that users choose
 * and whether they are registered; directory.h puts the next one in its place. */
#pragma once
#include "cti_conf.h"
#include "device_choice.h"
#include "store_people.h"
#include <stdbool.h>

struct users;

struct users_person {
    char const *id, *mail, *uri;
    bool rcc;
    struct cfg_strings groups;
    struct cfg_strings lines;        /* of the configuration file */
    struct cfg_where where;          /* in the configuration file; without file: of the store */
    struct store_owner const *owner; /* devices in the store, or NULL */
};

/** Builds the tables over @p conf (borrowed) and @p people (taken, also on failure; NULL: there is
 *  no store). What stands in both sources and is not the same there is logged with both, counted in
 *  @p ret_contradictions, and stays as the configuration file has it. NULL when out of memory. */
struct users *users_new(struct cti_conf const *conf, struct store_people *people,
                        size_t *ret_contradictions);
/** Accepts NULL inside. */
void users_free(struct users **pusers);

/** Revision of the store that this was built from; 0 without. */
int64_t users_revision(struct users const *users);

/** How many there are. */
size_t users_count(struct users const *users);

/** Which of the three steps found a user. */
enum users_match { USERS_MATCH_ID, USERS_MATCH_MAIL, USERS_MATCH_URI };

/** The user that a From URI names ("sip:joe@company.example"): by user id, else by mail address,
 *  else by primary SIP address. NULL if nobody. @p ret_matched may be NULL. */
struct users_person const *users_find(struct users const *users, char const *from_uri,
                                      enum users_match *ret_matched);

/** The user with this id, or NULL. */
struct users_person const *users_by_id(struct users const *users, char const *id);

/** May the user @p id control the line @p number? */
bool users_may_control(struct users const *users, char const *id, char const *number);

/** Does anybody have the line @p number? */
bool users_have_line(struct users const *users, char const *number);

/** The numbers of the lines that the user @p id may control, at most @p max; returns how many. */
size_t users_numbers(struct users const *users, char const *id, char const **ret, size_t max);

enum { USERS_PHONES_MAX = 16 };

/** The phones of line @p number (in @p partition, "" for any) that the user @p id may control, at
 *  most @p max; returns how many. A line of the configuration file is the user's on every phone. */
size_t users_phones(struct users const *users, char const *id, char const *number,
                    char const *partition, struct device_choice_phone *ret, size_t max);

/** Is @p device one of those phones? */
bool users_has_phone(struct users const *users, char const *id, char const *number,
                     char const *device);

/** Does line @p number stand on the phone @p device, whosever that is? */
bool users_stands_on(struct users const *users, char const *number, char const *device);

/** The phones of line @p number, whosever they are, at most @p max; returns how many. */
size_t users_line_phones(struct users const *users, char const *number, char const **ret,
                         size_t max);

/** The phone @p device is registered, or no longer. Returns whether that is news. */
bool users_register(struct users *users, char const *device, bool is_registered);

/** Does the store know a phone with line @p number? */
bool users_has_phones(struct users const *users, char const *number);

/** The device that the user chose last for that line, "" if none. */
char const *users_chosen(struct users const *users, char const *id, char const *number);

/** The user has chosen. Returns 0 or -ENOMEM. */
int users_choose(struct users *users, char const *id, char const *number, char const *device);
