/* SPDX-License-Identifier: Apache-2.0 */
/* Asks each running program; one that runs and does not tell it is a reason to show nothing. */
#include "trace_audit.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include <errno.h>
#include <syslog.h>

enum { WHY = 256 };

static int tell(struct cli *cli, struct program const *program, json_t const *args)
{
    char why[WHY];

    if (control_audit(cli, program, args, why, sizeof why) != -EACCES)
        return CLI_OK;
    cli_complain("%s does not tell the audit log, so nothing is shown unmasked: %s", program->name,
                 why);
    return EX_NOPERM;
}

int trace_audit(struct cli *cli, char const *what)
{
    json_t *args = json_pack("{s:s,s:s}", "what", what, "detail", "messages");
    int code = cli_try_load(cli);

    /* Without a configuration there is no program that could be asked. */
    for (int i = 0; code == CLI_OK && i < PROGRAMS; i++)
        if (cli_is_enabled(cli, &program_table[i]))
            code = tell(cli, &program_table[i], args);
    json_decref(args);
    if (code == EX_NOPERM)
        return code;
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "crosspoint: messages are shown: %s", what);
    return CLI_OK;
}
