/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for the audit log: see audit.h. */
#define LOG_SUBSYSTEM LOG_AUDIT
#include "audit.h"
#include "ctl_peer.h"
#include "log.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024, DETAIL_BYTES = 256 };

/* " login_uid=1000" of a process, or "": nobody has logged in, or it has gone. */
static char const *login_of(pid_t pid, char *ret, size_t size)
{
    char path[64];
    unsigned uid;

    *ret = '\0';
    snprintf(path, sizeof path, "/proc/%d/loginuid", (int)pid);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%u", &uid) == 1 && uid != (unsigned)-1)
        snprintf(ret, size, " login_uid=%u", uid);
    if (file)
        fclose(file);
    return ret;
}

void audit_command(struct ctl_call const *call, char const *format, ...)
{
    struct ctl_peer const *peer = ctl_call_peer(call);
    char text[TEXT_BYTES], login[32];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (peer)
        log_info(NULL, "%s uid=%u pid=%d%s", text, (unsigned)peer->uid, (int)peer->pid,
                 login_of(peer->pid, login, sizeof login));
    else
        log_info(NULL, "%s by somebody who has left", text);
}

/* What the CLI does with what it may read, and the program would not notice. */
static struct {
    char const *what, *text;
} const acts[] = {
    { "bundle", "a bundle was made, masked" },
    { "unmasked bundle", "a bundle was made that shows what people said and how they signed in" },
    { "unmasked trace", "a trace shows what people said and how they signed in" },
    { "unmasked capture", "a capture shows what people said and how they signed in" },
};

void audit_cmd(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    char const *what = ctl_arg(args, "what"), *detail = ctl_arg(args, "detail");

    (void)svc;
    for (size_t i = 0; what && i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(acts[i].what, what) != 0)
            continue;
        audit_command(call, "%s detail=\"%.*s\"", acts[i].text, DETAIL_BYTES, detail ? detail : "");
        ctl_reply(call, json_null());
        return;
    }
    ctl_fail(call, "bad-argument", "nothing that is audited is called \"%s\"", what ? what : "");
}
