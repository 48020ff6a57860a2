/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of the directory: see people_batch.h. */
#include "people_batch.h"
#include "cli.h"
#include "control.h"
#include "people_file.h"
#include "store_people_change.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULTS_SHOWN = 20, WHY_TEXT = 512, VALUES_BYTES = 1 << 20 };

void people_batch_fault(struct people_batch *batch, int line, char const *format, ...)
{
    char text[WHY_TEXT];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (++batch->faults > FAULTS_SHOWN)
        return;
    if (batch->file && line)
        fprintf(stderr, "%s:%d: %s\n", batch->file, line, text);
    else
        cli_complain("%s", text);
}

/* --- what fits together ----------------------------------------------------------------------- */

static void fault_key(enum store_people_fault fault, char const *name, char const *of, char *ret,
                      size_t size)
{
    (void)snprintf(ret, size, "%d %s %s", (int)fault, name, of);
}

static void remember_fault(void *ctx, enum store_people_fault fault, char const *name,
                           char const *of)
{
    char key[WHY_TEXT];

    fault_key(fault, name, of, key, sizeof key);
    json_object_set_new(ctx, key, json_true());
}

static int line_of(struct people_batch const *batch, char const *key)
{
    return (int)json_integer_value(json_object_get(batch->lines, key));
}

static void tell_fault(void *ctx, enum store_people_fault fault, char const *name, char const *of)
{
    struct people_batch *batch = ctx;
    char key[WHY_TEXT];

    fault_key(fault, name, of, key, sizeof key);
    if (json_object_get(batch->before, key))
        return;
    if (fault == STORE_PEOPLE_NO_DEVICE)
        people_batch_fault(batch, line_of(batch, of), "line %s: there is no device \"%s\"", of,
                           name);
    else if (fault == STORE_PEOPLE_TOO_MANY)
        people_batch_fault(batch, 0,
                           "user \"%s\" would have %s devices; server_type lcs allows %u "
                           "(cti.lcs_devices)",
                           name, of, batch->conf.max_devices);
    else if (!json_object_get(batch->conf.users, name))
        people_batch_fault(batch, line_of(batch, of), "device %s: there is no user \"%s\"", of,
                           name);
}

/* --- entries ---------------------------------------------------------------------------------- */

static bool given_is_right(struct people_batch *batch, struct people_kind const *kind,
                           char const *const *given, int line)
{
    size_t faults = batch->faults;

    for (size_t i = 0; i < kind->n; i++) {
        char const *why = given[i] ? people_kind_check(&kind->columns[i], given[i]) : NULL;
        json_t *text = given[i] && !why ? json_string(given[i]) : NULL;
        if (given[i] && !why && !text)
            why = "is not UTF-8";
        json_decref(text);
        if (why)
            people_batch_fault(batch, line, "%s: \"%s\": %s", kind->columns[i].name, given[i], why);
    }
    return faults == batch->faults;
}

/* Fills @p values, which stand in @p memory: what is given, what was there, what is preset. */
static bool merge(struct people_kind const *kind, char const *const *given,
                  struct people_values const *old, struct buf *memory,
                  char const *values[static PEOPLE_COLUMNS])
{
    size_t starts[PEOPLE_COLUMNS];

    for (size_t i = 0; i < kind->n; i++) {
        starts[i] = memory->len;
        if (given[i])
            people_kind_normalize(&kind->columns[i], given[i], memory);
        else
            buf_puts(memory, old ? old->v[i] : kind->columns[i].preset);
        buf_add(memory, "", 1);
    }
    for (size_t i = 0; i < kind->n; i++)
        values[i] = buf_text(memory) + starts[i];
    return buf_ok(memory);
}

static bool is_same(struct people_kind const *kind, char const *const *values,
                    struct people_values const *old)
{
    for (size_t i = 0; i < kind->n; i++)
        if (strcmp(values[i], old->v[i]) != 0)
            return false;
    return true;
}

/* Where the contradicting entry stands. */
struct told {
    struct people_batch *batch;
    int line;
};

static void tell_contradiction(void *ctx, char const *text)
{
    struct told *told = ctx;

    people_batch_fault(told->batch, told->line, "%s", text);
}

/* One entry that is to be written; its values stand behind it. */
struct people_write {
    STAILQ_ENTRY(people_write) link;
    struct people_kind const *kind;
    bool drops;
    int line;
    char const *values[PEOPLE_COLUMNS];
};

static struct people_write *gather(struct people_batch *batch, struct people_kind const *kind,
                                   char const *const *values, size_t n)
{
    struct people_write *write;
    size_t sizes[PEOPLE_COLUMNS], all = 0;

    for (size_t i = 0; i < n; i++)
        all += sizes[i] = strlen(values[i]) + 1;
    write = calloc(1, sizeof *write + all);
    if (!write) {
        people_batch_fault(batch, 0, "out of memory");
        return NULL;
    }
    char *at = (char *)(write + 1);
    for (size_t i = 0; i < n; at += sizes[i++])
        write->values[i] = memcpy(at, values[i], sizes[i]);
    write->kind = kind;
    STAILQ_INSERT_TAIL(&batch->writes, write, link);
    return write;
}

static void gather_put(struct people_batch *batch, struct people_kind const *kind,
                       char const *const *values, bool is_new, int line)
{
    struct told told = { batch, line };

    if (kind == &people_kind_user)
        people_conf_compare(&batch->conf, values, tell_contradiction, &told);
    struct people_write *write = gather(batch, kind, values, kind->n);
    if (write)
        write->line = line;
    batch->added += is_new;
    batch->changed += !is_new;
}

