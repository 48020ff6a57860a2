/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before a stream is opened again (RFC 6120 3.3): truncated exponential, with a
 * quarter of chance, so that those who lost a server together do not come back together. Pure. */
#pragma once
#include <stdint.h>

/** @p failures: in a row, from 1 on. @p random: any number, a new one each time. At least three
 *  quarters of @p min_ms, never more than @p max_ms. */
uint64_t stream_backoff_ms(unsigned failures, uint64_t min_ms, uint64_t max_ms, uint32_t random);
