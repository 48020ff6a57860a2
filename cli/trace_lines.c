/* SPDX-License-Identifier: Apache-2.0 */
/* Line by line. A live trace polls; a pipe as input is waited for by its reader, and ends as any
 * filter does. */
#include "trace_lines.h"
#include "cli.h"
#include "trace_options.h"
#include "trace_print.h"
#include "trace_reading.h"
#include "trace_signals.h"
#include "trace_source.h"
#include <stdio.h>
#include <unistd.h>

enum { POLL_MS = 50, LINE_MAX_BYTES = 32 << 20 };

/* False: nobody reads it any more. */
static bool print(struct cli const *cli, struct capture_message const *message, struct buf *line)
{
    buf_reset(line);
    if (cli->json)
        trace_print_json(message, line);
    else
        trace_print_line(message, line);
    return fputs(buf_text(line), stdout) >= 0;
}

/* Returns false at the end. */
static bool wait_for_more(struct trace_reading const *reading, int signals, bool more)
{
    if (!trace_source_is_live(reading->source))
        return more;
    return !trace_signals_wait(signals, -1, more ? 0 : POLL_MS);
}

int trace_lines(struct cli const *cli, struct trace_reading *reading)
{
    bool live = trace_source_is_live(reading->source), more, open = true;
    int signals = live ? trace_signals_open() : -1, code;
    struct capture_message message;
    struct buf line;

    if (live && signals < 0)
        return EX_OSERR;
    buf_init(&line, LINE_MAX_BYTES);
    do {
        while (open && trace_reading_next(reading, &message, &more) > 0)
            open = print(cli, &message, &line) && (!live || !trace_signals_wait(signals, -1, 0));
        /* All that there is now. */
        open = fflush(stdout) == 0 && open;
    } while (open && wait_for_more(reading, signals, more));
    code = trace_source_complain(reading->source);
    buf_fini(&line);
    if (signals >= 0)
        close(signals);
    return code;
}
