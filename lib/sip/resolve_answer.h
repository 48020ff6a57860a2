/* SPDX-License-Identifier: Apache-2.0 */
/* What c-ares 1.18 does not tell of a DNS answer. Inner part of resolve.c. */
#pragma once
#include <stdint.h>

/** The smallest time to live, in seconds, of the records of @p type in an answer of @p len bytes; 0
 *  if there is none or the answer is cut. */
uint32_t resolve_answer_ttl(unsigned char const *answer, int len, unsigned type);
