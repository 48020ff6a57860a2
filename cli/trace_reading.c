/* SPDX-License-Identifier: Apache-2.0 */
/* Mask, then filter: what is not shown cannot be found either. */
#include "trace_reading.h"
#include "capture_filter.h"
#include "capture_mask.h"
#include "cli.h"
#include "program.h"
#include "trace_options.h"
#include "trace_source.h"

enum { MESSAGE_MAX = 16 << 20, LOOKED_AT = 1000 };

int trace_reading_init(struct trace_reading *reading, struct trace_options const *options,
                       struct trace_source *source)
{
    struct capture_filter_options wish = options->filter;
    char const *programs[PROGRAMS];
    char fault[CAPTURE_FILTER_FAULT];

    for (int i = 0; i < PROGRAMS; i++)
        programs[i] = program_table[i].name;
    wish.programs = programs;
    wish.n_programs = PROGRAMS;
    *reading = (struct trace_reading){ .options = options, .source = source };
    buf_init(&reading->masked, MESSAGE_MAX);
    reading->filter = capture_filter_new(&wish, fault);
    if (reading->filter)
        return CLI_OK;
    cli_complain("%s", fault);
    return EX_USAGE;
}

void trace_reading_fini(struct trace_reading *reading)
{
    capture_filter_free(&reading->filter);
    buf_fini(&reading->masked);
}

int trace_reading_next(struct trace_reading *reading, struct capture_message *ret, bool *ret_more)
{
    *ret_more = false;
    for (int i = 0; i < LOOKED_AT; i++) {
        if (trace_source_next(reading->source, ret) <= 0)
            return 0;
        /* What cannot be masked has no bytes then. */
        if (!reading->options->unmask)
            (void)capture_mask_message(ret, &reading->masked);
        if (capture_filter_match(reading->filter, ret, NULL))
            return 1;
    }
    *ret_more = true;
    return 0;
}
