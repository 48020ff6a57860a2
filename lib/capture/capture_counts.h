/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to the packets of a capture, in numbers; the rows are in capture_counts.def. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum capture_count {
#define COUNT(name, matters, text) CAPTURE_##name,
#include "capture_counts.def"
#undef COUNT
    CAPTURE_COUNTS
};

struct capture_counts {
    uint64_t n[CAPTURE_COUNTS];
};

/** "3 encrypted streams, 1 gaps in TCP connections": what was not understood and should have been.
 *  "" if there was nothing of the kind. Returns @p text. */
char const *capture_counts_print(struct capture_counts const *counts, char *text, size_t size);
