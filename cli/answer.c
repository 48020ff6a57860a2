/* SPDX-License-Identifier: Apache-2.0 */
/* JSON or text: see answer.h. */
#include "answer.h"
#include "buf.h"
#include "cli.h"
#include <stdio.h>

/* As much text as the largest table of the directory. */
enum { OUT_MAX = 256 << 20, DIGITS = 6 };

void answer_print_json(json_t const *answer)
{
    json_dumpf(answer, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS));
    putchar('\n');
}

void answer_print(struct cli const *cli, json_t const *answer, answer_text_fn *text)
{
    struct buf out;

    if (cli->json) {
        answer_print_json(answer);
        return;
    }
    buf_init(&out, OUT_MAX);
    text(answer, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
}
