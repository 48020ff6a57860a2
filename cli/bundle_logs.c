/* SPDX-License-Identifier: Apache-2.0 */
/* Logs out of the journal of systemd, by its own reader. */
#include "bundle.h"
#include "capture.h"
#include "program.h"
#include <string.h>

/* journalctl says "-- No entries --", or that there is no journal, each on one line. */
static bool has_entries(struct buf const *said)
{
    char const *text = buf_text(said);

    return *text && strncmp(text, "-- No entries", 13) != 0 &&
           strncmp(text, "No journal files", 16) != 0;
}

static void add_log(struct bundle *bundle, struct program const *program)
{
    char unit[64], since[64], name[64];
    char const *const argv[] = {
        "journalctl", "--quiet",  "--no-pager",        "--utc", "--unit", unit, "--since",
        since,        "--output", "short-iso-precise", NULL
    };
    struct buf said;

    snprintf(unit, sizeof unit, "crosspoint@%s.service", program->name);
    snprintf(since, sizeof since, "-%lddays", bundle->options->days);
    snprintf(name, sizeof name, "logs/%s", program->name);
    buf_init(&said, BUNDLE_TEXT_MAX);
    int rc = capture_run(argv, &said);
    if (rc < 0)
        bundle_miss(bundle, name, "no journalctl: %s", strerror(-rc));
    else if (rc > 0)
        bundle_miss(bundle, name, "journalctl: %.200s", buf_text(&said));
    else if (!has_entries(&said))
        bundle_miss(bundle, name,
                    "the journal has no entries of %s; programs that systemd has not started log "
                    "to stderr",
                    unit);
    else
        bundle_add_text(bundle, name, &said);
    buf_fini(&said);
}

void bundle_logs_add(struct bundle *bundle)
{
    for (size_t i = 0; i < PROGRAMS; i++)
        if (bundle_has(bundle, &program_table[i]))
            add_log(bundle, &program_table[i]);
}
