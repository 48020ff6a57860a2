/* SPDX-License-Identifier: Apache-2.0 */
/* Selected subjects: see secure_subjects.h. */
#include "secure_subjects.h"
#include "secure_identity.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SUBJECT_BYTES = 256, LINE_BYTES = 1024 };

/* Names differ by what stands before a dot at their end. */
static int compare(void const *va, void const *vb)
{
    char const *a = *(char const *const *)va, *b = *(char const *const *)vb;
    size_t len = strlen(a), other = strlen(b);

    len -= len && a[len - 1] == '.';
    other -= other && b[other - 1] == '.';
    int order = strncasecmp(a, b, len < other ? len : other);
    return order ? order : (len > other) - (len < other);
}

/* NULL, or what is wrong. */
static char const *fault_of(char const *text)
{
    if (!*text)
        return "is empty";
    if (strlen(text) >= SUBJECT_BYTES)
        return "is longer than any name";
    if (strncasecmp(text, "CN=", 3) == 0 || strncasecmp(text, "DNS:", 4) == 0 ||
        strncasecmp(text, "sip:", 4) == 0)
        return "wants the name alone, without what stands before it";
    return NULL;
}

/* NULL, or what is wrong. */
static char const *add(struct secure_subjects *subjects, char const *text)
{
    char const *wrong = fault_of(text);

    if (wrong)
        return wrong;
    if (subjects->n == SECURE_SUBJECTS_MAX)
        return "is one too many";
    subjects->v[subjects->n] = strdup(text);
    return subjects->v[subjects->n++] ? NULL : "out of memory";
}

/* Cuts the comment and the spaces off. */
static char *trim(char *line)
{
    line[strcspn(line, "#\r\n")] = '\0';
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len && strchr(" \t", line[len - 1]))
        line[--len] = '\0';
    return line;
}

static int read_file(struct secure_subjects *subjects, char const *path, struct secure_fault *fault)
{
    char line[LINE_BYTES];
    FILE *in = fopen(path, "re");
    char const *wrong = NULL;
    int number = 0;

    if (!in)
        return secure_fault_set(fault, "subjects_file", "cannot read \"%s\": %s", path,
                                strerror(errno));
    while (!wrong && fgets(line, sizeof line, in)) {
        char const *text = trim(line);
        number++;
        if (*text)
            wrong = add(subjects, text);
    }
    if (!wrong && ferror(in))
        wrong = strerror(errno);
    fclose(in);
    return wrong ? secure_fault_set(fault, "subjects_file", "\"%s\", line %d: %s", path, number,
                                    wrong)
                 : 0;
}

int secure_subjects_read(struct secure_subjects *subjects, char const *const *list, size_t n,
                         char const *file, struct secure_fault *fault)
{
    bool has_file = file && *file;

    if (!n && !has_file)
        return 0;
    subjects->v = calloc(SECURE_SUBJECTS_MAX, sizeof *subjects->v);
    if (!subjects->v)
        return secure_fault_set(fault, "subjects", "out of memory");
    for (size_t i = 0; i < n; i++) {
        char const *wrong = add(subjects, list[i] ? list[i] : "");
        if (wrong)
            return secure_fault_set(fault, "subjects", "entry %zu %s", i + 1, wrong);
    }
    if (has_file && read_file(subjects, file, fault) < 0)
        return -1;
    char **fitting = realloc(subjects->v, (subjects->n + 1) * sizeof *subjects->v);
    subjects->v = fitting ? fitting : subjects->v;
    qsort(subjects->v, subjects->n, sizeof *subjects->v, compare);
    return 0;
}

void secure_subjects_fini(struct secure_subjects *subjects)
{
    for (size_t i = 0; i < subjects->n; i++)
        free(subjects->v[i]);
    free(subjects->v);
    *subjects = (struct secure_subjects){ .n = 0 };
}

bool secure_subjects_has(struct secure_subjects const *subjects, char const *name)
{
    return subjects->n && *name &&
           bsearch(&name, subjects->v, subjects->n, sizeof *subjects->v, compare);
}

bool secure_subjects_has_like(struct secure_subjects const *subjects, char const *wildcard)
{
    for (size_t i = 0; i < subjects->n; i++)
        if (secure_identity_stands_for(wildcard, subjects->v[i]))
            return true;
    return false;
}
