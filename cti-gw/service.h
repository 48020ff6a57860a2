/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA services of a session: a request in an INFO, its answer in the 200 of that INFO. */
#pragma once
#include "csta.h"
#include "transaction.h"
#include <sys/queue.h>

struct session;

/** A service under way at the driver. */
struct service {
    LIST_ENTRY(service) link;
    struct session *session;       /* NULL: abandoned, only the driver's reply is waited for */
    struct server_transaction *st; /* the INFO; NULL once it is gone */
    enum csta_type type;
    enum csta_edition edition;
    char *device;  /* as the client wrote it: MonitorStart, MakeCall, Snapshot; else its line */
    char *number;  /* the same as the driver calls it */
    char *monitor; /* MonitorStop: our crossRefID */
};

/** Serves the INFO @p st of @p session; answers it now or when the driver has replied. */
void service_take(struct session *session, struct server_transaction *st);

/** The session is going: answers the INFO with 481 and lets the driver's reply come to nothing. */
void service_abandon(struct service *service);

/** Answers @p st with 200 and @p reply as its CSTA body. Used for INVITE too: see signin.c. */
void service_answer(struct server_transaction *st, struct csta_msg const *reply);
