/* SPDX-License-Identifier: Apache-2.0 */
/* The CSTA services of the switch: rows of message type and function. */
#pragma once
#include "csta.h"
#include "monitor.h"
#include <sofia-sip/su_alloc.h>

struct exchange;

/** Who asks: the session's monitors, and what its events are handed to. */
struct services_client {
    struct monitor_list *monitors;
    void *ctx;
};

/** Runs @p request and fills *@p ret with its response or a CSTAErrorCode, in the request's
 *  edition. Events may be told within; the caller sends the response before them. Strings of the
 *  answer are borrowed: from the request, the exchange, or @p home. */
void services_run(struct exchange *ex, struct services_client const *client,
                  struct csta_msg const *request, su_home_t *home, struct csta_msg *ret);

/** The answer to a request that could not be decoded. */
void services_refuse(struct csta_fault const *fault, struct csta_msg *ret);
