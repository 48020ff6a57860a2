/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the taps of the programs, and says why one cannot be read. */
#include "ladder_taps.h"
#include "capture_taps.h"
#include "cfg.h"
#include "cli.h"
#include "tap_reader.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(struct cli const *cli, char const *program, int error)
{
    char const *run_dir = cfg_get_node(cli->cfg)->run_dir;

    switch (error) {
    case 0:
        return CLI_OK;
    case -ENOENT:
        cli_complain("%s: no tap: it was not started, or keeps no messages (tap_records, %s)",
                     program, run_dir);
        return EX_UNAVAILABLE;
    case -EACCES:
        cli_complain("%s: its tap in %s is for root and the user of the programs only", program,
                     run_dir);
        return EX_NOPERM;
    case -EBADMSG:
        cli_complain("%s: its tap %s/%s.tap is damaged", program, run_dir, program);
        return CLI_FAILED;
    default:
        cli_complain("%s: its tap %s/%s.tap cannot be read: %s", program, run_dir, program,
                     strerror(-error));
        return CLI_FAILED;
    }
}

int ladder_taps_open(struct cli const *cli, char const *const *programs, size_t n,
                     struct capture_source **ret)
{
    struct capture_taps_options const options = { .run_dir = cfg_get_node(cli->cfg)->run_dir,
                                                  .programs = programs,
                                                  .n = n };
    int code = CLI_OK;

    *ret = capture_taps_open(&options);
    if (!*ret)
        return EX_OSERR;
    for (size_t i = 0; i < n; i++) {
        int failed = complain(cli, programs[i], capture_taps_error(*ret, i));

        code = failed ? failed : code;
    }
    return code;
}

bool ladder_taps_is_ring(char const *path)
{
    struct tap_reader *reader;
    bool is = tap_reader_open(&reader, path) == 0;

    tap_reader_free(&reader);
    return is;
}

int ladder_taps_open_file(char const *path, struct capture_source **ret)
{
    /* What has no slash would be the name of a program. */
    char *from_here = NULL;
    int len = strchr(path, '/') ? 0 : asprintf(&from_here, "./%s", path);
    char const *const paths[] = { from_here ? from_here : path };
    struct capture_taps_options const options = { .programs = paths, .n = 1 };

    *ret = len < 0 ? NULL : capture_taps_open(&options);
    free(from_here);
    return *ret ? CLI_OK : EX_OSERR;
}
