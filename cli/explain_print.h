/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's answer to `explain` as text for people. Pure. */
#pragma once
#include <jansson.h>

struct buf;

void explain_print(json_t const *answer, struct buf *out);
