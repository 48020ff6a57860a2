/* SPDX-License-Identifier: Apache-2.0 */
/* Writing contacts and policies: see store_contacts_change.h. */
#include "store_contacts_change.h"
#include "store_write.h"
#include <errno.h>

static int change(struct store *store, enum store_statement id, char const *a, char const *b,
                  char const *c)
{
    return store_write_texts(store_job_db(store), id, STORE_TEXTS(a, b, c));
}

/* -ENOENT if nothing was there. */
static int drop(struct store *store, enum store_statement id, char const *a, char const *b)
{
    int error = change(store, id, a, b, NULL);

    return error == 0 && !store_db_changed(store_job_db(store)) ? -ENOENT : error;
}

int store_contacts_begin(struct store *store, int64_t known)
{
    return store_write_begin(store_job_db(store), STORE_SQL_contacts_revision_get, known);
}

int store_contacts_end(struct store *store, bool commit)
{
    return store_write_end(store_job_db(store), STORE_SQL_contacts_revision_bump, commit);
}

int store_contacts_has(struct store *store, char const *owner, char const *contact, bool *ret)
{
    int step = change(store, STORE_SQL_contact_get, owner, contact, NULL);

    *ret = step == 1;
    if (step == 1)
        sqlite3_reset(store_db_use(store_job_db(store), STORE_SQL_contact_get));
    return step < 0 ? step : 0;
}

int store_contacts_put(struct store *store, char const *owner, char const *contact,
                       char const *nickname)
{
    return change(store, STORE_SQL_contact_put, owner, contact, nickname);
}

int store_contacts_put_group(struct store *store, char const *owner, char const *contact,
                             char const *name)
{
    return *name ? change(store, STORE_SQL_contact_group_put, owner, contact, name)
                 : change(store, STORE_SQL_contact_groups_clear, owner, contact, NULL);
}

int store_contacts_drop(struct store *store, char const *owner, char const *contact)
{
    int error = drop(store, STORE_SQL_contact_drop, owner, contact);

    return error < 0 ? error : store_contacts_put_group(store, owner, contact, "");
}

int store_contacts_rename(struct store *store, char const *from, char const *to)
{
    int error = change(store, STORE_SQL_contact_rename, from, to, NULL);
    int lists = store_db_changed(store_job_db(store));

    if (error == 0)
        error = change(store, STORE_SQL_contact_rename_groups, from, to, NULL);
    /* Where both are on lists, a block stays a block. */
    if (error == 0)
        error = change(store, STORE_SQL_contact_rename_blocks, from, to, NULL);
    if (error == 0)
        error = change(store, STORE_SQL_contact_rename_entries, from, to, NULL);
    /* What is left is a list of the one who is now called like that. */
    if (error == 0)
        error = store_contacts_drop(store, to, from);
    if (error == 0 || error == -ENOENT)
        error = drop(store, STORE_SQL_policy_entry_drop, to, from);
    return error == 0 || error == -ENOENT ? lists : error;
}

int store_contacts_put_enterprise(struct store *store, char const *owner, char const *name)
{
    return change(store, STORE_SQL_enterprise_group_put, owner, name, NULL);
}

int store_contacts_drop_enterprise(struct store *store, char const *owner, char const *name)
{
    return drop(store, STORE_SQL_enterprise_group_drop, owner, name);
}

int store_contacts_put_entry(struct store *store, char const *owner, char const *who, bool allow)
{
    /* The column is an integer, and makes one of the text. */
    return change(store, STORE_SQL_policy_entry_put, owner, who, allow ? "1" : "0");
}

int store_contacts_drop_entry(struct store *store, char const *owner, char const *who)
{
    return drop(store, STORE_SQL_policy_entry_drop, owner, who);
}

int store_contacts_put_default(struct store *store, char const *owner,
                               enum store_policy_default fallback)
{
    if (fallback == STORE_POLICY_UNSET)
        return change(store, STORE_SQL_policy_drop, owner, NULL, NULL);
    return change(store, STORE_SQL_policy_put, owner,
                  (char const[]){ (char)('0' + fallback), '\0' }, NULL);
}
