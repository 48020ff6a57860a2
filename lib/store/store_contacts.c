/* SPDX-License-Identifier: Apache-2.0 */
/* Reading contacts and policies into one arena: see store_contacts.h. */
#include "store_contacts.h"
#include "store_copy.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store_contacts {
    struct store_arena arena;
    int64_t revision;
    struct htab by_owner, by_text, members;
    struct store_roster_list rosters;
    struct store_roster *last; /* that a row was of; the next one often is, too */
};

/* A text that was kept already. */
struct kept {
    struct htab_entry by_text;
    char text[];
};

/* --- look-ups --------------------------------------------------------------------------------- */

static uint64_t hash_of(char const *text)
{
    return htab_hash(text, strlen(text), 0);
}

static bool is_owner(struct htab_entry const *entry, void const *owner)
{
    return strcmp(((struct store_roster const *)entry)->owner, owner) == 0;
}

static bool is_kept(struct htab_entry const *entry, void const *text)
{
    return strcmp(((struct kept const *)entry)->text, text) == 0;
}

static bool is_member(struct htab_entry const *entry, void const *address)
{
    return strcmp(((struct store_member const *)entry)->address, address) == 0;
}

static bool has_word(struct store_word const *word, char const *text)
{
    while (word && strcmp(word->text, text) != 0)
        word = word->next;
    return word != NULL;
}

static struct store_member const *find_member(struct store_contacts const *contacts,
                                              char const *address)
{
    return (struct store_member const *)htab_find(&contacts->members, hash_of(address), is_member,
                                                  address);
}

bool store_contacts_is_user(struct store_contacts const *contacts, char const *address)
{
    return find_member(contacts, address) != NULL;
}

bool store_contacts_in_group(struct store_contacts const *contacts,
                             struct store_roster const *roster, char const *address)
{
    struct store_word const *word = roster ? roster->enterprise : NULL;
    struct store_member const *member = word ? find_member(contacts, address) : NULL;

    while (member && word && !has_word(member->groups, word->text))
        word = word->next;
    return member && word;
}

int64_t store_contacts_revision(struct store_contacts const *contacts)
{
    return contacts->revision;
}

struct store_roster_list const *store_contacts_rosters(struct store_contacts const *contacts)
{
    return &contacts->rosters;
}

struct store_roster const *store_contacts_roster(struct store_contacts const *contacts,
                                                 char const *owner)
{
    return (struct store_roster const *)htab_find(&contacts->by_owner, hash_of(owner), is_owner,
                                                  owner);
}

static int compare_contact(void const *address, void const *contact)
{
    return strcmp(address, ((struct store_contact const *)contact)->address);
}

static int compare_entry(void const *who, void const *entry)
{
    return strcmp(who, ((struct store_policy_entry const *)entry)->who);
}

struct store_contact const *store_contacts_find(struct store_roster const *roster,
                                                char const *address)
{
    if (!roster || !roster->n_contacts)
        return NULL;
    return bsearch(address, roster->contacts, roster->n_contacts, sizeof *roster->contacts,
                   compare_contact);
}

struct store_policy_entry const *store_contacts_entry(struct store_roster const *roster,
                                                      char const *who)
{
    if (!roster || !roster->n_entries)
        return NULL;
    return bsearch(who, roster->entries, roster->n_entries, sizeof *roster->entries, compare_entry);
}

/* --- rows ------------------------------------------------------------------------------------- */

static char const *keep(struct store_contacts *contacts, char const *text, bool *ok)
{
    struct kept *kept;
    size_t size = strlen(text) + 1;

    if (size == 1)
        return "";
    kept = (struct kept *)htab_find(&contacts->by_text, hash_of(text), is_kept, text);
    if (kept)
        return kept->text;
    kept = store_arena_alloc(&contacts->arena, sizeof *kept + size);
    if (kept)
        memcpy(kept->text, text, size);
    if (!kept || htab_insert(&contacts->by_text, &kept->by_text, hash_of(text)) < 0) {
        *ok = false;
        return NULL;
    }
    return kept->text;
}

