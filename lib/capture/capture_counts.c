/* SPDX-License-Identifier: Apache-2.0 */
/* One line about what was not understood. */
#include "capture_counts.h"
#include "text.h"

char const *capture_counts_print(struct capture_counts const *counts, char *text, size_t size)
{
    static struct {
        bool matters;
        char const *text;
    } const rows[] = {
#define COUNT(name, matters, text) { matters, text },
#include "capture_counts.def"
#undef COUNT
    };
    struct text line;

    text_begin(&line, text, size);
    for (size_t i = 0; i < CAPTURE_COUNTS; i++) {
        if (!rows[i].matters || !counts->n[i])
            continue;
        text_puts(&line, text_len(&line) ? ", " : "");
        text_number(&line, counts->n[i], 1);
        text_puts(&line, " ");
        text_puts(&line, rows[i].text);
    }
    return text;
}
