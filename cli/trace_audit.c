/* SPDX-License-Identifier: Apache-2.0 */
/* Asks each running program; one that runs and does not tell it is a reason to show nothing. */
#include "trace_audit.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include <syslog.h>

enum { WHY = 256 };

static int tell(struct cli *cli, struct program const *program, json_t const *args)
{
    char why[WHY];
    bool running;
    json_t *result = control_ask(cli, program, "audit", args, why, sizeof why, &running);
    bool told = result != NULL;

    json_decref(result);
    if (told || !running)
        return CLI_OK;
    cli_complain("%s does not tell the audit log, so nothing is shown unmasked: %s", program->name,
                 why);
    return EX_NOPERM;
}

int trace_audit(struct cli *cli)
{
    json_t *args = json_pack("{s:s,s:s}", "what", "unmasked trace", "detail", "messages");
    int code = cli_try_load(cli);

    /* Without a configuration there is no program that could be asked. */
    for (int i = 0; code == CLI_OK && i < PROGRAMS; i++)
        if (cli_is_enabled(cli, &program_table[i]))
            code = tell(cli, &program_table[i], args);
    json_decref(args);
    if (code == EX_NOPERM)
        return code;
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "crosspoint: messages are traced unmasked");
    return CLI_OK;
}
