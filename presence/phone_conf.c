/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of phone_lines. */
#include "phone_conf.h"
#include "own_users.h"
#include "phone_line.h"
#include <string.h>

static char const *check_line(char const *text)
{
    return !*text || strpbrk(text, "@:;<> ") ? "wants the user part of a SIP address, such as 2001"
                                             : NULL;
}

static struct cfg_row const line_rows[] = {
    CFG_ROW_STRING("line", struct phone_conf_line, line, .max = PHONE_LINE_BYTES - 1,
                   .example = "2001", .check = check_line, .effect = CFG_RESTART,
                   .help = "Directory number, as the call manager writes it in addresses."),
    CFG_ROW_STRING(
        "user", struct phone_conf_line, user, .max = PRESENCE_ADDRESS_BYTES - 1, .example = "alice",
        .effect = CFG_RESTART,
        .help =
            "Whose presence it is a source of: one of users, or of the store. A line that several "
            "people have gets an entry for each."),
};

struct cfg_schema const phone_conf_line_schema = {
    .group = "phone line",
    .size = sizeof(struct phone_conf_line),
    .rows = line_rows,
    .n = sizeof line_rows / sizeof line_rows[0],
    .help = "a line of a phone, and whose it is.",
};

static void on_double(void *ctx, struct phone_conf_line const *entry)
{
    cfg_fault(ctx, entry->where, "line \"%s\" is user \"%s\"'s twice", entry->line, entry->user);
}

static void on_stranger(void *ctx, struct phone_conf_line const *entry)
{
    cfg_fault(ctx, entry->where, "user \"%s\" of line \"%s\" is none of users", entry->user,
              entry->line);
}

void phone_conf_check(struct cfg_groups const *lines, struct cfg_strings const *users,
                      char const *domain, bool has_store, struct cfg_faults *faults)
{
    struct phone_lines_faults const found = { on_double, on_stranger, faults };
    struct phone_lines table;
    struct own_users own;

    int err = own_users_init(&own, users, domain);
    if (err == 0) {
        err = phone_lines_init(&table, lines, &own, has_store, &found);
        phone_lines_fini(&table);
    }
    if (err < 0)
        cfg_fault(faults, users->where, "no memory to compare the lines");
    own_users_fini(&own);
}
