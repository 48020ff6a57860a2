/* SPDX-License-Identifier: Apache-2.0 */
/* Merging the faults that several programs found in one file. */
#include "fault_list.h"
#include "buf.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fault {
    char *text; /* the whole line, owned */
    size_t file_len;
    long line; /* 0: the line names no place */
    size_t rest;
    bool warning;
};

struct fault_list {
    struct fault *v;
    size_t n;
};

struct fault_list *fault_list_new(void)
{
    return calloc(1, sizeof(struct fault_list));
}

void fault_list_free(struct fault_list **plist)
{
    struct fault_list *list = *plist;

    *plist = NULL;
    if (!list)
        return;
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i].text);
    free(list->v);
    free(list);
}

/* "FILE:LINE: text"; the file's name may hold colons of its own. */
static void find_place(struct fault *fault)
{
    static char const mark[] = "warning: ";
    char const *text = fault->text;

    for (char const *colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
        char *end;
        long line;

        if (colon == text || !isdigit((unsigned char)colon[1]))
            continue;
        line = strtol(colon + 1, &end, 10);
        if (strncmp(end, ": ", 2) == 0) {
            fault->file_len = (size_t)(colon - text);
            fault->line = line;
            fault->rest = (size_t)(end + 2 - text);
            fault->warning = strncmp(text + fault->rest, mark, sizeof mark - 1) == 0;
            return;
        }
    }
}

static int add_line(struct fault_list *list, char const *text, size_t len, bool only_warnings)
{
    struct fault *v = realloc(list->v, (list->n + 1) * sizeof *v);
    struct fault fault = { 0 };

    if (!v)
        return -ENOMEM;
    list->v = v;
    fault.text = strndup(text, len);
    if (!fault.text)
        return -ENOMEM;
    find_place(&fault);
    if (only_warnings && !fault.warning)
        free(fault.text);
    else
        list->v[list->n++] = fault;
    return 0;
}

static int add_lines(struct fault_list *list, char const *text, bool only_warnings)
{
    int rc = 0;

    while (*text && rc == 0) {
        size_t len = strcspn(text, "\n");

        if (len)
            rc = add_line(list, text, len, only_warnings);
        text += len + (text[len] == '\n');
    }
    return rc;
}

int fault_list_add(struct fault_list *list, char const *text)
{
    return add_lines(list, text, false);
}

int fault_list_add_warnings(struct fault_list *list, char const *text)
{
    return add_lines(list, text, true);
}

/* By file, then line, then text; what names no place comes last. */
static int compare(void const *a, void const *b)
{
    struct fault const *x = a, *y = b;
    size_t len = x->file_len < y->file_len ? x->file_len : y->file_len;
    int order = (y->line > 0) - (x->line > 0);

    if (order == 0)
        order = memcmp(x->text, y->text, len);
    if (order == 0)
        order = (x->file_len > y->file_len) - (x->file_len < y->file_len);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    return order ? order : strcmp(x->text, y->text);
}

void fault_list_sort(struct fault_list *list)
{
    size_t n = 0;

    if (list->n)
        qsort(list->v, list->n, sizeof list->v[0], compare);
    for (size_t i = 0; i < list->n; i++) {
        if (n && strcmp(list->v[n - 1].text, list->v[i].text) == 0)
            free(list->v[i].text);
        else
            list->v[n++] = list->v[i];
    }
    list->n = n;
}

size_t fault_list_count(struct fault_list const *list)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++)
        n += !list->v[i].warning;
    return n;
}

void fault_list_print(struct fault_list const *list, struct buf *out)
{
    for (size_t i = 0; i < list->n; i++)
        buf_printf(out, "%s\n", list->v[i].text);
}

json_t *fault_list_json(struct fault_list const *list, bool warnings)
{
    json_t *all = json_array();

    for (size_t i = 0; i < list->n; i++) {
        struct fault const *fault = &list->v[i];

        if (fault->warning != warnings)
            continue;
        if (fault->line)
            json_array_append_new(all, json_pack("{s:s%,s:I,s:s}", "file", fault->text,
                                                 fault->file_len, "line", (json_int_t)fault->line,
                                                 "text", fault->text + fault->rest));
        else
            json_array_append_new(all, json_pack("{s:s}", "text", fault->text));
    }
    return all;
}
