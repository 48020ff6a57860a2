/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two texts, line by line; an XML body on one line counts as one line for each
 * tag. The longest common sequence of lines is the same, all else was taken away or added. Of texts
 * so long that this would take too much memory only the begin and the end are compared. */
#pragma once
#include "capture_header.h"

enum { TRACE_DIFF_CELLS = 4 << 20 }; /* lines of one text times lines of the other */

enum trace_diff_kind { TRACE_DIFF_SAME, TRACE_DIFF_REMOVED, TRACE_DIFF_ADDED };

struct trace_diff_line {
    enum trace_diff_kind kind;
    struct capture_span text; /* without its end */
};

struct trace_diff {
    size_t n;
    struct trace_diff_line *lines; /* owned */
};

/** Points into both texts. 0 or -ENOMEM. */
int trace_diff_init(struct trace_diff *diff, struct capture_span old, struct capture_span new);
void trace_diff_fini(struct trace_diff *diff);
