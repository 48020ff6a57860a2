/* SPDX-License-Identifier: Apache-2.0 */
/* JSON or text: see answer.h. */
#include "answer.h"
#include "buf.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include <stdio.h>
#include <string.h>

/* As much text as the largest table of the directory. */
enum { OUT_MAX = 256 << 20, DIGITS = 6, WHY_TEXT = 512 };

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

int answer_of(struct cli const *cli, struct answer_question const *question, json_t *args,
              answer_text_fn *text)
{
    char why[WHY_TEXT];
    bool running;
    json_t *answer = control_ask(cli, program_find(question->program), question->command, args, why,
                                 sizeof why, &running);

    json_decref(args);
    if (!answer) {
        cli_complain("%s: %s", question->program, why);
        return running ? CLI_FAILED : EX_UNAVAILABLE;
    }
    char const *verdict = json_string_value(json_object_get(answer, "verdict"));
    int code = verdict && strcmp(verdict, question->bad) == 0 ? CLI_FAILED : CLI_OK;
    answer_print(cli, answer, text);
    json_decref(answer);
    return code;
}