void people_batch_put(struct people_batch *batch, struct people_kind const *kind,
                      char const *const *given, enum people_mode mode, int line)
{
    char const *values[PEOPLE_COLUMNS], *key[PEOPLE_COLUMNS];
    struct people_values old;
    struct buf memory;

    if (!given_is_right(batch, kind, given, line))
        return;
    for (size_t i = 0; i < kind->keys; i++)
        key[i] = given[i] ? given[i] : kind->columns[i].preset;
    buf_init(&old.list, VALUES_BYTES);
    buf_init(&memory, VALUES_BYTES);
    bool there = people_kind_find(kind, batch->people, key, &old);
    if (line)
        json_object_set_new(batch->lines, key[0], json_integer(line));
    if (there && mode == PEOPLE_ADD)
        people_batch_fault(batch, line, "there is a %s \"%s\" already", kind->name, key[0]);
    else if (!there && mode == PEOPLE_SET)
        people_batch_fault(batch, line, "there is no %s \"%s\"", kind->name, key[0]);
    else if (!merge(kind, given, there ? &old : NULL, &memory, values))
        people_batch_fault(batch, line, "%s \"%s\" is too long", kind->name, key[0]);
    else if (there && is_same(kind, values, &old))
        batch->same++;
    else
        gather_put(batch, kind, values, !there, line);
    buf_fini(&memory);
    buf_fini(&old.list);
}

void people_batch_drop(struct people_batch *batch, struct people_kind const *kind,
                       char const *const *key)
{
    struct people_write *write = gather(batch, kind, key, kind->keys);

    if (write)
        write->drops = true;
    batch->dropped++;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_one(struct people_batch *batch, struct people_write const *write)
{
    struct people_kind const *kind = write->kind;
    int error = write->drops ? kind->drop(batch->store, write->values)
                             : kind->put(batch->store, write->values);

    if (error == -EEXIST)
        people_batch_fault(batch, write->line, "%s \"%s\": mail or sip is another user's",
                           kind->name, write->values[0]);
    else if (error == -ENOENT)
        people_batch_fault(batch, write->line, "there is no %s \"%s\"", kind->name,
                           write->values[0]);
    else if (error < 0)
        people_batch_fault(batch, write->line, "%s \"%s\" is not written: %s", kind->name,
                           write->values[0], strerror(-error));
}

/* All of it, uncommitted, and does it fit together? */
static int write_all(struct people_batch *batch)
{
    struct people_write const *write;
    int error = store_people_begin(batch->store, store_people_revision(batch->people));

    if (error < 0)
        return error;
    STAILQ_FOREACH(write, &batch->writes, link)
    {
        write_one(batch, write);
    }
    if (batch->faults)
        return 0;
    return store_people_check(batch->store, batch->conf.max_devices, tell_fault, batch);
}

/* --- begin and end ---------------------------------------------------------------------------- */

static void complain_store(struct people_batch const *batch, int error)
{
    cli_complain("%s: %s", batch->conf.store,
                 error == -EBUSY    ? "another program is writing to it"
                 : error == -ESTALE ? "another program has just changed it; try again"
                                    : strerror(-error));
}

int people_batch_begin(struct people_batch *batch, struct cli *cli)
{
    *batch = (struct people_batch){ .cli = cli };
    STAILQ_INIT(&batch->writes);
    int code = people_conf_load(cli, &batch->conf);
    if (code != CLI_OK)
        return code;
    batch->before = json_object();
    batch->lines = json_object();
    code = people_file_open(&batch->conf, &batch->store);
    if (code != CLI_OK)
        return code;
    int error = store_people_read(batch->store, &batch->people);
    if (error == 0)
        error = store_people_check(batch->store, batch->conf.max_devices, remember_fault,
                                   batch->before);
    if (error == 0)
        return CLI_OK;
    complain_store(batch, error);
    return CLI_FAILED;
}

static void print_counts(struct people_batch const *batch, bool dry_run)
{
    if (batch->cli->json) {
        printf("{\"added\": %zu, \"changed\": %zu, \"unchanged\": %zu, \"deleted\": %zu, "
               "\"dry_run\": %s}\n",
               batch->added, batch->changed, batch->same, batch->dropped,
               dry_run ? "true" : "false");
        return;
    }
    if (!batch->file)
        fputs(batch->dropped   ? "deleted"
              : batch->added   ? "added"
              : batch->changed ? "changed"
                               : "unchanged",
              stdout);
    else
        printf("%zu added, %zu changed, %zu unchanged", batch->added, batch->changed, batch->same);
    puts(dry_run ? "; a dry run, nothing is written" : "");
}

static int finish(struct people_batch *batch, bool dry_run)
{
    int error = batch->faults ? 0 : write_all(batch);

    if (batch->faults > FAULTS_SHOWN)
        cli_complain("and %zu more faults", batch->faults - FAULTS_SHOWN);
    if (batch->faults) {
        if (batch->file)
            cli_complain("nothing is written");
        return CLI_FAILED;
    }
    if (error == 0 && !dry_run && (error = store_people_end(batch->store, true)) == 0)
        store_close(&batch->store);
    if (error < 0) {
        complain_store(batch, error);
        return CLI_FAILED;
    }
    print_counts(batch, dry_run);
    return dry_run ? CLI_OK : control_tell(batch->cli, "cti", "directory reload");
}

int people_batch_end(struct people_batch *batch, int code, bool dry_run)
{
    struct people_write *write;

    if (code == CLI_OK)
        code = finish(batch, dry_run);
    while ((write = STAILQ_FIRST(&batch->writes))) {
        STAILQ_REMOVE_HEAD(&batch->writes, link);
        free(write);
    }
    if (batch->store)
        (void)store_people_end(batch->store, false);
    store_close(&batch->store);
    store_people_free(&batch->people);
    json_decref(batch->before);
    json_decref(batch->lines);
    people_conf_fini(&batch->conf);
    return code;
}
