/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of profiles, and whom they are about. */
#include "profile_conf.h"
#include "pidf_write.h"
#include "presence_address.h"
#include <string.h>
#include <strings.h>

/* As the table of pidf_write.c has them, which test_profile_conf.c compares. */
static char const *const names[] = { "standard", "cisco", "phone", "minimal", NULL };

static char const *check_watchers(char const *text)
{
    char address[PRESENCE_ADDRESS_BYTES];

    if (*text == '@' || strpbrk(text, ";<>, ") ||
        (*text && presence_address_parse(strchr(text, '@') ? text : "x", text, address) < 0))
        return "wants a domain or an address, such as partner.test or bob@partner.test";
    return NULL;
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("watchers", struct profile_conf, watchers, .default_text = "",
                   .max = PRESENCE_ADDRESS_BYTES - 1, .example = "partner.test",
                   .check = check_watchers, .effect = CFG_RESTART,
                   .help = "A domain, or one watcher's address. Empty: everybody."),
    CFG_ROW_STRING("user_agent", struct profile_conf, user_agent, .default_text = "", .max = 255,
                   .example = "Cisco-CP", .effect = CFG_RESTART,
                   .help = "How User-Agent of their SUBSCRIBE begins. Empty: however."),
    CFG_ROW_ENUM("profile", struct profile_conf, profile, .names = names, .example = "cisco",
                 .effect = CFG_RESTART,
                 .help = "standard: RFC 3863, 4479 and 4480. cisco: RPID of the draft, and Cisco's "
                         "own activities. phone: the same without anything else, under the label "
                         "application/cpim-pidf+xml. minimal: RFC 3863 alone."),
};

struct cfg_schema const profile_conf_schema = {
    .group = "profile",
    .size = sizeof(struct profile_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "a dialect of presence documents, and who gets it.",
};

static bool is_one_of(char const *watchers, char const *watcher)
{
    char address[PRESENCE_ADDRESS_BYTES];

    if (!*watchers)
        return true;
    if (!strchr(watchers, '@'))
        return strcasecmp(watchers, presence_address_domain(watcher)) == 0;
    return presence_address_parse(watchers, "", address) == 0 && strcmp(address, watcher) == 0;
}

bool profile_conf_is_about(struct profile_conf const *entry, char const *watcher,
                           char const *user_agent)
{
    size_t len = strlen(entry->user_agent);

    return is_one_of(entry->watchers, watcher) &&
           (!len || (user_agent && strncasecmp(user_agent, entry->user_agent, len) == 0));
}

struct pidf_profile const *profile_conf_profile(struct profile_conf const *entry)
{
    return pidf_profiles() + entry->profile;
}
