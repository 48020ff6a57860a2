/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a filter for messages, which several commands have. */
#pragma once
#include "capture_filter.h"

/** Takes @p value, which is borrowed, if @p name is one of them: "--user". Else false. */
bool filter_options_take(struct capture_filter_options *options, char const *name,
                         char const *value);
