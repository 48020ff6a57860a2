/* SPDX-License-Identifier: Apache-2.0 */
/* Refusing a request: one counter, one log line with the cause, a note in the tap, and a Warning
 * header, so that the administrator sees at the client why. */
#pragma once
#include "presence_metrics.h"
#include "transaction.h"

struct presence_refusal {
    int status;
    char const *phrase;
    enum presence_metric metric;
    char const *header; /* one more header line, or NULL */
};

/** Answers @p st; the text becomes the log's reason and the Warning's text. */
void presence_refusal_send(struct server_transaction *st, struct presence_refusal const *refusal,
                           char const *format, ...) __attribute__((format(printf, 3, 4)));

/** As above with 503 and Retry-After: a limit is reached. */
void presence_refusal_busy(struct server_transaction *st, int64_t retry_after_s, char const *why);

/** As above with 423 and Min-Expires. */
void presence_refusal_too_brief(struct server_transaction *st, int64_t min_s, uint64_t wanted_s);
