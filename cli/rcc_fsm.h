/* SPDX-License-Identifier: Apache-2.0 */
/* A session of the rcc client as a table: sign in, do the steps, sign out. The actions are in
 * rcc_session.c. */
#pragma once
#include "fsm.h"

enum rcc_state {
    RCC_NEW,
    RCC_INVITING,
    RCC_CANCELLING,
    RCC_ASKING,     /* GetCSTAFeatures is unanswered */
    RCC_MONITORING, /* MonitorStart is unanswered */
    RCC_READY,      /* between two steps */
    RCC_SERVING,    /* the request of a step is unanswered */
    RCC_WAITING,    /* for an event */
    RCC_WATCHING,   /* prints events */
    RCC_STOPPING,   /* MonitorStop is unanswered */
    RCC_LEAVING,    /* BYE is unanswered */
    RCC_DONE,
    RCC_STATES
};

enum rcc_event {
    RCC_EV_START,
    RCC_EV_ACCEPTED, /* 200 to INVITE, system status normal */
    RCC_EV_USELESS,  /* 200 to INVITE that is no CSTA session for us */
    RCC_EV_REFUSED,  /* the request in hand failed */
    RCC_EV_FEATURES, /* arg of the answers: struct csta_msg */
    RCC_EV_MONITORED,
    RCC_EV_ANSWERED, /* the service of a step, MonitorStop, BYE */
    RCC_EV_SERVE,    /* next step: a service, a wait, a watch, or none is left */
    RCC_EV_WAIT,
    RCC_EV_WATCH,
    RCC_EV_END,
    RCC_EV_SEEN, /* the event waited for has come */
    RCC_EV_TIMEOUT,
    RCC_EV_INTERRUPT, /* Ctrl-C */
    RCC_EV_BYE,       /* the gateway ended the session; arg: text */
    RCC_EVENTS
};

extern struct fsm_table const rcc_fsm;

fsm_action_fn rcc_act_invite;
fsm_action_fn rcc_act_cancel;
fsm_action_fn rcc_act_ask;
fsm_action_fn rcc_act_features;
fsm_action_fn rcc_act_monitored;
fsm_action_fn rcc_act_monitored_early;
fsm_action_fn rcc_act_serve;
fsm_action_fn rcc_act_served;
fsm_action_fn rcc_act_wait;
fsm_action_fn rcc_act_seen;
fsm_action_fn rcc_act_watch;
fsm_action_fn rcc_act_watched;
fsm_action_fn rcc_act_timeout;
fsm_action_fn rcc_act_fail;
fsm_action_fn rcc_act_fail_in_dialog;
fsm_action_fn rcc_act_interrupt;
fsm_action_fn rcc_act_stop;
fsm_action_fn rcc_act_leave;
fsm_action_fn rcc_act_leave_anyway;
fsm_action_fn rcc_act_left;
fsm_action_fn rcc_act_bye;
