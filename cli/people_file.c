/* SPDX-License-Identifier: Apache-2.0 */
/* Import and export: see people_file.h. */
#include "people_file.h"
#include "cli.h"
#include "csv.h"
#include "store_file.h"
#include "whole_file.h"
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 256 << 20 };

/* --- the store -------------------------------------------------------------------------------- */

int people_file_open(struct people_conf const *conf, struct store **ret)
{
    return store_file_open(conf->store, conf->owner, ret);
}

/* --- import ----------------------------------------------------------------------------------- */

/* The header says which column each field is; @p ret[i] is the column of field i. */
static bool read_header(struct people_batch *batch, struct people_kind const *kind,
                        struct csv_row const *row, size_t ret[static CSV_FIELDS])
{
    size_t faults = batch->faults, first = row->n;

    for (size_t i = 0; i < row->n; i++) {
        if (!people_kind_column(kind, row->v[i], &ret[i]))
            people_batch_fault(batch, row->line, "there is no column \"%s\"", row->v[i]);
        else if (ret[i] == 0)
            first = i;
        for (size_t j = 0; j < i; j++)
            if (strcmp(row->v[i], row->v[j]) == 0)
                people_batch_fault(batch, row->line, "column \"%s\" stands twice", row->v[i]);
    }
    if (faults == batch->faults && first == row->n)
        people_batch_fault(batch, row->line, "the column \"%s\" is missing in the header",
                           kind->columns[0].name);
    return faults == batch->faults;
}

/* One entry stands in one row; the key of all its parts says which it is. */
static bool is_first(struct people_batch *batch, struct people_kind const *kind,
                     char const *const *given, json_t *seen, int line)
{
    char key[600];

    (void)snprintf(key, sizeof key, "%s %s", given[0], kind->keys > 1 && given[1] ? given[1] : "");
    json_t const *first = json_object_get(seen, key);
    if (first)
        people_batch_fault(batch, line, "%s \"%s\" stands twice, first in line %d", kind->name,
                           given[0], (int)json_integer_value(first));
    else if (json_object_set_new(seen, key, json_integer(line)) < 0)
        people_batch_fault(batch, line, "%s is not UTF-8", kind->columns[0].name);
    return !first;
}

static void read_entries(struct people_batch *batch, struct people_kind const *kind,
                         struct csv *csv, struct csv_row *row)
{
    size_t columns[CSV_FIELDS], n;
    char const *why = "the file is empty";
    json_t *seen = json_object();
    int more = csv_read(csv, row, &why);

    if (more == 1 && !read_header(batch, kind, row, columns))
        goto out;
    n = row->n;
    if (more == 0)
        people_batch_fault(batch, 1, "%s", why);
    while (more == 1 && (more = csv_read(csv, row, &why)) == 1) {
        char const *given[PEOPLE_COLUMNS] = { NULL };
        if (row->n != n) {
            people_batch_fault(batch, row->line, "%zu fields, the header has %zu", row->n, n);
            continue;
        }
        for (size_t i = 0; i < n; i++)
            given[columns[i]] = row->v[i];
        if (is_first(batch, kind, given, seen, row->line))
            people_batch_put(batch, kind, given, PEOPLE_MERGE, row->line);
    }
    if (more < 0)
        people_batch_fault(batch, row->line, "%s", why);

out:
    json_decref(seen);
}

int people_file_import(struct cli *cli, struct people_kind const *kind, char const *path,
                       bool dry_run)
{
    struct people_batch batch;
    struct csv_row row;
    struct buf text;
    struct csv csv;

    buf_init(&text, FILE_MAX);
    int error = whole_file_read(path, &text);
    if (error < 0) {
        cli_complain("%s: %s", path, strerror(-error));
        buf_fini(&text);
        return CLI_FAILED;
    }
    int code = people_batch_begin(&batch, cli);
    if (code == CLI_OK) {
        batch.file = path;
        csv_init(&csv, buf_text(&text), text.len);
        csv_row_init(&row);
        read_entries(&batch, kind, &csv, &row);
        csv_row_fini(&row);
    }
    buf_fini(&text);
    return people_batch_end(&batch, code, dry_run);
}

/* --- export ----------------------------------------------------------------------------------- */

struct export
{
    struct people_kind const *kind;
    struct buf out;
};

static void print_entry(void *ctx, struct people_values const *values)
{
    struct export *export = ctx;

    csv_write(values->v, export->kind->n, &export->out);
    if (export->out.len > 65536) {
        fwrite(export->out.data, 1, export->out.len, stdout);
        buf_reset(&export->out);
    }
}

int people_file_export(struct cli *cli, struct people_kind const *kind)
{
    struct export export = { .kind = kind };
    char const *names[PEOPLE_COLUMNS];
    struct people_conf conf;
    struct store_people *people = NULL;
    struct store *store = NULL;
    int code = people_conf_load(cli, &conf);

    if (code == CLI_OK)
        code = people_file_open(&conf, &store);
    if (code == CLI_OK && store_people_read(store, &people) < 0)
        code = CLI_FAILED;
    if (code == CLI_OK) {
        for (size_t i = 0; i < kind->n; i++)
            names[i] = kind->columns[i].name;
        buf_init(&export.out, FILE_MAX);
        csv_write(names, kind->n, &export.out);
        people_kind_each(kind, people, print_entry, &export);
        fwrite(buf_text(&export.out), 1, export.out.len, stdout);
        buf_fini(&export.out);
    }
    store_people_free(&people);
    store_close(&store);
    people_conf_fini(&conf);
    return code;
}
