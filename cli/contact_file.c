/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs over whole files: see contact_file.h. */
#include "contact_file.h"
#include "answer.h"
#include "buf.h"
#include "cli.h"
#include "clock.h"
#include "contact_batch.h"
#include "csv.h"
#include "store_contacts_change.h"
#include "whole_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Rows of one transaction: others wait for its end. */
enum { FILE_MAX = 256 << 20, ROWS_AT_ONCE = 5000, RENAME_COLUMNS = 2 };

/* Contacts of no group; guide part 3, 19.3. */
static char const default_group[] = "General";

/* What came of a job: guide part 3, 19.5. */
struct job {
    struct contact_batch batch;
    char const *path;
    size_t imported, errors, ignored, left;
    size_t rows, safe; /* read; imported and committed */
    bool dry_run;
    json_t *reasons; /* {line, reason} of what was ignored and what failed */
};

/* --- counts and reasons ----------------------------------------------------------------------- */

static void add_reason(struct job *job, int line, char const *reason)
{
    json_array_append_new(job->reasons, json_pack("{s:i,s:s}", "line", line, "reason", reason));
}

static void ignore_row(struct job *job, int line, char const *reason)
{
    job->ignored++;
    add_reason(job, line, reason);
}

static void print_job(struct job const *job)
{
    json_t *reason;
    size_t i;

    if (job->batch.cli->json) {
        json_t *all =
            json_pack("{s:I,s:I,s:I,s:I,s:b,s:O}", "imported", (json_int_t)job->imported, "errors",
                      (json_int_t)job->errors, "ignored", (json_int_t)job->ignored, "not_processed",
                      (json_int_t)job->left, "dry_run", job->dry_run, "reasons", job->reasons);
        answer_print_json(all);
        json_decref(all);
        return;
    }
    printf("%zu imported, %zu internal errors, %zu ignored, %zu not processed%s\n", job->imported,
           job->errors, job->ignored, job->left,
           job->dry_run ? "; a dry run, nothing is written" : "");
    json_array_foreach(job->reasons, i, reason)
    {
        printf("%s:%d: %s\n", job->path, (int)json_integer_value(json_object_get(reason, "line")),
               json_string_value(json_object_get(reason, "reason")));
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef int row_fn(struct job *job, struct csv_row *row);

/* Lines with anything in them, behind line @p line. */
static size_t count_lines(char const *at, char const *end, int line)
{
    size_t n = 0;

    for (; at < end; line--) {
        char const *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        n += line <= 0 && stop > at && *at != '\r';
        at = stop + 1;
    }
    return n;
}

static int pause_often(struct job *job)
{
    int error = ++job->rows % ROWS_AT_ONCE || job->dry_run ? 0 : contact_batch_pause(&job->batch);

    if (job->rows % ROWS_AT_ONCE == 0 && error == 0)
        job->safe = job->imported;
    return error;
}

/* Row by row until the end, an error of the store, or a quote that goes over lines: these end the
 * job early. */
static void run_rows(struct job *job, struct csv *csv, row_fn *fn)
{
    struct csv_row row;
    char const *why, *text = csv->at;
    int more = 0, error = 0;

    csv_row_init(&row);
    do {
        if ((more = csv_read(csv, &row, &why)) == 1)
            error = fn(job, &row);
        else if (more < 0)
            ignore_row(job, row.line, contact_fault_str(CONTACT_BAD_FORMAT));
        if (more && error == 0)
            error = pause_often(job);
    } while (error == 0 && (more == 1 || (more < 0 && csv_pass_line(csv, &row))));
    if (error < 0) {
        job->errors++;
        add_reason(job, row.line, strerror(-error));
    }
    if (error < 0 || more < 0)
        job->left = count_lines(text, csv->end, row.line);
    csv_row_fini(&row);
}

/* What was fine stays, unless the store has failed. */
static int run_file(struct job *job, struct cli *cli, row_fn *fn, bool no_limits)
{
    struct buf text;
    struct csv csv;

    buf_init(&text, FILE_MAX);
    job->reasons = json_array();
    int error = whole_file_read(job->path, &text);
    if (error < 0) {
        cli_complain("%s: %s", job->path, strerror(-error));
        buf_fini(&text);
        json_decref(job->reasons);
        return CLI_FAILED;
    }
    int code = contact_batch_begin(&job->batch, cli);
    if (code == CLI_OK) {
        if (no_limits)
            job->batch.max_contacts = 0;
        csv_init(&csv, buf_text(&text), text.len);
        run_rows(job, &csv, fn);
    }
    bool ran = code == CLI_OK;
    code = contact_batch_end(&job->batch, code, job->dry_run);
    if (job->batch.is_lost) {
        job->errors += job->imported - job->safe;
        job->imported = job->safe;
    }
    if (ran)
        print_job(job);
    if (code == CLI_OK && (job->errors || job->left))
        code = CLI_FAILED;
    json_decref(job->reasons);
    buf_fini(&text);
    return code;
}

/* --- import ----------------------------------------------------------------------------------- */

/* The guide's files have no header; one that names the columns does no harm. */
static bool is_header(struct csv_row const *row)
{
    return row->line == 1 && row->n == CONTACT_COLUMNS &&
           strcmp(contact_row_trim((char *)row->v[0]), contact_columns[0].name) == 0 &&
           strcmp(contact_row_trim((char *)row->v[1]), contact_columns[1].name) == 0;
}

static bool is_utf8(struct csv_row const *row)
{
    bool fine = true;

    for (size_t i = 0; fine && i < row->n; i++) {
        json_t *text = json_string(row->v[i]);
        fine = text != NULL;
        json_decref(text);
    }
    return fine;
}

static int import_row(struct job *job, struct csv_row *row)
{
    struct contact_row contact;
    enum contact_fault fault;

    if (is_header(row))
        return 0;
    fault = is_utf8(row) ? contact_row_read((char *const *)row->v, row->n, &contact)
                         : CONTACT_BAD_FORMAT;
    int error = fault == CONTACT_FINE ? contact_batch_add(&job->batch, &contact, &fault) : 0;
    if (error == 0 && fault == CONTACT_FINE)
        job->imported++;
    else if (error == 0)
        ignore_row(job, row->line, contact_fault_str(fault));
    return error;
}

int contact_file_import(struct cli *cli, char const *path, bool no_limits, bool dry_run)
{
    struct job job = { .path = path, .dry_run = dry_run };

    return run_file(&job, cli, import_row, no_limits);
}

/* --- new names -------------------------------------------------------------------------------- */

/* Adds how many lists it was in; nobody has it: that is nothing to be told about. */
static int rename_pair(struct job *job, int line, char const *from, char const *to)
{
    char old[CONTACT_ADDRESS_BYTES], new[CONTACT_ADDRESS_BYTES];
    enum contact_fault fault = contact_row_address(from, old);

    if (fault == CONTACT_FINE)
        fault = contact_row_address(to, new);
    if (fault != CONTACT_FINE) {
        ignore_row(job, line, contact_fault_str(fault));
        return 0;
    }
    int lists = store_contacts_rename(job->batch.store, old, new);
    if (lists == 0)
        ignore_row(job, line, "nobody has this contact");
    else if (lists > 0)
        job->imported++;
    return lists < 0 ? lists : 0;
}

static int rename_row(struct job *job, struct csv_row *row)
{
    if (row->line == 1 && row->n == RENAME_COLUMNS &&
        strcmp(contact_row_trim((char *)row->v[0]), "Contact ID") == 0)
        return 0;
    if (row->n != RENAME_COLUMNS) {
        ignore_row(job, row->line, contact_fault_str(CONTACT_BAD_FORMAT));
        return 0;
    }
    return rename_pair(job, row->line, contact_row_trim((char *)row->v[0]),
                       contact_row_trim((char *)row->v[1]));
}

int contact_file_rename(struct cli *cli, char const *path, bool dry_run)
{
    struct job job = { .path = path, .dry_run = dry_run };

    return run_file(&job, cli, rename_row, false);
}

int contact_file_rename_one(struct cli *cli, char const *from, char const *to, bool dry_run)
{
    struct job job = { .path = from, .reasons = json_array() };
    int code = contact_batch_begin(&job.batch, cli);
    bool ran = code == CLI_OK;

    if (ran && rename_pair(&job, 0, from, to) < 0) {
        cli_complain("%s is not renamed: the store does not take it", from);
        code = CLI_FAILED;
    } else if (ran && job.ignored) {
        cli_complain("%s: %s", from,
                     json_string_value(json_object_get(json_array_get(job.reasons, 0), "reason")));
        code = CLI_FAILED;
    }
    code = contact_batch_end(&job.batch, code, dry_run);
    if (code == CLI_OK && !cli->json)
        puts(dry_run ? "renamed; a dry run, nothing is written" : "renamed");
    json_decref(job.reasons);
    return code;
}

/* --- export ----------------------------------------------------------------------------------- */

static FILE *make_file(char const *folder, char *path, size_t size)
{
    time_t now_s = (time_t)(clock_wall_us() / 1000000);
    char name[64];
    struct tm utc;

    if (strcmp(folder, "-") == 0)
        return stdout;
    strftime(name, sizeof name, "contacts-%Y%m%d-%H%M%S.csv", gmtime_r(&now_s, &utc));
    (void)snprintf(path, size, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

static size_t write_contact(struct store_roster const *roster, struct store_contact const *contact,
                            struct buf *out)
{
    char ids[2][CONTACT_ADDRESS_BYTES], domains[2][CONTACT_ADDRESS_BYTES];
    struct store_word const *group = contact->groups;
    size_t n = 0;

    if (!contact_row_split(roster->owner, ids[0], domains[0]) ||
        !contact_row_split(contact->address, ids[1], domains[1]))
        return 0;
    /* One row for each group that it is in. */
    do {
        char const *const fields[CONTACT_COLUMNS] = {
            ids[0],     domains[0],        ids[1],
            domains[1], contact->nickname, group ? group->text : default_group
        };
        csv_write(fields, CONTACT_COLUMNS, out);
        n++;
    } while (group && (group = group->next));
    return n;
}

static bool write_roster(struct store_roster const *roster, FILE *out, size_t *count)
{
    struct buf text;

    buf_init(&text, FILE_MAX);
    for (size_t i = 0; i < roster->n_contacts; i++)
        *count += write_contact(roster, &roster->contacts[i], &text);
    bool ok = buf_ok(&text) && fwrite(buf_text(&text), 1, text.len, out) == text.len;
    buf_fini(&text);
    return ok;
}

static bool knows_all(struct contact_batch const *batch, char *const *owners, size_t n)
{
    char address[CONTACT_ADDRESS_BYTES];

    for (size_t i = 0; i < n; i++)
        if (contact_batch_owner(batch, owners[i], address) != CLI_OK)
            return false;
    return true;
}

/* The owners are known. */
static int export_lists(struct contact_batch const *batch, char *const *owners, size_t n, FILE *out,
                        size_t *count)
{
    char address[CONTACT_ADDRESS_BYTES];
    struct store_roster const *roster;
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        (void)contact_batch_owner(batch, owners[i], address);
        roster = store_contacts_roster(batch->contacts, address);
        ok = !roster || write_roster(roster, out, count);
    }
    if (n == 0)
        STAILQ_FOREACH(roster, store_contacts_rosters(batch->contacts), link)
        {
            ok = ok && write_roster(roster, out, count);
        }
    return ok ? CLI_OK : CLI_FAILED;
}

int contact_file_export(struct cli *cli, char const *folder, char *const *owners, size_t n)
{
    struct contact_batch batch;
    char path[4096] = "";
    size_t count = 0;
    int code = contact_batch_look(&batch, cli);
    if (code == CLI_OK && !knows_all(&batch, owners, n))
        code = CLI_FAILED;
    FILE *out = code == CLI_OK ? make_file(folder, path, sizeof path) : NULL;
    if (code == CLI_OK && !out) {
        cli_complain("%s: %s", path, strerror(errno));
        code = CLI_FAILED;
    }
    if (out)
        code = export_lists(&batch, owners, n, out, &count);
    if (out && out != stdout && fclose(out) != 0)
        code = CLI_FAILED;
    if (code != CLI_OK && out && out != stdout)
        (void)unlink(path);
    code = contact_batch_end(&batch, code, false);
    if (code == CLI_OK && *path)
        printf("%zu contacts in %s\n", count, path);
    return code;
}
