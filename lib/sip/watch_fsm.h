/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of a subscription of ours (RFC 6665 4.1); actions are in watch.c. */
#pragma once
#include "fsm.h"

enum watch_state {
    WATCH_WAITING, /* for its turn, or until it is tried again */
    WATCH_ASKING,  /* SUBSCRIBE is not answered; NOTIFY may come first */
    WATCH_ACTIVE,
    WATCH_REFRESHING,
    WATCH_LEAVING, /* nobody wants it; waits for its turn to say so, or for an answer before that */
    WATCH_ENDING,  /* has said so; the last NOTIFY is to come */
    WATCH_STOPPED, /* the other side wants to hear no more of it */
    WATCH_GONE,    /* freed */
    WATCH_STATES
};

enum watch_event {
    WATCH_EV_TIMER,
    WATCH_EV_ACCEPTED,  /* 2xx */
    WATCH_EV_FAILED,    /* any other answer, or none; the argument: seconds of Retry-After */
    WATCH_EV_TOO_BRIEF, /* 423; the argument: seconds of Min-Expires */
    WATCH_EV_GONE,      /* 481 */
    WATCH_EV_SILENT,    /* no NOTIFY after the 2xx (RFC 6665 4.1.2.4, timer N) */
    WATCH_EV_TOLD,      /* NOTIFY of a subscription that goes on */
    WATCH_EV_ENDED,     /* subscribe anew at once */
    WATCH_EV_PUT_OFF,   /* subscribe anew later; the argument as of FAILED */
    WATCH_EV_REFUSED,   /* for good */
    WATCH_EV_LEAVE,     /* its owner does not want it any more */
    WATCH_EVENTS
};

struct fsm_table const *watch_fsm(void);

/* Actions; @p obj is a struct watch. */
int watch_act_ask(void *obj, void *arg);
int watch_act_refresh(void *obj, void *arg);
int watch_act_hold(void *obj, void *arg);
int watch_act_again(void *obj, void *arg);
int watch_act_longer(void *obj, void *arg);
int watch_act_back_off(void *obj, void *arg);
int watch_act_told(void *obj, void *arg);
int watch_act_stop(void *obj, void *arg);
int watch_act_turn(void *obj, void *arg);
int watch_act_unsubscribe(void *obj, void *arg);
int watch_act_last(void *obj, void *arg);
int watch_act_go(void *obj, void *arg); /* may free it */
