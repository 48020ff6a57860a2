/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps refused sources from filling the log: one line per source address and minute, what came in
 * between is counted and told in the next line. Bounded: when every slot holds a source of the last
 * minute, further sources are only counted. Safe from any thread. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stdint.h>

struct acl_log;

enum { ACL_LOG_SOURCES = 1024, ACL_LOG_QUIET_MS = 60000 };

/** New and empty, or NULL when out of memory. */
struct acl_log *acl_log_new(void);
void acl_log_free(struct acl_log **plog);

/** Notes a refusal of @p source at @p now_ms. Returns whether a line is due; then
 *  *@p ret_suppressed is how many refusals of this source had none since its last line. */
bool acl_log_due(struct acl_log *log, struct net_addr const *source, uint64_t now_ms,
                 uint64_t *ret_suppressed);
