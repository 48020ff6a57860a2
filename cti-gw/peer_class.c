/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of peer classes, and finding one. */
#include "peer_class.h"
#include <stddef.h>
#include <string.h>

static char const *const styles[] = { "body200", "status4xx", NULL };
static char const *const relaxed[] = { "global", "auto", "always", "never", NULL };

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct peer_class, name, .min = 1, .max = 64, .effect = CFG_RESTART,
                   .help = "Name of the class, for the log."),
    CFG_ROW_STRING("user_agent", struct peer_class, user_agent, .default_text = "", .max = 256,
                   .effect = CFG_RESTART,
                   .help = "How the client's User-Agent starts, such as UCCP/. Empty: any."),
    CFG_ROW_ENUM("error_style", struct peer_class, error_style, .default_text = "body200",
                 .names = styles, .effect = CFG_RESTART,
                 .help = "How a service is refused: as 200 with a CSTAErrorCode, or as 4xx with "
                         "it, for clients that look at the status only."),
    CFG_ROW_ENUM("relaxed_cseq", struct peer_class, relaxed_cseq, .default_text = "global",
                 .names = relaxed, .effect = CFG_RESTART,
                 .help = "As cti.relaxed_cseq, for this class; global: as there."),
};

struct cfg_schema const peer_class_schema = {
    .group = "peer class",
    .size = sizeof(struct peer_class),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "what clients of one kind want.",
};

static bool starts_with(char const *text, char const *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

struct peer_class const *peer_class_of(struct cfg_groups const *list, char const *user_agent)
{
    struct peer_class const *all = list->v;

    for (size_t i = 0; i < list->n; i++)
        if (starts_with(user_agent ? user_agent : "", all[i].user_agent))
            return &all[i];
    return NULL;
}

void peer_class_check(struct cfg_groups const *list, struct cfg_faults *faults)
{
    struct peer_class const *all = list->v;

    for (size_t i = 1; i < list->n; i++)
        for (size_t j = 0; j < i && all[i].name && all[j].name; j++) {
            if (strcmp(all[i].name, all[j].name) == 0)
                cfg_fault(faults, all[i].where, "peer class \"%s\" stands twice, first in line %d",
                          all[i].name, all[j].where.line);
            else if (starts_with(all[i].user_agent, all[j].user_agent))
                cfg_fault(faults, all[i].where,
                          "peer class \"%s\" is never reached: \"%s\" in line %d takes all of it",
                          all[i].name, all[j].name, all[j].where.line);
            else
                continue;
            break;
        }
}
