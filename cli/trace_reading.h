/* SPDX-License-Identifier: Apache-2.0 */
/* What a trace wants of its source: the messages that match, with nothing in them that nobody may
 * see. */
#pragma once
#include "buf.h"
#include "capture_message.h"

struct capture_filter;
struct trace_options;
struct trace_source;

struct trace_reading {
    struct trace_options const *options;
    struct trace_source *source;
    struct capture_filter *filter; /* owned */
    struct buf masked;
};

/** Returns the exit code after a complaint about the filter. */
int trace_reading_init(struct trace_reading *reading, struct trace_options const *options,
                       struct trace_source *source);
void trace_reading_fini(struct trace_reading *reading);

/** As trace_source_next(). Looks at no more than a bounded number of messages: 0 may also mean
 *  that none of these matched, then *@p ret_more is set. */
int trace_reading_next(struct trace_reading *reading, struct capture_message *ret, bool *ret_more);
