/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a bundle, and its manifest. */
#include "bundle_command.h"
#include "answer.h"
#include "bundle.h"
#include "bundle_archive.h"
#include "bundle_feature.h"
#include "cfg.h"
#include "cli.h"
#include "clock.h"
#include "config.h"
#include "ctl.h"
#include "table.h"
#include "time_text.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { US = 1000000 };

char const bundle_args[] = "[--feature NAME]... [--days N] [--out FILE] [--unmask] | --list";
char const bundle_more[] =
    "Collects logs, messages, configuration, counters, alarms, tables, versions and the state of\n"
    "the node into one file, log_FEATURE__DATE-TIME.tar.gz, for its owner only. MANIFEST in it "
    "says\n"
    "what is there and what is missing; programs need not run. Features are the names of\n"
    "--list; without one, all is collected. --days: how old logs and messages may be (1).\n"
    "Secrets of the configuration and keys are never in it. What people said, and their answers\n"
    "to challenges, are stars unless --unmask is given, which each running program tells the\n"
    "audit log first. --out names the file, or the folder for it.\n";

static void print_missing(json_t const *missing, struct buf *out)
{
    json_t *item;
    size_t i;

    json_array_foreach(missing, i, item)
    {
        buf_printf(out, "  %s: ", json_string_value(json_object_get(item, "what")));
        table_print_text(json_string_value(json_object_get(item, "why")), out);
        buf_puts(out, "\n");
    }
}

static void add_manifest(struct bundle *bundle)
{
    char time[TIME_TEXT];
    struct buf out;

    buf_init(&out, BUNDLE_TEXT_MAX);
    buf_printf(&out, "A bundle of the Crosspoint node \"%s\", made %s by crosspoint %s.\nFeatures:",
               bundle->has_conf ? cfg_get_node(bundle->cli->cfg)->name : "unknown",
               time_text_full(bundle->now_us, time), PACKAGE_VERSION);
    for (size_t i = 0; i < bundle->options->n; i++)
        buf_printf(&out, " %s", bundle->options->features[i]->name);
    buf_printf(&out, "\nDays: %ld\n%s\nFiles:\n%s\n", bundle->options->days,
               buf_text(&bundle->notes), buf_text(&bundle->files));
    if (json_array_size(bundle->missing))
        buf_puts(&out, "Missing:\n");
    print_missing(bundle->missing, &out);
    (void)bundle_archive_add(bundle->archive, "MANIFEST", buf_text(&out), out.len);
    buf_fini(&out);
}

/* "log_remote_call_control__2026-11-21-18h30m12s": the stem of the guide. */
static void name_it(struct bundle const *bundle, struct buf *ret)
{
    time_t now_s = (time_t)(bundle->now_us / US);
    char date[32];
    struct tm tm;

    gmtime_r(&now_s, &tm);
    strftime(date, sizeof date, "%Y-%m-%d-%Hh%Mm%Ss", &tm);
    buf_puts(ret, "log_");
    for (size_t i = 0; i < bundle->options->n; i++)
        buf_printf(ret, "%s%s", i ? "+" : "", bundle->options->features[i]->name);
    buf_printf(ret, "__%s", date);
}

static void choose_path(struct bundle_options const *options, char const *stem, struct buf *ret)
{
    struct stat st;

    if (options->out && !(stat(options->out, &st) == 0 && S_ISDIR(st.st_mode)))
        buf_puts(ret, options->out);
    else
        buf_printf(ret, "%s%s%s.tar.gz", options->out ? options->out : "", options->out ? "/" : "",
                   stem);
}

static void report(struct bundle const *bundle, char const *path)
{
    struct buf out;

    if (bundle->cli->json) {
        json_t *answer = json_pack("{s:s,s:b,s:O}", "file", path, "masked",
                                   !bundle->options->unmask, "missing", bundle->missing);
        answer_print_json(answer);
        json_decref(answer);
        return;
    }
    buf_init(&out, BUNDLE_TEXT_MAX);
    buf_printf(&out, "%s\n", path);
    if (json_array_size(bundle->missing))
        buf_puts(&out, "missing:\n");
    print_missing(bundle->missing, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
}

static int make(struct bundle *bundle, char const *path, char const *folder)
{
    int error = bundle_archive_open(&bundle->archive, path, folder, (time_t)(bundle->now_us / US));

    if (!error) {
        bundle_node_add(bundle);
        bundle_programs_add(bundle);
        bundle_logs_add(bundle);
        bundle_messages_add(bundle);
        add_manifest(bundle);
        error = bundle_archive_close(&bundle->archive);
    }
    if (error) {
        cli_complain("%s: %s", path, strerror(-error));
        return EX_CANTCREAT;
    }
    report(bundle, path);
    return CLI_OK;
}

static int collect(struct cli *cli, struct bundle_options const *options)
{
    struct bundle bundle = { .cli = cli,
                             .options = options,
                             .now_us = clock_wall_us(),
                             .has_conf = cli_try_load(cli) == CLI_OK,
                             .missing = json_array() };
    struct buf stem, path;

    buf_init(&bundle.files, BUNDLE_TEXT_MAX);
    buf_init(&bundle.notes, BUNDLE_TEXT_MAX);
    buf_init(&stem, PATH_MAX);
    buf_init(&path, PATH_MAX);
    name_it(&bundle, &stem);
    choose_path(options, buf_text(&stem), &path);
    int code = bundle_programs_audit(&bundle);
    if (code == CLI_OK)
        code = make(&bundle, buf_text(&path), buf_text(&stem));
    json_decref(bundle.missing);
    buf_fini(&path);
    buf_fini(&stem);
    buf_fini(&bundle.notes);
    buf_fini(&bundle.files);
    return code;
}

static void print_table(json_t const *table, struct buf *out)
{
    table_print(table, out);
}

static int list(struct cli const *cli)
{
    json_t *table = ctl_table("feature", "programs", "about", NULL);

    for (struct bundle_feature const *row = bundle_feature_table; row->name; row++)
        ctl_table_row(table, json_pack("[s,s,s]", row->name, row->programs ? row->programs : "all",
                                       row->help));
    answer_print(cli, table, print_table);
    json_decref(table);
    return CLI_OK;
}

int bundle_command(struct cli *cli, int argc, char **argv)
{
    char fault[BUNDLE_OPTIONS_FAULT];
    struct bundle_options options;

    if (bundle_options_parse(argc, argv, &options, fault) < 0) {
        cli_complain("%s", fault);
        return EX_USAGE;
    }
    return options.list ? list(cli) : collect(cli, &options);
}