/* The roster of the row's first column. NULL: it has none, as of a table without its owner. */
static struct store_roster *owner_of(struct store_contacts *contacts, sqlite3_stmt *row)
{
    char const *owner = store_copy_peek(row, 0);

    if (!contacts->last || strcmp(contacts->last->owner, owner) != 0)
        contacts->last = (struct store_roster *)store_contacts_roster(contacts, owner);
    return contacts->last;
}

/* How much each owner has, so that lists are taken from the arena as a whole. */
static int read_roster(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;
    struct store_roster *roster = store_arena_alloc(&contacts->arena, sizeof *roster);
    size_t n = (size_t)sqlite3_column_int64(row, 1), entries = (size_t)sqlite3_column_int64(row, 2);
    bool ok = roster != NULL;

    if (!ok)
        return -ENOMEM;
    roster->owner = keep(contacts, store_copy_peek(row, 0), &ok);
    roster->contacts = store_arena_alloc(&contacts->arena, n * sizeof *roster->contacts);
    roster->entries = store_arena_alloc(&contacts->arena, entries * sizeof *roster->entries);
    if (!ok || !roster->contacts || !roster->entries)
        return -ENOMEM;
    STAILQ_INSERT_TAIL(&contacts->rosters, roster, link);
    return htab_insert(&contacts->by_owner, &roster->by_owner, hash_of(roster->owner));
}

static int read_contact(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;
    struct store_roster *roster = owner_of(contacts, row);
    struct store_contact *contact = &roster->contacts[roster->n_contacts];
    bool ok = true;

    contact->address = keep(contacts, store_copy_peek(row, 1), &ok);
    contact->nickname = keep(contacts, store_copy_peek(row, 2), &ok);
    roster->n_contacts += ok;
    return ok ? 0 : -ENOMEM;
}

/* In front of a list; the rows come backwards. */
static int add_word(struct store_contacts *contacts, struct store_word **plist, char const *text)
{
    struct store_word *word = store_arena_alloc(&contacts->arena, sizeof *word);
    bool ok = word != NULL;

    if (!ok || !(word->text = keep(contacts, text, &ok)))
        return -ENOMEM;
    word->next = *plist;
    *plist = word;
    return 0;
}

static int read_group(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;
    struct store_contact *contact = (struct store_contact *)store_contacts_find(
        owner_of(contacts, row), store_copy_peek(row, 1));

    return contact ? add_word(contacts, &contact->groups, store_copy_peek(row, 2)) : 0;
}

static int read_enterprise(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;

    return add_word(contacts, &owner_of(contacts, row)->enterprise, store_copy_peek(row, 1));
}

/* Without the scheme, the domain in lower case. */
static char const *address_of(struct store_contacts *contacts, char const *sip, bool *ok)
{
    char text[512];
    char const *colon = strchr(sip, ':');
    size_t n = strlen(colon ? colon + 1 : sip), user;

    if (n >= sizeof text)
        return "";
    memcpy(text, colon ? colon + 1 : sip, n + 1);
    user = strcspn(text, "@");
    for (size_t i = user; i < n; i++)
        text[i] = (char)tolower((unsigned char)text[i]);
    return keep(contacts, text, ok);
}

static int read_member(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;
    struct store_member *member = store_arena_alloc(&contacts->arena, sizeof *member);
    char word[256];
    bool ok = member != NULL;

    if (!ok)
        return -ENOMEM;
    member->address = address_of(contacts, store_copy_peek(row, 0), &ok);
    for (char const *at = store_copy_peek(row, 1); ok && *(at += strspn(at, " "));) {
        size_t n = strcspn(at, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)n, at);
        ok = add_word(contacts, &member->groups, word) == 0;
        at += n;
    }
    if (!ok)
        return -ENOMEM;
    return htab_insert(&contacts->members, &member->by_address, hash_of(member->address));
}

