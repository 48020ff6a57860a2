/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe has found, as the JSON that `crosspoint probe` prints; the members stand in
 * probe_report.c. */
#pragma once
#include <jansson.h>

struct probe_attempt;

/** All of one address. */
json_t *probe_report_attempt(struct probe_attempt const *attempt);

/** One step; the finding may be all NULL, @p detail may be "". */
struct probe_step;
json_t *probe_report_step(char const *name, struct probe_step const *step);

/** "ok", "warning", "failed", "skipped". */
char const *probe_report_verdict(unsigned verdict);
