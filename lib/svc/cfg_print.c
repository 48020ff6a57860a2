/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed from the rows: the values in force, the sample file, the manual page. */
#include "buf.h"
#include "cfg.h"
#include "cfg_value.h"
#include <inttypes.h>
#include <string.h>

struct show {
    struct cfg const *cfg;
    json_t *rows;
};

static void show_group(struct show *show, char const *prefix, struct cfg_schema const *schema,
                       void const *base);

static void show_entries(struct show *show, char const *key, struct cfg_row const *row,
                         void const *base)
{
    struct cfg_groups const *list = (void const *)((char const *)base + row->offset);
    char prefix[256];

    for (size_t i = 0; i < list->n; i++) {
        snprintf(prefix, sizeof prefix, "%.200s[%zu]", key, i);
        show_group(show, prefix, row->sub, (char const *)list->v + i * row->sub->size);
    }
}

static void print_where(struct cfg_where where, char *ret, size_t size)
{
    if (!where.file)
        snprintf(ret, size, "default");
    else if (where.line)
        snprintf(ret, size, "%s:%d", where.file, where.line);
    else
        snprintf(ret, size, "%s", where.file);
}

static void show_group(struct show *show, char const *prefix, struct cfg_schema const *schema,
                       void const *base)
{
    char key[320], from[512];
    struct buf text;

    buf_init(&text, 16777216);
    for (size_t i = 0; i < schema->n; i++) {
        struct cfg_row const *row = &schema->rows[i];
        void const *field = (char const *)base + row->offset;
        snprintf(key, sizeof key, "%.250s.%.60s", prefix, row->name);
        if (row->type == CFG_GROUPS) {
            show_entries(show, key, row, base);
            continue;
        }
        buf_reset(&text);
        cfg_value_print(row, base, &text);
        json_t *value = json_string(buf_text(&text));
        print_where(cfg_where_of(show->cfg, field), from, sizeof from);
        json_array_append_new(show->rows, json_pack("[s,o,s,s]", key,
                                                    value ? value : json_string("(not UTF-8)"),
                                                    row->unit ? row->unit : "", from));
    }
    buf_fini(&text);
}

json_t *cfg_show(struct cfg const *cfg)
{
    struct show show = { .cfg = cfg, .rows = json_array() };

    show_group(&show, "node", &cfg_node_schema, cfg_get_node(cfg));
    show_group(&show, cfg_get_schema(cfg)->group, cfg_get_schema(cfg), cfg_get(cfg));
    return json_pack("{s:[s,s,s,s],s:o}", "columns", "key", "value", "unit", "from", "rows",
                     show.rows);
}

static char const *const type_names[] = {
    [CFG_BOOL] = "true or false",
    [CFG_INT] = "number",
    [CFG_STRING] = "string",
    [CFG_PATH] = "file name",
    [CFG_ENUM] = "one of",
    [CFG_STRINGS] = "list of strings",
    [CFG_PATHS] = "list of file names",
    [CFG_GROUPS] = "list of groups",
};

static char const *const effect_names[] = {
    [CFG_LIVE] = "at once",
    [CFG_RELOAD] = "at reload",
    [CFG_RESTART] = "at restart",
};

/* What min and max say of a string or a list: ", 1 to 255 bytes". */
static void describe_size(struct cfg_row const *row, FILE *out)
{
    if (row->min <= 0 && row->max <= 0)
        return;
    if (row->min <= 0)
        fprintf(out, ", at most %" PRId64, row->max);
    else if (row->max <= 0)
        fprintf(out, ", at least %" PRId64, row->min);
    else
        fprintf(out, ", %" PRId64 " to %" PRId64, row->min, row->max);
    fputs(cfg_value_is_list(row) ? " entries" : " bytes", out);
}

/* "number 1..65535 s" */
static void describe(struct cfg_row const *row, FILE *out)
{
    fputs(type_names[row->type], out);
    if (row->type != CFG_INT)
        describe_size(row, out);
    else if (row->min || row->max)
        fprintf(out, " %" PRId64 "..%" PRId64, row->min, row->max);
    for (int i = 0; row->type == CFG_ENUM && row->names[i]; i++)
        fprintf(out, "%s \"%s\"", i ? "," : "", row->names[i]);
    if (row->unit)
        fprintf(out, " %s", row->unit);
    if (!row->default_text && !cfg_value_is_list(row))
        fputs(", required", out);
}

