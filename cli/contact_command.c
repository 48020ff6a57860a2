/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of contact lists: see contact_command.h. */
#include "contact_command.h"
#include "answer.h"
#include "cli.h"
#include "contact_batch.h"
#include "contact_file.h"
#include "contact_options.h"
#include "store_contacts_change.h"
#include "table.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

char const contact_command_args[] = "VERB ... [--OPTION VALUE ...]";
char const contact_command_more[] =
    "  list [USER]           the contacts of one user, or how many each user has\n"
    "  add USER CONTACT [--nickname NAME] [--group GROUP]\n"
    "  remove USER CONTACT\n"
    "  rename FILE           new addresses in every list; CSV: Contact ID, New Contact ID\n"
    "  rename OLD NEW        the same for one\n"
    "  import FILE [--no-limits] [--dry-run]     CSV without a header: User ID, User Domain,\n"
    "                        Contact ID, Contact Domain, Nickname, Group Name\n"
    "  export [USER ...] [--to FOLDER]           the same into FOLDER/contacts-TIME.csv, or to\n"
    "                        standard output (-)\n"
    "  group-add USER GROUP, group-remove USER GROUP     an enterprise group (groups of\n"
    "                        `crosspoint user`) in the contact list\n"
    "These need presence.store. A list takes presence.max_contacts contacts, and who has a full\n"
    "list is taken into no other one.\n";

/* One change of the list of words[0]. */
struct change {
    struct contact_batch batch;
    char owner[CONTACT_ADDRESS_BYTES];
    struct contact_row row;
};

static int begin(struct change *change, struct cli *cli, struct contact_options const *options)
{
    int code = contact_batch_begin(&change->batch, cli);

    if (code == CLI_OK)
        code = contact_batch_owner(&change->batch, options->words[0], change->owner);
    return code;
}

static int fail(char const *text, char const *why)
{
    cli_complain("%s: %s", text, why);
    return CLI_FAILED;
}

static int read_contact(struct change *change, char const *text)
{
    enum contact_fault fault = contact_row_address(text, change->row.contact);

    if (fault == CONTACT_FINE && strcmp(change->row.contact, change->owner) == 0)
        fault = CONTACT_SELF;
    (void)snprintf(change->row.owner, sizeof change->row.owner, "%s", change->owner);
    return fault == CONTACT_FINE ? CLI_OK : fail(text, contact_fault_str(fault));
}

static int end(struct change *change, int code, bool dry_run, char const *done)
{
    bool json = change->batch.cli->json;

    code = contact_batch_end(&change->batch, code, dry_run);
    if (code == CLI_OK && !json)
        printf("%s%s\n", done, dry_run ? "; a dry run, nothing is written" : "");
    return code;
}

/* --- one contact ------------------------------------------------------------------------------ */

static int add(struct change *change, char const *text)
{
    enum contact_fault fault;
    int error = contact_batch_add(&change->batch, &change->row, &fault);

    if (error < 0)
        return fail(text, strerror(-error));
    return fault == CONTACT_FINE ? CLI_OK : fail(text, contact_fault_str(fault));
}

static int verb_add(struct cli *cli, struct contact_options *options)
{
    struct change change;
    int code = begin(&change, cli, options);

    change.row.nickname = options->nickname ? options->nickname : "";
    change.row.group = options->group ? options->group : "";
    if (code == CLI_OK && !contact_row_fits(change.row.nickname, CONTACT_NICKNAME))
        code = fail(change.row.nickname, "is no nickname");
    if (code == CLI_OK && *change.row.group && !contact_row_fits(change.row.group, CONTACT_GROUP))
        code = fail(change.row.group, "is no name of a group");
    if (code == CLI_OK)
        code = read_contact(&change, options->words[1]);
    if (code == CLI_OK)
        code = add(&change, options->words[1]);
    return end(&change, code, options->dry_run, "added");
}

static int verb_remove(struct cli *cli, struct contact_options *options)
{
    struct change change;
    int code = begin(&change, cli, options);

    if (code == CLI_OK)
        code = read_contact(&change, options->words[1]);
    if (code == CLI_OK) {
        int error = store_contacts_drop(change.batch.store, change.owner, change.row.contact);
        if (error < 0)
            code = fail(options->words[1],
                        error == -ENOENT ? "is no contact of that user" : strerror(-error));
    }
    return end(&change, code, options->dry_run, "removed");
}

