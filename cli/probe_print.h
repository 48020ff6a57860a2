/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what `probe peer` of the proxy answers, for people. */
#pragma once
#include <jansson.h>

struct buf;

/** Appends the whole answer. Control characters that came from the peer are escaped. */
void probe_print(json_t const *answer, struct buf *out);
