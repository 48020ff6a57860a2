/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `crosspoint bundle`. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct bundle_feature;

enum { BUNDLE_OPTIONS_FEATURES = 32, BUNDLE_OPTIONS_DAYS = 3650, BUNDLE_OPTIONS_FAULT = 256 };

struct bundle_options {
    struct bundle_feature const *features[BUNDLE_OPTIONS_FEATURES]; /* at least one */
    size_t n;
    long days;
    char const *out; /* file or folder; NULL: here */
    bool unmask, list;
};

/** Returns 0, or -1 with the reason in @p fault. @p ret borrows from @p argv. */
int bundle_options_parse(int argc, char **argv, struct bundle_options *ret,
                         char fault[static BUNDLE_OPTIONS_FAULT]);
