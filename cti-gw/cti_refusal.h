/* SPDX-License-Identifier: Apache-2.0 */
/* Refusing a SIP request: one counter, one log line with the cause, and a Warning header, so that
 * the administrator sees at the client why. */
#pragma once
#include "cti_metrics.h"
#include "transaction.h"

struct cti_refusal {
    int status;
    char const *phrase;
    enum cti_metric metric;
    char const *header; /* one more header line, or NULL */
};

/** Answers @p st; the text becomes the log's reason and the Warning's text. */
void cti_refusal_send(struct server_transaction *st, struct cti_refusal const *refusal,
                      char const *format, ...) __attribute__((format(printf, 3, 4)));
