/* SPDX-License-Identifier: Apache-2.0 */
/* The CSTA services of the switch: rows of message type and function.
 *
 * services.c has the rows and runs them; the functions stand by subject in services_system.c,
 * services_monitor.c, services_call.c, services_device.c, and what they share in
 * services_parts.h. */
#pragma once
#include "call_id.h"
#include "csta.h"
#include "monitor.h"
#include <sofia-sip/su_alloc.h>

struct exchange;

/** What a session wants to hear of the state of the switch (SystemRegister). */
struct services_registration {
    char id[CALL_ID_TEXT]; /* "": nothing yet */
    struct csta_set muted; /* of csta_system_status: not to be sent */
};

/** Who asks: the session's monitors and registration, and what its events are handed to. */
struct services_client {
    struct monitor_list *monitors;
    struct services_registration *registration;
    /* Sends what belongs to the answer, after it. */
    void (*tell)(void *ctx, struct csta_msg const *message);
    void *ctx;
};

/** Runs @p request and fills *@p ret with its response or a CSTAErrorCode, in the request's
 *  edition. Events may be told within; the caller sends the response before them. Strings of the
 *  answer are borrowed: from the request, the exchange, or @p home. */
void services_run(struct exchange *ex, struct services_client const *client,
                  struct csta_msg const *request, su_home_t *home, struct csta_msg *ret);

/** The answer to a request that could not be decoded. */
void services_refuse(struct csta_fault const *fault, struct csta_msg *ret);
