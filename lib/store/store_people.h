/* SPDX-License-Identifier: Apache-2.0 */
/* The people whose phones are controlled, their devices, lines, and which line stands on which
 * device: a copy of what the file holds, which never changes once it is read.
 *
 * Two programs may have the file open: the one that changes it counts up a revision, and the one
 * that keeps a copy asks for the revision now and then, and reads all anew, in the store's thread,
 * when it is another one. (PRAGMA data_version would also move with every registration that the
 * proxy keeps in the same file.) Changes are in store_people_change.h. */
#pragma once
#include "htab.h"
#include "store.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct store_people;

struct store_line;

/** One entry of a list of lines. */
struct store_line_ref {
    struct store_line_ref *next;
    struct store_line const *line;
};

/** One entry of a list of names. */
struct store_word {
    struct store_word *next;
    char const *text;
};

/** Strings are never NULL; "" is none. */
struct store_device {
    struct htab_entry by_name;
    STAILQ_ENTRY(store_device) link;
    char const *name;
    char const *partition;        /* that its calls are made in */
    char const *mobility;         /* user who is signed in to it by extension mobility */
    struct store_line_ref *lines; /* that stand on it */
    struct store_word *users;     /* whose it is by association, in the order of their ids */
    bool soft;                    /* a soft phone (IP Communicator) */
    bool registered;              /* at the call manager */
};

/** One entry of a list of devices. */
struct store_device_ref {
    struct store_device_ref *next;
    struct store_device const *device;
};

struct store_person {
    struct htab_entry by_id;
    STAILQ_ENTRY(store_person) link;
    char const *id, *mail, *sip;
    char const **groups;
    size_t n_groups;
    bool rcc;
};

struct store_line {
    struct htab_entry by_number;
    STAILQ_ENTRY(store_line) link;
    struct store_line *same_number; /* in another partition, or NULL */
    char const *number, *partition;
    struct store_device_ref *devices; /* in the order in which they were assigned */
};

/** The devices of one user, by association or extension mobility; the user may be one of the
 *  configuration file. */
struct store_owner {
    struct htab_entry by_user;
    STAILQ_ENTRY(store_owner) link;
    char const *user;
    struct store_device_ref *devices;
};

/** The device that a user chose last for a line. */
struct store_choice {
    STAILQ_ENTRY(store_choice) link;
    char const *user, *number, *partition, *device;
};

STAILQ_HEAD(store_device_list, store_device);
STAILQ_HEAD(store_person_list, store_person);
STAILQ_HEAD(store_line_list, store_line);
STAILQ_HEAD(store_owner_list, store_owner);
STAILQ_HEAD(store_choice_list, store_choice);

/** Reads everything. Blocks; before store_start() only. Returns 0 or a negative errno after logging
 *  why. */
int store_people_read(struct store *store, struct store_people **ret);

/** Accepts NULL inside. Any thread. */
void store_people_free(struct store_people **ppeople);

/** Gets a new copy, in the store's thread. */
typedef void store_people_take_fn(void *ctx, struct store_people *people);

/** Has the store's thread look at the revision and, if it is not @p known, read everything and give
 *  it to @p take there. Then @p done is called, with 0 also if there was nothing new. Returns 0, or
 * a negative errno and nobody is called. */
int store_people_refresh(struct store_link *link, int64_t known, store_people_take_fn *take,
                         store_done_fn *done, void *ctx);

/** Changes the copy alone, which therefore nobody else may be reading. Returns whether there is
 * such a device and it was otherwise. */
bool store_people_set_registered(struct store_people *people, char const *device,
                                 bool is_registered);

int64_t store_people_revision(struct store_people const *people);

/* Look-ups: NULL if there is none. */
struct store_person const *store_people_user(struct store_people const *people, char const *id);
struct store_device const *store_people_device(struct store_people const *people, char const *name);
struct store_owner const *store_people_owner(struct store_people const *people, char const *user);
/** The first of the lines with this number; the others follow by same_number. */
struct store_line const *store_people_lines_of(struct store_people const *people,
                                               char const *number);

/* Everything, in the order of names. */
struct store_person_list const *store_people_users(struct store_people const *people);
struct store_device_list const *store_people_devices(struct store_people const *people);
struct store_line_list const *store_people_lines(struct store_people const *people);
struct store_owner_list const *store_people_owners(struct store_people const *people);
struct store_choice_list const *store_people_choices(struct store_people const *people);
