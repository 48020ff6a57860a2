/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of a configuration: collected, sorted by file and line, printed once. */
#include "buf.h"
#include "cfg.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct fault {
    char *file, *text;
    int line;
    size_t order;
};

struct cfg_faults {
    struct cfg const *about; /* borrowed while it is checked */
    struct fault *v;
    size_t n; /* all of them, also those that found no memory */
    size_t kept, size;
};

struct cfg_faults *cfg_faults_new(void)
{
    return calloc(1, sizeof(struct cfg_faults));
}

void cfg_faults_free(struct cfg_faults **pfaults)
{
    struct cfg_faults *faults = *pfaults;

    *pfaults = NULL;
    if (!faults)
        return;
    for (size_t i = 0; i < faults->kept; i++) {
        free(faults->v[i].file);
        free(faults->v[i].text);
    }
    free(faults->v);
    free(faults);
}

static bool reserve(struct cfg_faults *faults)
{
    if (faults->kept < faults->size)
        return true;
    size_t size = faults->size ? faults->size * 2 : 16;
    struct fault *v = realloc(faults->v, size * sizeof *v);
    if (!v)
        return false;
    faults->v = v;
    faults->size = size;
    return true;
}

/* A fault quotes values of the file: a line break in one must not forge another fault. */
static void escape_controls(struct buf *out, char const *text)
{
    for (char const *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*p);
        else
            buf_add(out, p, 1);
    }
}

void cfg_fault(struct cfg_faults *faults, struct cfg_where where, char const *format, ...)
{
    char raw[2000];
    struct buf text;
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    buf_init(&text, 4 * sizeof raw);
    escape_controls(&text, raw);
    /* Without memory for the text the fault still counts: the configuration must not be used. */
    if (reserve(faults))
        faults->v[faults->kept++] = (struct fault){ .file = strdup(where.file ? where.file : "-"),
                                                    .text = strdup(buf_text(&text)),
                                                    .line = where.line,
                                                    .order = faults->n };
    faults->n++;
    buf_fini(&text);
}

struct cfg_where cfg_faults_where(struct cfg_faults const *faults, void const *field)
{
    return faults->about ? cfg_where_of(faults->about, field) : (struct cfg_where){ 0 };
}

void cfg_faults_about(struct cfg_faults *faults, struct cfg const *cfg)
{
    faults->about = cfg;
}

size_t cfg_faults_count(struct cfg_faults const *faults)
{
    return faults->n;
}

static int compare(void const *a, void const *b)
{
    struct fault const *x = a, *y = b;
    int by_file = strcmp(x->file ? x->file : "", y->file ? y->file : "");

    if (by_file)
        return by_file;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void cfg_faults_print(struct cfg_faults const *faults, FILE *out)
{
    if (faults->kept)
        qsort(faults->v, faults->kept, sizeof *faults->v, compare);
    for (size_t i = 0; i < faults->kept; i++) {
        struct fault const *f = &faults->v[i];
        if (f->line)
            fprintf(out, "%s:%d: %s\n", f->file, f->line, f->text ? f->text : "out of memory");
        else
            fprintf(out, "%s: %s\n", f->file, f->text ? f->text : "out of memory");
    }
}
