/* SPDX-License-Identifier: Apache-2.0 */
/* Faults and warnings of a configuration: collected, sorted by file and line, printed once. */
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
    size_t n; /* faults, also those that found no memory */
    size_t n_warnings;
    size_t kept, size; /* of both */
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

__attribute__((format(printf, 4, 0))) static void keep(struct cfg_faults *faults, bool warning,
                                                       struct cfg_where where, char const *format,
                                                       va_list args)
{
    char raw[2000];
    struct buf text;

    vsnprintf(raw, sizeof raw, format, args);
    buf_init(&text, 4 * sizeof raw);
    buf_puts(&text, warning ? "warning: " : "");
    escape_controls(&text, raw);
    if (reserve(faults)) {
        faults->v[faults->kept] = (struct fault){ .file = strdup(where.file ? where.file : "-"),
                                                  .text = strdup(buf_text(&text)),
                                                  .line = where.line,
                                                  .order = faults->kept };
        faults->kept++;
    }
    buf_fini(&text);
}

void cfg_fault(struct cfg_faults *faults, struct cfg_where where, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    keep(faults, false, where, format, args);
    va_end(args);
    /* Without memory for the text the fault still counts: the configuration must not be used. */
    faults->n++;
}

void cfg_warning(struct cfg_faults *faults, struct cfg_where where, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    keep(faults, true, where, format, args);
    va_end(args);
    faults->n_warnings++;
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

size_t cfg_faults_warnings(struct cfg_faults const *faults)
{
    return faults->n_warnings;
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
