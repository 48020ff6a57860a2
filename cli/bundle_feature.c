/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of features. Programs that do not exist yet stand here, too: a bundle says that they are
 * missing. */
#include "bundle_feature.h"
#include "command.h"
#include <string.h>

enum { NAMES_MAX = 64 };

/* clang-format off */
struct bundle_feature const bundle_feature_table[] = {
    { "general_core", NULL, NULL, "everything" },
    { "sipd_core", "proxy", NULL, "SIP proxy: routing, peers, transactions" },
    { "remote_call_control", "proxy cti switch", NULL, "desktop clients that control phones" },
    { "sip_inter_federation", "proxy presence", NULL, "partners by SIP" },
    { "sip_partitioned_federation", "proxy presence", NULL, "one domain on two systems" },
    { "xmpp_inter_federation", "proxy presence xmpp", NULL, "partners by XMPP" },
    { "presence_im_exchange", "proxy presence xmpp", NULL, "presence and messages" },
    { "pe_core", "presence", NULL, "presence server" },
    { "xcp_core", "presence xmpp", NULL, "XMPP router" },
    { "pws", "proxy cti", "users registrations acl signin", "people who cannot sign in" },
    { "certificates", "proxy", "tls listeners", "TLS contexts and their certificates" },
    { "user_connectivity", "proxy cti", NULL, "people who lose their connection" },
    { "user_rosters", "presence", NULL, "contact lists" },
    { "directory_groups", "cti presence", "directory users groups", "people of the directory" },
    { "text_conference", "presence xmpp", NULL, "chat rooms" },
    { "msg_archiver", "presence", NULL, "archived messages" },
    { "bosh", "xmpp web", NULL, "XMPP over HTTP" },
    { "imdb", "presence", NULL, "message store" },
    { "ha", NULL, "peers cti", "nodes that stand in for each other" },
    { "cfg_agent_core", NULL, "config", "configuration" },
    { "admin_ui", "web", NULL, "administration pages" },
    { "serviceability_ui", "web", NULL, "pages that show what happens" },
    { "deployment_info", NULL, "config listeners", "what is installed, and how" },
    { "high_cpu", NULL, NULL, "programs that are busy" },
    { "high_memory", NULL, NULL, "programs that grow" },
    { 0 },
};
/* clang-format on */

struct bundle_feature const *bundle_feature_find(char const *name)
{
    for (struct bundle_feature const *row = bundle_feature_table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

char const *bundle_feature_nearest(char const *typed)
{
    char const *names[NAMES_MAX];
    size_t n = 0;

    for (struct bundle_feature const *row = bundle_feature_table; row->name && n < NAMES_MAX; row++)
        names[n++] = row->name;
    return command_nearest(typed, names, n);
}

/* Is one of @p words, with blanks between, the whole of @p text, or part of it? */
static bool holds(char const *words, char const *text, bool whole)
{
    size_t text_len = strlen(text);

    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (whole ? n == text_len && memcmp(words, text, n) == 0
                  : memmem(text, text_len, words, n) != NULL)
            return true;
    }
    return false;
}

bool bundle_feature_has_program(struct bundle_feature const *feature, char const *program)
{
    return !feature->programs || holds(feature->programs, program, true);
}

bool bundle_feature_has_table(struct bundle_feature const *feature, char const *command)
{
    /* Without these nobody can say anything. */
    static char const always[] = "status|show alarms|show config|show counters|show log";
    char const *found = strstr(always, command);

    return !feature->tables || (found && strchr("|", found[strlen(command)])) ||
           holds(feature->tables, command, false);
}
