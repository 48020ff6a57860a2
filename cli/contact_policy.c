/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of policies: see contact_command.h. */
#include "answer.h"
#include "cli.h"
#include "contact_batch.h"
#include "contact_command.h"
#include "contact_options.h"
#include "domain_name.h"
#include "store_contacts_change.h"
#include "table.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

char const contact_command_policy_args[] = "VERB USER [WHO]";
char const contact_command_policy_more[] =
    "  show USER             the lists and what everybody else gets\n"
    "  allow USER WHO        WHO is an address, or a whole domain: @partner.test\n"
    "  block USER WHO        goes before everything else: WHO sees the user as offline\n"
    "  forget USER WHO       takes WHO off either list\n"
    "  default USER allow|block|ask|node     what everybody else gets; block: all but those in\n"
    "                        the contact list; node: what the configuration says\n"
    "  accept USER WATCHER   answers one who waits: each is put into the other's contact list\n"
    "One policy counts for availability and messages. See also: crosspoint help why-not\n";

static char const *const defaults[] = { [STORE_POLICY_UNSET] = "node",
                                        [STORE_POLICY_ALLOW] = "allow",
                                        [STORE_POLICY_BLOCK] = "block",
                                        [STORE_POLICY_ASK] = "ask" };

static int fail(char const *text, char const *why)
{
    cli_complain("%s: %s", text, why);
    return CLI_FAILED;
}

static int begin(struct contact_batch *batch, struct cli *cli,
                 struct contact_options const *options, char owner[static CONTACT_ADDRESS_BYTES])
{
    int code = contact_batch_begin(batch, cli);

    return code == CLI_OK ? contact_batch_owner(batch, options->words[0], owner) : code;
}

