/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange: all state of the call server besides its sockets. */
#pragma once
#include "call.h"
#include "call_id.h"
#include "line.h"
#include "monitor.h"
#include <sys/queue.h>

struct association;
struct switch_conf;
struct wheel;

struct exchange {
    struct switch_conf const *conf;
    char const *password;
    struct wheel *wheel;
    struct line_table lines;
    struct call_table calls;
    struct monitor_table monitors;
    struct call_id_maker session_ids;
    struct call_id_maker service_ids; /* of answers that come in several messages, registrations */
    struct line_trunk *trunks;        /* owned */
    enum csta_system_status status;   /* as an operator has set it */
    TAILQ_HEAD(, association) associations; /* owned by their links */
};

/** Builds the lines of @p conf; all arguments are borrowed for the life of the exchange. Returns 0
 *  or a negative errno; exchange_fini() is right after either. */
int exchange_init(struct exchange *ex, struct switch_conf const *conf, char const *password,
                  struct wheel *wheel);
void exchange_fini(struct exchange *ex);

/** Forgets the number outside if nobody of that number is in a call. */
void exchange_forget_guest(struct exchange *ex, char const *number);
