/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the taps of the programs, and says why one cannot be read. */
#include "ladder_taps.h"
#include "capture_taps.h"
#include "cfg.h"
#include "cli.h"
#include <errno.h>
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
