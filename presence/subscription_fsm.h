/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of a subscription (RFC 6665 4.2, RFC 3857 4.7.1 without those that nobody waits
 * in); actions are in subscription.c. */
#pragma once
#include "fsm.h"

enum subscription_state {
    SUBSCRIPTION_PENDING,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_ENDING, /* its last NOTIFY is to be sent, or not answered */
    SUBSCRIPTION_ENDED,
    SUBSCRIPTION_STATES
};

enum subscription_event {
    SUBSCRIPTION_EV_ALLOWED,
    SUBSCRIPTION_EV_HELD,    /* somebody has to decide first */
    SUBSCRIPTION_EV_ASKED,   /* a SUBSCRIBE wants the NOTIFY that belongs to it */
    SUBSCRIPTION_EV_CHANGED, /* what the watcher is shown */
    SUBSCRIPTION_EV_PACED,   /* what has waited for the interval may be told */
    SUBSCRIPTION_EV_EXPIRED, /* its time is over; of the last NOTIFY: nobody answers it */
    SUBSCRIPTION_EV_END,     /* for the reason that is the argument */
    SUBSCRIPTION_EV_TOLD,    /* the NOTIFY under way was taken */
    SUBSCRIPTION_EV_FAILED,  /* the watcher does not want it, or is not there */
    SUBSCRIPTION_EV_PUT_OFF, /* it was not reached, but may be soon: we have just begun */
    SUBSCRIPTION_EVENTS
};

struct fsm_table const *subscription_fsm(void);

/* Actions; @p obj is a struct subscription. */
int subscription_act_allow(void *obj, void *arg);
int subscription_act_hold(void *obj, void *arg);
int subscription_act_tell(void *obj, void *arg);
int subscription_act_change(void *obj, void *arg);
int subscription_act_go_on(void *obj, void *arg);
int subscription_act_expire(void *obj, void *arg);
int subscription_act_end(void *obj, void *arg);
int subscription_act_last(void *obj, void *arg);
int subscription_act_put_off(void *obj, void *arg);
int subscription_act_fail(void *obj, void *arg); /* these free it */
int subscription_act_go(void *obj, void *arg);
