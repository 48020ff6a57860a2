/* SPDX-License-Identifier: Apache-2.0 */
/* Common begin, common end, and a table of lengths for what is between. */
#include "trace_diff.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct lines {
    struct capture_span *at;
    size_t n;
};

/* Of the first line: up to the line feed, or to where one tag follows another. */
static size_t line_length(struct capture_span text)
{
    size_t len = 0;

    while (len < text.len && text.at[len] != '\n')
        if (text.at[len++] == '>' && len < text.len && text.at[len] == '<')
            break;
    return len;
}

static struct capture_span take_line(struct capture_span *text)
{
    struct capture_span line = { text->at, line_length(*text) };
    size_t taken = line.len + (line.len < text->len && text->at[line.len] == '\n');

    if (taken > line.len && line.len && line.at[line.len - 1] == '\r')
        line.len--;
    text->at += taken;
    text->len -= taken;
    return line;
}

static int split(struct capture_span text, struct lines *ret)
{
    struct capture_span rest = text;
    size_t n = 0;

    for (; rest.len; n++)
        take_line(&rest);
    *ret = (struct lines){ calloc(n + 1, sizeof *ret->at), n };
    if (!ret->at)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        ret->at[i] = take_line(&text);
    return 0;
}

static bool is_same(struct capture_span a, struct capture_span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void add(struct trace_diff *diff, enum trace_diff_kind kind, struct capture_span text)
{
    diff->lines[diff->n++] = (struct trace_diff_line){ kind, text };
}

/* Lengths of the longest common sequence of what follows old[i] and new[j]. */
static uint16_t *make_table(struct lines old, struct lines new)
{
    size_t width = new.n + 1;
    uint16_t *table = calloc((old.n + 1) * width, sizeof *table);

    if (!table)
        return NULL;
    for (size_t i = old.n; i-- > 0;)
        for (size_t j = new.n; j-- > 0;) {
            uint16_t down = table[(i + 1) * width + j], right = table[i * width + j + 1];

            table[i * width + j] = is_same(old.at[i], new.at[j])
                                       ? (uint16_t)(table[(i + 1) * width + j + 1] + 1)
                                   : down > right ? down
                                                  : right;
        }
    return table;
}

/* Along the table: what was taken away stands before what was added. */
static void walk(struct trace_diff *diff, struct lines old, struct lines new, uint16_t const *table)
{
    size_t i = 0, j = 0, width = new.n + 1;

    while (i < old.n && j < new.n)
        if (is_same(old.at[i], new.at[j])) {
            add(diff, TRACE_DIFF_SAME, old.at[i++]);
            j++;
        } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
            add(diff, TRACE_DIFF_REMOVED, old.at[i++]);
        } else {
            add(diff, TRACE_DIFF_ADDED, new.at[j++]);
        }
    while (i < old.n)
        add(diff, TRACE_DIFF_REMOVED, old.at[i++]);
    while (j < new.n)
        add(diff, TRACE_DIFF_ADDED, new.at[j++]);
}

static void add_all(struct trace_diff *diff, enum trace_diff_kind kind, struct lines lines)
{
    for (size_t i = 0; i < lines.n; i++)
        add(diff, kind, lines.at[i]);
}

/* What is neither at the begin nor at the end of both. */
static int compare_middle(struct trace_diff *diff, struct lines old, struct lines new)
{
    uint16_t *table;

    if (old.n + 1 > TRACE_DIFF_CELLS / (new.n + 1)) {
        add_all(diff, TRACE_DIFF_REMOVED, old);
        add_all(diff, TRACE_DIFF_ADDED, new);
        return 0;
    }
    table = make_table(old, new);
    if (!table)
        return -ENOMEM;
    walk(diff, old, new, table);
    free(table);
    return 0;
}

static int compare(struct trace_diff *diff, struct lines old, struct lines new)
{
    size_t begin = 0, end = 0;
    int result;

    while (begin < old.n && begin < new.n &&is_same(old.at[begin], new.at[begin]))
        begin++;
    while (end < old.n - begin &&
           end < new.n - begin &&is_same(old.at[old.n - end - 1], new.at[new.n - end - 1]))
        end++;
    add_all(diff, TRACE_DIFF_SAME, (struct lines){ old.at, begin });
    result = compare_middle(diff, (struct lines){ old.at + begin, old.n - begin - end },
                            (struct lines){ new.at + begin, new.n - begin - end });
    add_all(diff, TRACE_DIFF_SAME, (struct lines){ old.at + old.n - end, end });
    return result;
}

int trace_diff_init(struct trace_diff *diff, struct capture_span old, struct capture_span new)
{
    struct lines from = { 0 }, to = { 0 };
    int result = split(old, &from);

    *diff = (struct trace_diff){ 0 };
    if (!result)
        result = split(new, &to);
    if (!result) {
        diff->lines = calloc(from.n + to.n + 1, sizeof *diff->lines);
        result = diff->lines ? compare(diff, from, to) : -ENOMEM;
    }
    free(from.at);
    free(to.at);
    if (result)
        trace_diff_fini(diff);
    return result;
}

void trace_diff_fini(struct trace_diff *diff)
{
    free(diff->lines);
    *diff = (struct trace_diff){ 0 };
}
