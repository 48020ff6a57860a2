/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what `check domain` of the XMPP gateway answers, for people. */
#pragma once
#include <jansson.h>

struct buf;

/** Appends the whole answer. Control characters that came from a server are escaped. */
void domain_print(json_t const *answer, struct buf *out);
