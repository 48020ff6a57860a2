/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as text: see doctor_print.h. What they hold may have come from the net. */
#include "doctor_print.h"
#include "buf.h"
#include "table.h"
#include <stdbool.h>
#include <string.h>

enum { WIDTH = 78 };

static char const *text(json_t const *object, char const *key)
{
    char const *value = json_string_value(json_object_get(object, key));

    return value ? value : "";
}

/* In lines of words, each with @p indent in front. */
static void print_wrapped(char const *indent, char const *words, struct buf *out)
{
    size_t column = 0;

    for (; *words; words += strspn(words, " ")) {
        size_t len = strcspn(words, " ");
        bool fits = column && column + 1 + len <= WIDTH;
        buf_puts(out, fits ? " " : column ? "\n" : "");
        if (!fits)
            buf_puts(out, indent);
        buf_add(out, words, len);
        column = (fits ? column + 1 : strlen(indent)) + len;
        words += len;
    }
    buf_puts(out, "\n");
}

void doctor_print(json_t const *result, struct buf *out)
{
    json_t const *check, *first = NULL;
    size_t i;

    json_array_foreach(json_object_get(result, "checks"), i, check)
    {
        bool fault = strcmp(text(check, "verdict"), "fault") == 0;
        buf_printf(out, "  %-12s  %-7s  ", text(check, "check"),
                   fault ? "FAULT" : text(check, "verdict"));
        table_print_text(text(check, "found"), out);
        buf_puts(out, "\n");
        first = fault && !first ? check : first;
    }
    if (!first) {
        buf_puts(out, "\nNothing is wrong.\n");
        return;
    }
    buf_printf(out, "\nFirst fault: %s\n", text(first, "check"));
    print_wrapped("  ", text(first, "cure"), out);
}
