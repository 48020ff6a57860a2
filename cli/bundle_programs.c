/* SPDX-License-Identifier: Apache-2.0 */
/* What each program knows: its configuration without secrets, and every table that it shows. A
 * program is asked for its commands, so no list of them stands here. */
#include "bundle.h"
#include "bundle_feature.h"
#include "bundle_secret.h"
#include "capture.h"
#include "cli.h"
#include "control.h"
#include "control_match.h"
#include "program.h"
#include "table.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

enum { WHY = 512 };

/* "programs/proxy/show-peers" */
struct place {
    char name[256];
};

static struct place place_of(struct program const *program, char const *what)
{
    struct place place;

    snprintf(place.name, sizeof place.name, "programs/%s/%s", program->name, what);
    for (char *p = place.name; *p; p++)
        if (*p == ' ')
            *p = '-';
    return place;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void add_config(struct bundle *bundle, struct program const *program)
{
    struct place place = place_of(program, "configuration.json");
    struct buf path, said;

    buf_init(&path, PATH_MAX);
    buf_init(&said, BUNDLE_TEXT_MAX);
    if (program_locate(program, cli_bin_dir(bundle->cli), &path) < 0) {
        bundle_miss(bundle, place.name, "%s is not installed", program->binary);
        goto out;
    }
    int rc = capture_run(
        (char const *[]){ buf_text(&path), "--print-config", "-f", bundle->cli->conf_path, NULL },
        &said);
    json_t *config = rc == 0 ? json_loadb(said.data, said.len, 0, NULL) : NULL;
    bundle_secret_hide_values(config);
    char *text = config ? json_dumps(config, JSON_INDENT(1)) : NULL;
    if (text)
        bundle_add(bundle, place.name, text, strlen(text));
    else
        bundle_miss(bundle, place.name, "%s",
                    rc < 0 ? strerror(-rc) : "the file has faults; see: check");
    free(text);
    json_decref(config);
out:
    buf_fini(&path);
    buf_fini(&said);
}

/* --- the running program -----------------------------------------------------------------------
 */

static json_t *ask(struct bundle *bundle, struct program const *program, char const *command,
                   char const *name)
{
    char why[WHY];
    bool running;
    json_t *result = control_ask(bundle->cli, program, command, NULL, why, sizeof why, &running);

    if (!result)
        bundle_miss(bundle, name, "%s", why);
    return result;
}

static void add_table(struct bundle *bundle, struct program const *program, char const *command)
{
    struct place place = place_of(program, command);
    json_t *table = ask(bundle, program, command, place.name);
    struct buf text;

    if (!table)
        return;
    if (strcmp(command, "show config") == 0)
        bundle_secret_hide_table(table);
    buf_init(&text, BUNDLE_TEXT_MAX);
    table_print(table, &text);
    bundle_add_text(bundle, place.name, &text);
    buf_fini(&text);
    json_decref(table);
}

/* A command that shows something and needs to be told nothing. */
static bool is_table(struct bundle const *bundle, json_t const *help, json_t const *row)
{
    char const *name = control_match_cell(help, row, "command");
    char const *args = control_match_cell(help, row, "arguments");

    if (strcmp(control_match_cell(help, row, "privilege"), "read") != 0 || (*args && *args != '['))
        return false;
    if (strcmp(name, "status") != 0 && strncmp(name, "show ", 5) != 0)
        return false;
    for (size_t i = 0; i < bundle->options->n; i++)
        if (bundle_feature_has_table(bundle->options->features[i], name))
            return true;
    return false;
}

static void add_proc(struct bundle *bundle, struct program const *program, int pid,
                     char const *file, char const *name)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    bundle_add_path(bundle, place_of(program, name).name, path);
}

static void add_process(struct bundle *bundle, struct program const *program)
{
    struct place place = place_of(program, "process-limits");
    json_t *status = ask(bundle, program, "status", place.name);
    json_t *row = json_array_get(json_object_get(status, "rows"), 0);
    int pid = (int)json_integer_value(json_array_get(row, 2));

    if (pid > 0) {
        add_proc(bundle, program, pid, "limits", "process-limits");
        add_proc(bundle, program, pid, "status", "process-status");
    }
    json_decref(status);
}

static void add_running(struct bundle *bundle, struct program const *program)
{
    struct place place = place_of(program, "tables");
    json_t *help = ask(bundle, program, "help", place.name), *row;
    size_t i;

    json_array_foreach(json_object_get(help, "rows"), i, row)
    {
        if (is_table(bundle, help, row))
            add_table(bundle, program, control_match_cell(help, row, "command"));
    }
    if (help)
        add_process(bundle, program);
    json_decref(help);
}

/* Programs that a feature names and this version does not have. */
static void miss_unknown(struct bundle *bundle)
{
    static char const *const later[] = { "web" };

    for (size_t k = 0; k < sizeof later / sizeof *later; k++)
        for (size_t i = 0; i < bundle->options->n; i++) {
            struct bundle_feature const *feature = bundle->options->features[i];
            if (program_find(later[k]) || !feature->programs ||
                !bundle_feature_has_program(feature, later[k]))
                continue;
            bundle_miss(bundle, later[k], "this version has no such program");
            break;
        }
}

void bundle_programs_add(struct bundle *bundle)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct program const *program = &program_table[i];
        if (!bundle_wants(bundle, program->name))
            continue;
        if (!bundle_has(bundle, program)) {
            bundle_miss(bundle, program->name, "it is not in the configuration file");
            continue;
        }
        add_config(bundle, program);
        if (bundle->has_conf)
            add_running(bundle, program);
    }
    miss_unknown(bundle);
}

/* --- who made it -------------------------------------------------------------------------------
 */

/* Returns CLI_OK also if it does not run. */
static int audit(struct bundle *bundle, struct program const *program, json_t const *args)
{
    char why[WHY];
    int result = control_audit(bundle->cli, program, args, why, sizeof why);

    if (!result)
        bundle_note(bundle, "The audit log of %s says who made this bundle.\n", program->name);
    if (result != -EACCES || !bundle->options->unmask)
        return CLI_OK;
    cli_complain("%s does not tell the audit log, so nothing is shown unmasked: %s", program->name,
                 why);
    return EX_NOPERM;
}

int bundle_programs_audit(struct bundle *bundle)
{
    struct buf features;
    int code = CLI_OK;

    buf_init(&features, 4096);
    for (size_t i = 0; i < bundle->options->n; i++)
        buf_printf(&features, "%s%s", i ? " " : "", bundle->options->features[i]->name);
    json_t *args =
        json_pack("{s:s,s:s}", "what", bundle->options->unmask ? "unmasked bundle" : "bundle",
                  "detail", buf_text(&features));
    for (size_t i = 0; code == CLI_OK && bundle->has_conf && i < PROGRAMS; i++)
        if (bundle_has(bundle, &program_table[i]))
            code = audit(bundle, &program_table[i], args);
    /* Also when no program runs to tell it. */
    if (code == CLI_OK && bundle->options->unmask)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "crosspoint: an unmasked bundle is made of: %s",
               buf_text(&features));
    json_decref(args);
    buf_fini(&features);
    return code;
}
