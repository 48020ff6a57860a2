/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA services of a session: a request in an INFO, its answer in the 200 of that INFO. */
#pragma once
#include "csta.h"
#include "csta_fault_map.h"
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
    struct csta_set filter; /* MonitorStart: events that the client does not want */
    char *device;  /* as the client wrote it: the first that the request names, else its line */
    char *number;  /* the line that this is */
    char *monitor; /* MonitorStop: our crossRefID */
};

/** A request while it is checked and served. */
struct service_request {
    struct session *session;
    struct server_transaction *st;
    su_home_t *home; /* of the strings of msg */
    struct csta_msg msg;
    char const *device; /* as the client wrote it: the first that it names, else its line */
    char const *number; /* the line that this is */
};

/** Serves the INFO @p st of @p session; answers it now or when the driver has replied. */
void service_take(struct session *session, struct server_transaction *st);

/** The session is going: answers the INFO with 481 and lets the driver's reply come to nothing. */
void service_abandon(struct service *service);

/** Answers a request that the gateway serves itself: @p reply becomes its response. */
void service_reply(struct service_request *r, struct csta_msg reply);

/** Refuses a request, with a cause for the log ("" if the error says it all). */
void service_fail(struct service_request *r, enum cti_fault fault, char const *why);
