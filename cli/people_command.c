/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the directory, the same for each kind of entry: see people_command.h. */
#include "people_command.h"
#include "answer.h"
#include "cli.h"
#include "control.h"
#include "people_file.h"
#include "people_options.h"
#include "people_table.h"
#include "program.h"
#include "store_people_change.h"
#include "table.h"
#include <stdio.h>
#include <string.h>

char const people_command_user_args[] = "VERB [NAME] [--OPTION VALUE ...]";
char const people_command_user_more[] =
    "  add NAME --mail M --sip URI --rcc --groups \"G ...\"    a user of call control\n"
    "  set NAME ...          other values; --no-rcc takes call control away\n"
    "  delete NAME           forgets the user: in the directory, and at the proxy\n"
    "  list                  all users\n"
    "  import FILE [--dry-run], export       as CSV: id,mail,sip,rcc,groups\n"
    "These need cti.store. An option makes `add` one of the directory; without options, and\n"
    "with the other verbs, it is about passwords and registrations, which are the proxy's:\n"
    "  add NAME, passwd NAME, enable NAME, disable NAME\n";
char const people_command_device_args[] = "VERB [NAME] [--OPTION VALUE ...]";
char const people_command_device_more[] =
    "  add NAME --kind hard|soft --partition P --registered --mobility USER --users \"U ...\"\n"
    "  set NAME ...          other values; lists are replaced\n"
    "  assign NAME USER, unassign NAME USER\n"
    "  delete NAME, list\n"
    "  import FILE [--dry-run], export       as CSV: "
    "name,kind,partition,registered,mobility,users\n"
    "--users are those whose device it is, --mobility who is signed in to it (extension\n"
    "mobility). With server_type lcs a user has at most cti.lcs_devices of either.\n";
char const people_command_line_args[] = "VERB [NUMBER] [--OPTION VALUE ...]";
char const people_command_line_more[] =
    "  add NUMBER --partition P --devices \"D ...\"     a line and the devices that it stands on\n"
    "  assign NUMBER DEVICE, unassign NUMBER DEVICE  [--partition P]\n"
    "  delete NUMBER [--partition P], list\n"
    "  import FILE [--dry-run], export       as CSV: number,partition,devices\n"
    "  select USER NUMBER DEVICE      controls the line on that device from now on; a session\n"
    "                                 that is open goes over to it\n";

/* One verb with its words. */
struct verb {
    struct cli *cli;
    struct people_kind const *kind;
    struct people_options options;
};

static int usage(struct verb const *verb, char const *why)
{
    cli_complain("%s; see: crosspoint help %s", why, verb->kind->name);
    return EX_USAGE;
}

/* --- one entry -------------------------------------------------------------------------------- */

static int put(struct verb *verb, enum people_mode mode)
{
    struct people_batch batch;

    if (verb->options.n_words != 1)
        return usage(verb, "wants one name");
    verb->options.given[0] = verb->options.words[0];
    int code = people_batch_begin(&batch, verb->cli);
    if (code == CLI_OK)
        people_batch_put(&batch, verb->kind, verb->options.given, mode, 0);
    return people_batch_end(&batch, code, verb->options.dry_run);
}

static int verb_add(struct verb *verb)
{
    return put(verb, PEOPLE_ADD);
}

static int verb_set(struct verb *verb)
{
    return put(verb, PEOPLE_SET);
}

static void read_key(struct verb const *verb, char const *key[static PEOPLE_COLUMNS])
{
    key[0] = verb->options.words[0];
    for (size_t i = 1; i < verb->kind->keys; i++)
        key[i] = verb->options.given[i] ? verb->options.given[i] : verb->kind->columns[i].preset;
}

static int verb_delete(struct verb *verb)
{
    char const *key[PEOPLE_COLUMNS];
    struct people_batch batch;

    if (verb->options.n_words != 1)
        return usage(verb, "wants one name");
    read_key(verb, key);
    int code = people_batch_begin(&batch, verb->cli);
    if (code == CLI_OK)
        people_batch_drop(&batch, verb->kind, key);
    return people_batch_end(&batch, code, verb->options.dry_run);
}

/* The list column of an entry with one word more or less. */
static void edit_list(struct people_batch *batch, struct verb *verb, bool wanted)
{
    char const *key[PEOPLE_COLUMNS], *word = verb->options.words[1];
    struct people_values values;
    struct buf list;
    size_t column;

    read_key(verb, key);
    (void)people_kind_column(verb->kind, verb->kind->assigned, &column);
    buf_init(&values.list, 1 << 20);
    buf_init(&list, 1 << 20);
    if (!people_kind_find(verb->kind, batch->people, key, &values))
        people_batch_fault(batch, 0, "there is no %s \"%s\"", verb->kind->name, key[0]);
    else if (!people_options_edit(values.v[column], word, wanted, &list))
        people_batch_fault(batch, 0, "%s \"%s\": %s is %s of its %s", verb->kind->name, key[0],
                           word, wanted ? "already one" : "none", verb->kind->assigned);
    verb->options.given[0] = key[0];
    verb->options.given[column] = buf_text(&list);
    if (!batch->faults)
        people_batch_put(batch, verb->kind, verb->options.given, PEOPLE_SET, 0);
    buf_fini(&list);
    buf_fini(&values.list);
}