/* How much of @p text goes on a line of @p width; a word longer than the line stays whole. */
static size_t line_length(char const *text, size_t width)
{
    size_t len = strlen(text);

    if (len <= width)
        return len;
    for (len = width; len && text[len] != ' '; len--)
        ;
    return len ? len : strcspn(text, " ");
}

static void print_wrapped(char const *text, char const *prefix, FILE *out)
{
    while (*text) {
        size_t len = line_length(text, 90);
        fprintf(out, "%s%.*s\n", prefix, (int)len, text);
        text += len;
        text += strspn(text, " ");
    }
}

static void print_quoted(char const *text, size_t len, FILE *out)
{
    fputc('"', out);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            fputc('\\', out);
        fputc(text[i], out);
    }
    fputc('"', out);
}

/* The default, or what a required key may look like. */
static void print_default(struct cfg_row const *row, FILE *out)
{
    char const *text = row->default_text ? row->default_text : row->example ? row->example : "";

    if (row->type == CFG_STRING || row->type == CFG_PATH || row->type == CFG_ENUM) {
        print_quoted(text, strlen(text), out);
    } else if (cfg_value_is_list(row)) {
        fputs("( ", out);
        while (*text) {
            size_t len = strcspn(text, ",");
            print_quoted(text, len, out);
            text += len;
            text += strspn(text, ", ");
            fputs(*text ? ", " : " ", out);
        }
        fputs(")", out);
    } else {
        fputs(*text ? text : "0", out);
    }
}

static void print_rows(struct cfg_schema const *schema, char const *indent, FILE *out)
{
    char prefix[32];

    snprintf(prefix, sizeof prefix, "%s# ", indent);
    for (size_t i = 0; i < schema->n; i++) {
        struct cfg_row const *row = &schema->rows[i];
        fputs("\n", out);
        print_wrapped(row->help, prefix, out);
        fputs(prefix, out);
        describe(row, out);
        fprintf(out, "; takes effect %s\n", effect_names[row->effect]);
        if (row->type == CFG_GROUPS) {
            fprintf(out, "%sEach entry: %s\n", prefix, row->sub->help);
            for (size_t k = 0; k < row->sub->n; k++)
                fprintf(out, "%s  %s: %s\n", prefix, row->sub->rows[k].name,
                        row->sub->rows[k].help);
        }
        fprintf(out, "%s#= %s = ", indent, row->name);
        print_default(row, out);
        fputs(";\n", out);
    }
}

void cfg_print_sample(struct cfg_schema const *schema, FILE *out)
{
    fprintf(out, "# %s\n%s = {", schema->help, schema->group);
    print_rows(schema, "  ", out);
    fputs("};\n\n", out);
}

/* A line of text may not begin with a dot or a quote in man(7). */
static void man_text(char const *text, FILE *out)
{
    while (*text) {
        char const *end = text + line_length(text, 78);
        if (*text == '.' || *text == '\'')
            fputs("\\&", out);
        for (; text < end; text++)
            fputs(*text == '\\' ? "\\e" : (char const[]){ *text, '\0' }, out);
        fputs("\n", out);
        text += strspn(text, " ");
    }
}

static void man_rows(struct cfg_schema const *schema, FILE *out)
{
    for (size_t i = 0; i < schema->n; i++) {
        struct cfg_row const *row = &schema->rows[i];
        fprintf(out, ".TP\n.B %s\n", row->name);
        man_text(row->help, out);
        fputs(".br\nType: ", out);
        describe(row, out);
        fprintf(out, "; takes effect %s\n", effect_names[row->effect]);
        if (row->default_text && row->type != CFG_GROUPS) {
            fputs(".br\nDefault: ", out);
            man_text(*row->default_text ? row->default_text : "empty", out);
        }
        if (row->type == CFG_GROUPS) {
            fputs(".RS\n", out);
            man_rows(row->sub, out);
            fputs(".RE\n", out);
        }
    }
}

void cfg_print_man(struct cfg_schema const *schema, FILE *out)
{
    fprintf(out, ".SH GROUP %s\n", schema->group);
    man_text(schema->help, out);
    man_rows(schema, out);
}
