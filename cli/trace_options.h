/* SPDX-License-Identifier: Apache-2.0 */
/* What was typed behind `crosspoint trace`. */
#pragma once
#include "capture_filter.h"
#include <stdbool.h>
#include <stddef.h>

enum { TRACE_OPTIONS_FILES = 64, TRACE_OPTIONS_FAULT = 160 };

struct trace_options {
    char const *files[TRACE_OPTIONS_FILES];
    size_t n_files;        /* 0: the taps */
    char const *interface; /* NULL: none */
    struct capture_filter_options filter;
    bool unmask;
    bool plain;   /* lines also on a terminal */
    bool history; /* what is in the taps already, too */
    size_t max_messages, max_bytes;
};

/** Strings are borrowed. Returns 0, or -1 with the reason in @p fault. */
int trace_options_parse(int argc, char **argv, struct trace_options *ret,
                        char fault[static TRACE_OPTIONS_FAULT]);
