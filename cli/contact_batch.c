/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of contacts: see contact_batch.h. */
#include "contact_batch.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include "program_conf.h"
#include "store_contacts_change.h"
#include "store_file.h"
#include "store_people.h"
#include "store_users.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failed(struct contact_batch const *batch, int error)
{
    cli_complain("%s: %s", batch->store_path,
                 error == -EBUSY ? "another program is writing to it" : strerror(-error));
    return CLI_FAILED;
}

/* --- own users -------------------------------------------------------------------------------- */

/* An address without domain is of ours. */
static bool canonical(struct contact_batch const *batch, char const *text,
                      char ret[static CONTACT_ADDRESS_BYTES])
{
    char whole[CONTACT_ADDRESS_BYTES];
    int n = strchr(text, '@') ? snprintf(whole, sizeof whole, "%s", text)
                              : snprintf(whole, sizeof whole, "%s@%s", text, batch->domain);

    return n < (int)sizeof whole && contact_row_key(whole, ret);
}

static void add_user(struct contact_batch *batch, char const *text)
{
    char address[CONTACT_ADDRESS_BYTES];

    if (canonical(batch, text, address))
        json_object_set_new(batch->users, address, json_true());
}

static void add_registered(void *ctx, struct store_user const *user)
{
    char text[CONTACT_ADDRESS_BYTES];

    (void)snprintf(text, sizeof text, "%s@%s", user->name, user->domain);
    add_user(ctx, text);
}

/* Users of the configuration file, those who register, and the people of the directory. */
static int read_users(struct contact_batch *batch)
{
    struct store_person const *person;
    struct store_people *people = NULL;
    struct store_users *users = NULL;
    json_t *user;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(batch->conf, "presence"), "users"), i, user)
    {
        add_user(batch, json_string_value(user));
    }
    int error = store_users_new(&users, batch->store);
    if (error == 0)
        error = store_users_each(users, add_registered, batch);
    if (error == 0)
        error = store_people_read(batch->store, &people);
    if (error == 0)
        STAILQ_FOREACH(person, store_people_users(people), link)
        {
            if (*person->sip)
                add_user(batch, person->sip);
        }
    store_people_free(&people);
    store_users_free(&users);
    return error;
}

bool contact_batch_has(struct contact_batch const *batch, char const *address)
{
    return json_object_get(batch->users, address) != NULL;
}

int contact_batch_owner(struct contact_batch const *batch, char const *text,
                        char ret[static CONTACT_ADDRESS_BYTES])
{
    if (canonical(batch, text, ret) && contact_batch_has(batch, ret))
        return CLI_OK;
    cli_complain("there is no user \"%s\" on this node", text);
    return CLI_FAILED;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static int load_conf(struct contact_batch *batch)
{
    struct cli *cli = batch->cli;
    int code = cli_load(cli);

    if (code != CLI_OK)
        return code;
    if (!cli_is_enabled(cli, program_find("presence"))) {
        cli_complain("%s has no group \"presence\", so there are no contacts", cli->conf_path);
        return EX_CONFIG;
    }
    code = program_conf_ask(cli, "presence", true, &batch->conf);
    if (code != CLI_OK)
        return code;
    json_t const *presence = json_object_get(batch->conf, "presence");
    batch->store_path = program_conf_text(presence, "store");
    batch->domain = program_conf_text(json_object_get(batch->conf, "node"), "domain");
    batch->max_contacts = (size_t)json_integer_value(json_object_get(presence, "max_contacts"));
    if (*batch->store_path)
        return CLI_OK;
    cli_complain("%s sets no presence.store, so there are no contacts", cli->conf_path);
    return EX_CONFIG;
}

static int begin(struct contact_batch *batch, struct cli *cli, bool writes)
{
    *batch = (struct contact_batch){ .cli = cli, .users = json_object(), .counts = json_object() };
    int code = load_conf(batch), error = 0;
    if (code == CLI_OK)
        code = store_file_open(batch->store_path,
                               program_conf_text(json_object_get(batch->conf, "node"), "user"),
                               &batch->store);
    if (code != CLI_OK)
        return code;
    if (writes && (error = store_contacts_begin(batch->store, 0)) == 0)
        batch->is_open = true;
    if (error == 0)
        error = store_contacts_read(batch->store, &batch->contacts);
    if (error == 0)
        error = read_users(batch);
    return error < 0 ? failed(batch, error) : CLI_OK;
}

int contact_batch_begin(struct contact_batch *batch, struct cli *cli)
{
    return begin(batch, cli, true);
}

int contact_batch_look(struct contact_batch *batch, struct cli *cli)
{
    return begin(batch, cli, false);
}

int contact_batch_pause(struct contact_batch *batch)
{
    int error = store_contacts_end(batch->store, true);

    batch->is_open = false;
    batch->is_lost = error < 0;
    batch->is_written |= error == 0;
    if (error == 0)
        error = store_contacts_begin(batch->store, 0);
    batch->is_open = error == 0;
    return error;
}

int contact_batch_end(struct contact_batch *batch, int code, bool dry_run)
{
    bool commits = code == CLI_OK && !dry_run;
    int error = batch->is_open ? store_contacts_end(batch->store, commits) : 0;

    if (commits && error < 0)
        code = failed(batch, error);
    batch->is_lost |= commits && error < 0;
    batch->is_written |= commits && error == 0 && batch->is_open;
    store_close(&batch->store);
    if (batch->is_written)
        code =
            control_tell(batch->cli, "presence", "contacts reload") == CLI_OK ? code : CLI_FAILED;
    store_contacts_free(&batch->contacts);
    json_decref(batch->conf);
    json_decref(batch->users);
    json_decref(batch->counts);
    return code;
}

/* --- adding ----------------------------------------------------------------------------------- */

/* How many contacts there are in the list of @p owner, with what was added here. */
static size_t count(struct contact_batch const *batch, char const *owner)
{
    json_t const *changed = json_object_get(batch->counts, owner);
    struct store_roster const *roster = store_contacts_roster(batch->contacts, owner);

    return changed ? (size_t)json_integer_value(changed) : roster ? roster->n_contacts : 0;
}

static bool is_full(struct contact_batch const *batch, char const *owner)
{
    return batch->max_contacts && count(batch, owner) >= batch->max_contacts;
}

static enum contact_fault judge(struct contact_batch const *batch, struct contact_row const *row,
                                bool is_new)
{
    if (!contact_batch_has(batch, row->owner))
        return CONTACT_NOT_HERE;
    if (is_new && (is_full(batch, row->owner) || is_full(batch, row->contact)))
        return CONTACT_OVER_LIMIT;
    return CONTACT_FINE;
}

int contact_batch_add(struct contact_batch *batch, struct contact_row const *row,
                      enum contact_fault *ret_fault)
{
    size_t was = count(batch, row->owner);
    bool is_new = false;
    int error = store_contacts_has(batch->store, row->owner, row->contact, &is_new);

    is_new = !is_new;
    *ret_fault = error < 0 ? CONTACT_FINE : judge(batch, row, is_new);
    if (error < 0 || *ret_fault != CONTACT_FINE)
        return error;
    if (is_new || *row->nickname)
        error = store_contacts_put(batch->store, row->owner, row->contact, row->nickname);
    if (error == 0 && *row->group)
        error = store_contacts_put_group(batch->store, row->owner, row->contact, row->group);
    if (error == 0 && is_new &&
        json_object_set_new(batch->counts, row->owner, json_integer((json_int_t)was + 1)) < 0)
        error = -ENOMEM;
    return error;
}
