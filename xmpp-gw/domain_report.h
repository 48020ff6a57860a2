/* SPDX-License-Identifier: Apache-2.0 */
/* What a check of a domain has found, as the JSON that `crosspoint check domain` prints:
 *
 *   { "domain": "partner.example", "ours": "im.example", "verdict": "ok" | "warning" | "failed",
 *     "allowed": step, its row in the detail
 *     "dns": { step..., "questions": [{question, answer}...] },
 *     "addresses": [{ "address": "192.0.2.1:5269", "from", "begins": "starttls" | "tls",
 *       "verdict", "steps": [{step, verdict, ms, id, cause, remedy, detail}...],
 *       "tls": { "server_name", "shown": [certificate...], "shown_more", "trust_anchor",
 *                "asks_for_certificate", "accepts", "our_certificate" } }...] }
 *
 * A certificate is {subject, issuer, names, key, from, to, days_left}. Times are ISO 8601. */
#pragma once
#include "domain_verdict.h"
#include <jansson.h>

json_t *domain_report_step(char const *name, struct domain_step const *step);

/** All of one address; @p steps are what domain_verdict_judge() says of @p seen. */
json_t *domain_report_address(struct stream_seen const *seen,
                              struct domain_step const steps[static DOMAIN_STEPS],
                              char const *server_name, int64_t now_s);
