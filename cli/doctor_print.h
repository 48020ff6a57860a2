/* SPDX-License-Identifier: Apache-2.0 */
/* A result of `rcc doctor` as people read it: each check, then the first fault and its cure. */
#pragma once
#include <jansson.h>

struct buf;

void doctor_print(json_t const *result, struct buf *out);
