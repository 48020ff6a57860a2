/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps refused sources from filling the log: so many lines per source address and minute, what
 * came beyond is counted and told in the next line. Bounded: when every slot holds a source of the
 * last minute, further sources are only counted. Safe from any thread. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stdint.h>

struct log_sources;

enum { LOG_SOURCES_MAX = 1024, LOG_SOURCES_MINUTE_MS = 60000 };

/** New and empty, for @p lines (at least 1) per source and minute; NULL when out of memory. */
struct log_sources *log_sources_new(unsigned lines);
void log_sources_free(struct log_sources **plog);

/** Notes a refusal of @p source at @p now_ms. Returns whether a line is due; then
 *  *@p ret_suppressed is how many refusals of this source had none since its last line. */
bool log_sources_due(struct log_sources *log, struct net_addr const *source, uint64_t now_ms,
                     uint64_t *ret_suppressed);
