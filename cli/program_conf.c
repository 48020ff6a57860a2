/* SPDX-License-Identifier: Apache-2.0 */
/* Running the program for its configuration: see program_conf.h. */
#include "program_conf.h"
#include "buf.h"
#include "capture.h"
#include "cli.h"
#include "program.h"
#include <limits.h>
#include <string.h>

enum { OUTPUT_MAX = 256 << 20 };

char const *program_conf_text(json_t const *object, char const *key)
{
    char const *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

int program_conf_ask(struct cli const *cli, char const *name, bool aloud, json_t **ret)
{
    struct program const *program = program_find(name);
    struct buf path, said;
    int code = EX_UNAVAILABLE;

    buf_init(&path, PATH_MAX);
    buf_init(&said, OUTPUT_MAX);
    if (program_locate(program, cli_bin_dir(cli), &path) < 0) {
        if (aloud)
            cli_complain("%s is not installed", program->binary);
        goto out;
    }
    int status = capture_run(
        (char const *[]){ buf_text(&path), "--print-config", "-f", cli->conf_path, NULL }, &said);
    *ret = status == 0 ? json_loadb(buf_text(&said), said.len, 0, NULL) : NULL;
    code = *ret ? CLI_OK : status == EX_CONFIG ? EX_CONFIG : EX_UNAVAILABLE;
    if (aloud && !*ret)
        cli_complain("%s: %s", program->binary, status < 0 ? strerror(-status) : buf_text(&said));

out:
    buf_fini(&path);
    buf_fini(&said);
    return code;
}