static int read_entry(void *copy, sqlite3_stmt *row)
{
    struct store_contacts *contacts = copy;
    struct store_roster *roster = owner_of(contacts, row);
    struct store_policy_entry *entry = &roster->entries[roster->n_entries];
    bool ok = true;

    entry->who = keep(contacts, store_copy_peek(row, 1), &ok);
    entry->allow = sqlite3_column_int(row, 2);
    roster->n_entries += ok;
    return ok ? 0 : -ENOMEM;
}

static int read_policy(void *copy, sqlite3_stmt *row)
{
    int fallback = sqlite3_column_int(row, 1);

    if (fallback >= STORE_POLICY_UNSET && fallback <= STORE_POLICY_ASK)
        owner_of(copy, row)->fallback = (enum store_policy_default)fallback;
    return 0;
}

static int read_revision(void *copy, sqlite3_stmt *row)
{
    ((struct store_contacts *)copy)->revision = sqlite3_column_int64(row, 0);
    return 0;
}

/* --- copies ----------------------------------------------------------------------------------- */

static int step(struct store_db *db, enum store_statement id)
{
    return store_db_step(store_db_use(db, id));
}

/* All tables as of one moment: the lists are as long as their first count said. A job of the
 * store's thread is in a transaction already, and may be in one within it. */
static int read_tables(struct store_db *db, struct store_contacts *contacts)
{
    static struct store_copy_table const tables[] = {
        { STORE_SQL_contacts_revision_get, read_revision },
        { STORE_SQL_rosters_all, read_roster },
        { STORE_SQL_contacts_all, read_contact },
        { STORE_SQL_contact_groups_all, read_group },
        { STORE_SQL_enterprise_groups_all, read_enterprise },
        { STORE_SQL_members_all, read_member },
        { STORE_SQL_policy_entries_all, read_entry },
        { STORE_SQL_policies_all, read_policy },
    };
    int error = step(db, STORE_SQL_job_begin);

    if (error < 0)
        return error;
    error = store_copy_read(db, tables, sizeof tables / sizeof tables[0], contacts, "contacts");
    int ended = step(db, STORE_SQL_job_end);
    return error < 0 ? error : ended;
}

static int read_all(struct store_db *db, void **ret)
{
    struct store_contacts *contacts = *ret = calloc(1, sizeof *contacts);

    if (!contacts)
        return -ENOMEM;
    STAILQ_INIT(&contacts->rosters);
    int error = read_tables(db, contacts);
    /* Only reading needs it. */
    htab_fini(&contacts->by_text);
    if (error < 0) {
        store_contacts_free(&contacts);
        *ret = NULL;
    }
    return error;
}

int store_contacts_read(struct store *store, struct store_contacts **ret)
{
    void *copy;
    int error = read_all(store_job_db(store), &copy);

    *ret = copy;
    return error;
}

void store_contacts_free(struct store_contacts **pcontacts)
{
    struct store_contacts *contacts = *pcontacts;

    *pcontacts = NULL;
    if (!contacts)
        return;
    htab_fini(&contacts->by_owner);
    htab_fini(&contacts->by_text);
    htab_fini(&contacts->members);
    store_arena_fini(&contacts->arena);
    free(contacts);
}

static void hand(store_copy_any_fn *take, void *ctx, void *copy)
{
    ((store_contacts_take_fn *)take)(ctx, copy);
}

int store_contacts_refresh(struct store_link *link, int64_t known, store_contacts_take_fn *take,
                           store_done_fn *done, void *ctx)
{
    static struct store_copy_kind const kind = { STORE_SQL_contacts_revision_get, read_all, hand };

    return store_copy_refresh(link, &kind, known, (store_copy_any_fn *)take, done, ctx);
}
