/* SPDX-License-Identifier: Apache-2.0 */
/* What the services of the switch share; only services*.c include this. */
#pragma once
#include "call.h"
#include "exchange.h"
#include "line.h"
#include "services.h"
#include "station.h"

/** One request while it is served. */
struct service {
    struct exchange *ex;
    struct services_client const *client;
    struct csta_msg const *request;
    su_home_t *home;
    struct csta_msg *reply;
};

struct services_row {
    enum csta_type type;
    struct csta_error (*run)(struct service *s);
};

/* Rows by subject, each ended by CSTA_NONE. */
extern struct services_row const services_system[], services_monitor[], services_call[],
    services_device[];

/** Adds all services that have a row. */
void services_add_all(struct csta_set *set);

/* --- errors (ECMA-323 CSTAErrorCode) ---------------------------------------------------------- */

extern struct csta_error const services_ok;
struct csta_error services_operation(char const *value);
struct csta_error services_wrong_state(char const *value);
struct csta_error services_no_resources(char const *value);
struct csta_error services_of_fault(enum call_fault fault);

/* --- what a request names --------------------------------------------------------------------- */

/** The line and phone that @p id means; invalidDeviceID if there is none. */
struct csta_error services_find_device(struct service const *s, char const *id,
                                       struct line_ref *ret);

/** How a service names its connection when the client leaves a part out. */
struct services_search {
    uint32_t states;  /* FSM_IN() bits that a nameless part may match */
    char const *none; /* error value when nothing is in such a state */
};

/** A ConnectionID may lack its call or its device (ECMA-269 6.1.4): then the one connection whose
 *  state fits the service is meant. With both parts the state is the operation's to judge. */
struct csta_error services_find_conn(struct service const *s, struct csta_conn const *id,
                                     struct services_search const *search, struct call_conn **ret);

/** The call that a ConnectionID names; its device only counts where the call is missing. */
struct csta_error services_find_call(struct service const *s, struct csta_conn const *id,
                                     struct call **ret);