static int verb_group_add(struct cli *cli, struct contact_options *options)
{
    struct change change;
    int code = begin(&change, cli, options);

    if (code == CLI_OK && !contact_row_fits(options->words[1], CONTACT_GROUP))
        code = fail(options->words[1], "is no name of a group");
    if (code == CLI_OK &&
        store_contacts_put_enterprise(change.batch.store, change.owner, options->words[1]) < 0)
        code = fail(options->words[1], "the store does not take it");
    return end(&change, code, options->dry_run, "added");
}

static int verb_group_remove(struct cli *cli, struct contact_options *options)
{
    struct change change;
    int code = begin(&change, cli, options);

    if (code == CLI_OK &&
        store_contacts_drop_enterprise(change.batch.store, change.owner, options->words[1]) < 0)
        code = fail(options->words[1], "is no enterprise group in that list");
    return end(&change, code, options->dry_run, "removed");
}

/* --- tables ----------------------------------------------------------------------------------- */

static json_t *words(struct store_word const *word)
{
    json_t *list = json_array();

    for (; word; word = word->next)
        json_array_append_new(list, json_string(word->text));
    return list;
}

static json_t *table_of_contacts(struct store_roster const *roster)
{
    json_t *rows = json_array();

    for (size_t i = 0; roster && i < roster->n_contacts; i++)
        json_array_append_new(rows, json_pack("[s,s,o]", roster->contacts[i].address,
                                              roster->contacts[i].nickname,
                                              words(roster->contacts[i].groups)));
    for (struct store_word const *g = roster ? roster->enterprise : NULL; g; g = g->next)
        json_array_append_new(rows, json_pack("[s,s,[s]]", "(enterprise group)", "", g->text));
    return json_pack("{s:[s,s,s],s:o}", "columns", "contact", "nickname", "groups", "rows", rows);
}

/* Guide part 2, 5.3: who is at the limit shows. */
static json_t *table_of_owners(struct contact_batch const *batch)
{
    struct store_roster const *roster;
    json_t *rows = json_array();

    STAILQ_FOREACH(roster, store_contacts_rosters(batch->contacts), link)
    {
        bool full = batch->max_contacts && roster->n_contacts >= batch->max_contacts;
        json_array_append_new(
            rows, json_pack("[s,I,b]", roster->owner, (json_int_t)roster->n_contacts, full));
    }
    return json_pack("{s:[s,s,s],s:o}", "columns", "user", "contacts", "full", "rows", rows);
}

static int verb_list(struct cli *cli, struct contact_options *options)
{
    char owner[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    int code = contact_batch_look(&batch, cli);

    if (code == CLI_OK && options->n_words)
        code = contact_batch_owner(&batch, options->words[0], owner);
    if (code == CLI_OK) {
        json_t *table = options->n_words
                            ? table_of_contacts(store_contacts_roster(batch.contacts, owner))
                            : table_of_owners(&batch);
        answer_print(cli, table, table_print);
        json_decref(table);
    }
    return contact_batch_end(&batch, code, false);
}

/* --- files ------------------------------------------------------------------------------------ */

static int verb_import(struct cli *cli, struct contact_options *options)
{
    return contact_file_import(cli, options->words[0], options->no_limits, options->dry_run);
}

static int verb_rename(struct cli *cli, struct contact_options *options)
{
    if (options->n_words == 2)
        return contact_file_rename_one(cli, options->words[0], options->words[1], options->dry_run);
    return contact_file_rename(cli, options->words[0], options->dry_run);
}

static int verb_export(struct cli *cli, struct contact_options *options)
{
    return contact_file_export(cli, options->to ? options->to : ".", options->words,
                               options->n_words);
}

int contact_command(struct cli *cli, int argc, char **argv)
{
    static struct contact_verb const verbs[] = {
        { "list", 0, 1, "", verb_list },
        { "add", 2, 2, "nickname group dry-run", verb_add },
        { "remove", 2, 2, "dry-run", verb_remove },
        { "rename", 1, 2, "dry-run", verb_rename },
        { "import", 1, 1, "no-limits dry-run", verb_import },
        { "export", 0, CONTACT_WORDS_MAX, "to", verb_export },
        { "group-add", 2, 2, "dry-run", verb_group_add },
        { "group-remove", 2, 2, "dry-run", verb_group_remove },
    };

    return contact_options_run(cli, "contact", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