static int assign(struct verb *verb, bool wanted)
{
    struct people_batch batch;

    if (verb->options.n_words != 2)
        return usage(verb, "wants two names");
    int code = people_batch_begin(&batch, verb->cli);
    if (code == CLI_OK)
        edit_list(&batch, verb, wanted);
    return people_batch_end(&batch, code, verb->options.dry_run);
}

static int verb_assign(struct verb *verb)
{
    return assign(verb, true);
}

static int verb_unassign(struct verb *verb)
{
    return assign(verb, false);
}

/* --- all entries ------------------------------------------------------------------------------ */

static int verb_list(struct verb *verb)
{
    json_t *table = NULL;

    if (verb->options.n_words)
        return usage(verb, "wants no name");
    int code = people_table_read(verb->cli, verb->kind, &table);
    if (code == CLI_OK)
        answer_print(verb->cli, table, table_print);
    json_decref(table);
    return code;
}

static int verb_import(struct verb *verb)
{
    if (verb->options.n_words != 1)
        return usage(verb, "wants one file");
    return people_file_import(verb->cli, verb->kind, verb->options.words[0], verb->options.dry_run);
}

static int verb_export(struct verb *verb)
{
    if (verb->options.n_words)
        return usage(verb, "wants no name");
    return people_file_export(verb->cli, verb->kind);
}

/* --- verbs ------------------------------------------------------------------------------------ */

static struct {
    char const *name;
    int (*fn)(struct verb *verb);
} const verbs[] = {
    { "add", verb_add },           { "set", verb_set },       { "delete", verb_delete },
    { "assign", verb_assign },     { "list", verb_list },     { "import", verb_import },
    { "unassign", verb_unassign }, { "export", verb_export },
};

static int run(struct cli *cli, struct people_kind const *kind, int argc, char **argv)
{
    struct verb verb = { .cli = cli, .kind = kind };
    char const *why;

    for (size_t i = 0; argc && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, argv[0]) != 0)
            continue;
        why = people_options_parse(&verb.options, kind, argc - 1, argv + 1);
        return why ? usage(&verb, why) : verbs[i].fn(&verb);
    }
    return usage(&verb, argc ? "there is no such verb" : "wants a verb");
}

int people_command_device(struct cli *cli, int argc, char **argv)
{
    return run(cli, &people_kind_device, argc, argv);
}

/* The command's own word stands in front of its arguments, and is part of the gateway's. */
int people_command_line(struct cli *cli, int argc, char **argv)
{
    if (argc && strcmp(argv[0], "select") == 0)
        return control_run(cli, argc + 1, argv - 1);
    return run(cli, &people_kind_line, argc, argv);
}

/* --- users, who are the proxy's, too ---------------------------------------------------------- */

static int ask_proxy(struct cli *cli, int argc, char **argv)
{
    return control_run(cli, argc + 1, argv - 1);
}

/* Both may know the user; it is an error only if neither does. */
static int delete_user(struct cli *cli, int argc, char **argv)
{
    char const *key[PEOPLE_COLUMNS] = { argc > 1 ? argv[1] : "" };
    struct people_table_source source;

    if (argc != 2 || people_table_look(cli, &people_kind_user, key, &source) != CLI_OK ||
        (!source.in_directory && cli_is_enabled(cli, program_find("proxy"))))
        return ask_proxy(cli, argc, argv);
    int code = run(cli, &people_kind_user, argc, argv);
    if (code != CLI_OK || source.at_proxy == PEOPLE_TABLE_NO)
        return code;
    if (source.at_proxy == PEOPLE_TABLE_YES)
        return ask_proxy(cli, argc, argv);
    cli_complain("proxy: does not run; if it has a password of %s, that is still there", argv[1]);
    return EX_UNAVAILABLE;
}

int people_command_user(struct cli *cli, int argc, char **argv)
{
    char const *verb = argc ? argv[0] : "";

    if (strcmp(verb, "list") == 0 && argc == 1)
        return people_table_list_users(cli, argc + 1, argv - 1);
    if (strcmp(verb, "delete") == 0)
        return delete_user(cli, argc, argv);
    if (strcmp(verb, "set") == 0 || strcmp(verb, "import") == 0 || strcmp(verb, "export") == 0 ||
        argc == 0)
        return run(cli, &people_kind_user, argc, argv);
    for (int i = 1; strcmp(verb, "add") == 0 && i < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0)
            return run(cli, &people_kind_user, argc, argv);
    return ask_proxy(cli, argc, argv);
}