static int end(struct contact_batch *batch, int code, char const *done)
{
    bool json = batch->cli->json;

    code = contact_batch_end(batch, code, false);
    if (code == CLI_OK && !json)
        puts(done);
    return code;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* An address, or a domain behind an @. */
static int read_who(char const *text, char ret[static CONTACT_ADDRESS_BYTES])
{
    char domain[DOMAIN_NAME_MAX + 1];
    enum contact_fault fault;

    if (text[0] != '@') {
        fault = contact_row_address(text, ret);
        return fault == CONTACT_FINE ? CLI_OK : fail(text, contact_fault_str(fault));
    }
    if (domain_name_check(text + 1) || strlen(text) >= CONTACT_ADDRESS_BYTES ||
        !domain_name_normalize(text + 1, domain))
        return fail(text, contact_fault_str(CONTACT_BAD_DOMAIN));
    (void)snprintf(ret, CONTACT_ADDRESS_BYTES, "@%.*s", CONTACT_ADDRESS_BYTES - 2, domain);
    return CLI_OK;
}

static int put_entry(struct cli *cli, struct contact_options *options, bool allow)
{
    char owner[CONTACT_ADDRESS_BYTES], who[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    int code = begin(&batch, cli, options, owner);

    if (code == CLI_OK)
        code = read_who(options->words[1], who);
    if (code == CLI_OK && strcmp(owner, who) == 0)
        code = fail(options->words[1], contact_fault_str(CONTACT_SELF));
    if (code == CLI_OK && store_contacts_put_entry(batch.store, owner, who, allow) < 0)
        code = fail(who, "the store does not take it");
    return end(&batch, code, allow ? "allowed" : "blocked");
}

static int verb_allow(struct cli *cli, struct contact_options *options)
{
    return put_entry(cli, options, true);
}

static int verb_block(struct cli *cli, struct contact_options *options)
{
    return put_entry(cli, options, false);
}

static int verb_forget(struct cli *cli, struct contact_options *options)
{
    char owner[CONTACT_ADDRESS_BYTES], who[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    int code = begin(&batch, cli, options, owner);

    if (code == CLI_OK)
        code = read_who(options->words[1], who);
    if (code == CLI_OK && store_contacts_drop_entry(batch.store, owner, who) < 0)
        code = fail(who, "is on no list of that user");
    return end(&batch, code, "forgotten");
}

static int verb_default(struct cli *cli, struct contact_options *options)
{
    char owner[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    size_t i = 0, n = sizeof defaults / sizeof defaults[0];

    while (i < n && strcmp(defaults[i], options->words[1]) != 0)
        i++;
    if (i == n) {
        (void)fail(options->words[1], "wants allow, block, ask or node");
        return EX_USAGE;
    }
    int code = begin(&batch, cli, options, owner);
    if (code == CLI_OK &&
        store_contacts_put_default(batch.store, owner, (enum store_policy_default)i) < 0)
        code = fail(owner, "the store does not take it");
    return end(&batch, code, "set");
}

/* --- answering who waits ---------------------------------------------------------------------- */

static int add(struct contact_batch *batch, char const *owner, char const *contact)
{
    struct contact_row row = { .nickname = "", .group = "" };
    enum contact_fault fault;

    (void)snprintf(row.owner, sizeof row.owner, "%s", owner);
    (void)snprintf(row.contact, sizeof row.contact, "%s", contact);
    int error = contact_batch_add(batch, &row, &fault);
    if (error < 0)
        return fail(contact, strerror(-error));
    return fault == CONTACT_FINE ? CLI_OK : fail(owner, contact_fault_str(fault));
}

static bool is_blocked(struct contact_batch const *batch, char const *owner, char const *who)
{
    struct store_roster const *roster = store_contacts_roster(batch->contacts, owner);
    struct store_policy_entry const *entry = store_contacts_entry(roster, who);

    return entry && !entry->allow;
}

/* Guide part 3, 19.1: B is put in A's list, and A in B's without being asked again. The list of an
 * address of elsewhere is not ours. A block list still goes first, so it must not name the watcher.
 */
static int accept_watcher(struct contact_batch *batch, char const *owner, char const *watcher)
{
    if (strcmp(owner, watcher) == 0)
        return fail(watcher, contact_fault_str(CONTACT_SELF));
    if (is_blocked(batch, owner, watcher) || is_blocked(batch, owner, strrchr(watcher, '@')))
        return fail(watcher, "is on the block list of that user, as address or domain");
    int code = add(batch, owner, watcher);
    if (code == CLI_OK && contact_batch_has(batch, watcher))
        code = add(batch, watcher, owner);
    return code;
}

static int verb_accept(struct cli *cli, struct contact_options *options)
{
    char owner[CONTACT_ADDRESS_BYTES], watcher[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    int code = begin(&batch, cli, options, owner);

    if (code == CLI_OK) {
        enum contact_fault fault = contact_row_address(options->words[1], watcher);
        code = fault == CONTACT_FINE ? accept_watcher(&batch, owner, watcher)
                                     : fail(options->words[1], contact_fault_str(fault));
    }
    return end(&batch, code, "accepted");
}

/* --- show ------------------------------------------------------------------------------------- */

static json_t *table_of(struct store_roster const *roster)
{
    json_t *rows = json_array();

    for (int allow = 0; roster && allow < 2; allow++)
        for (size_t i = 0; i < roster->n_entries; i++)
            if (roster->entries[i].allow == allow)
                json_array_append_new(
                    rows, json_pack("[s,s]", allow ? "allow" : "block", roster->entries[i].who));
    json_array_append_new(rows,
                          json_pack("[s,s]", "default", defaults[roster ? roster->fallback : 0]));
    return json_pack("{s:[s,s],s:o}", "columns", "list", "who", "rows", rows);
}

static int verb_show(struct cli *cli, struct contact_options *options)
{
    char owner[CONTACT_ADDRESS_BYTES];
    struct contact_batch batch;
    int code = contact_batch_look(&batch, cli);

    if (code == CLI_OK)
        code = contact_batch_owner(&batch, options->words[0], owner);
    if (code == CLI_OK) {
        json_t *table = table_of(store_contacts_roster(batch.contacts, owner));
        answer_print(cli, table, table_print);
        json_decref(table);
    }
    return contact_batch_end(&batch, code, false);
}

int contact_command_policy(struct cli *cli, int argc, char **argv)
{
    static struct contact_verb const verbs[] = {
        { "show", 1, 1, "", verb_show },       { "allow", 2, 2, "", verb_allow },
        { "block", 2, 2, "", verb_block },     { "forget", 2, 2, "", verb_forget },
        { "default", 2, 2, "", verb_default }, { "accept", 2, 2, "", verb_accept },
    };

    return contact_options_run(cli, "policy", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
