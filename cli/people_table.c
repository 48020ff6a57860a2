/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the directory: see people_table.h. */
#include "people_table.h"
#include "answer.h"
#include "cli.h"
#include "control.h"
#include "people_file.h"
#include "program.h"
#include "table.h"
#include <stdio.h>
#include <string.h>

enum { OUT_MAX = 256 << 20, WHY_TEXT = 512 };

struct listing {
    struct people_kind const *kind;
    json_t *rows;
};

static void add_row(void *ctx, struct people_values const *values)
{
    struct listing *listing = ctx;
    json_t *row = json_array();

    for (size_t i = 0; i < listing->kind->n; i++)
        json_array_append_new(row, listing->kind->columns[i].type == PEOPLE_YESNO
                                       ? json_boolean(strcmp(values->v[i], "yes") == 0)
                                       : json_string(values->v[i]));
    json_array_append_new(listing->rows, row);
}

static json_t *table_of(struct store_people const *people, struct people_kind const *kind)
{
    struct listing listing = { kind, json_array() };
    json_t *columns = json_array();

    for (size_t i = 0; i < kind->n; i++)
        json_array_append_new(columns, json_string(kind->columns[i].name));
    people_kind_each(kind, people, add_row, &listing);
    return json_pack("{s:o,s:o}", "columns", columns, "rows", listing.rows);
}

static int read_people(struct people_conf const *conf, struct store_people **ret)
{
    struct store *store = NULL;
    int code = people_file_open(conf, &store);

    *ret = NULL;
    if (code == CLI_OK && store_people_read(store, ret) < 0)
        code = CLI_FAILED;
    store_close(&store);
    return code;
}

int people_table_read(struct cli *cli, struct people_kind const *kind, json_t **ret)
{
    struct store_people *people = NULL;
    struct people_conf conf;
    int code = people_conf_load(cli, &conf);

    if (code == CLI_OK)
        code = read_people(&conf, &people);
    if (code == CLI_OK)
        *ret = table_of(people, kind);
    store_people_free(&people);
    people_conf_fini(&conf);
    return code;
}

/* --- users ------------------------------------------------------------------------------------ */

/* The proxy's table of users, NULL if it has none or does not run. */
static json_t *ask_proxy(struct cli *cli, bool *ret_running)
{
    struct program const *proxy = program_find("proxy");
    char why[WHY_TEXT];

    *ret_running = false;
    if (!cli_is_enabled(cli, proxy))
        return NULL;
    return control_ask(cli, proxy, "user list", NULL, why, sizeof why, ret_running);
}

static void show_both(struct cli *cli, json_t const *directory, json_t const *proxy)
{
    if (cli->json) {
        json_t *both = json_pack("{s:O,s:O}", "directory", directory, "proxy", proxy);
        answer_print(cli, both, table_print);
        json_decref(both);
        return;
    }
    puts("Directory:");
    answer_print(cli, directory, table_print);
    puts("\nRegistrar of the proxy:");
    answer_print(cli, proxy, table_print);
}

int people_table_list_users(struct cli *cli, int argc, char **argv)
{
    struct people_conf conf;
    json_t *directory = NULL;
    bool running;
    int code = people_conf_try(cli, &conf);

    people_conf_fini(&conf);
    if (code != CLI_OK)
        return control_run(cli, argc, argv);
    code = people_table_read(cli, &people_kind_user, &directory);
    json_t *proxy = code == CLI_OK ? ask_proxy(cli, &running) : NULL;
    if (proxy)
        show_both(cli, directory, proxy);
    else if (code == CLI_OK)
        answer_print(cli, directory, table_print);
    json_decref(proxy);
    json_decref(directory);
    return code;
}

static bool is_user(char const *aor, char const *name)
{
    size_t len = strlen(name);

    return aor && strncmp(aor, name, len) == 0 && (aor[len] == '@' || aor[len] == '\0');
}

static enum people_table_known known_at_proxy(struct cli *cli, char const *name)
{
    bool running;
    json_t *table = ask_proxy(cli, &running), *row;
    enum people_table_known known = running || !cli_is_enabled(cli, program_find("proxy"))
                                        ? PEOPLE_TABLE_NO
                                        : PEOPLE_TABLE_UNKNOWN;
    size_t i;

    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        if (is_user(json_string_value(json_array_get(row, 0)), name))
            known = PEOPLE_TABLE_YES;
    }
    json_decref(table);
    return known;
}

int people_table_look(struct cli *cli, struct people_kind const *kind, char const *const *key,
                      struct people_table_source *ret)
{
    struct store_people *people = NULL;
    struct people_values values;
    struct people_conf conf;
    int code = people_conf_try(cli, &conf);

    *ret = (struct people_table_source){ .in_directory = false };
    if (code == CLI_OK)
        code = read_people(&conf, &people);
    if (code == CLI_OK) {
        buf_init(&values.list, OUT_MAX);
        ret->in_directory = people_kind_find(kind, people, key, &values);
        buf_fini(&values.list);
    }
    if (ret->in_directory)
        ret->at_proxy = known_at_proxy(cli, key[0]);
    store_people_free(&people);
    people_conf_fini(&conf);
    return code;
}
