/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the session of the rcc client. */
#include "rcc_fsm.h"

static char const *const state_names[] = {
    [RCC_NEW] = "new",           [RCC_INVITING] = "inviting",     [RCC_CANCELLING] = "cancelling",
    [RCC_ASKING] = "asking",     [RCC_MONITORING] = "monitoring", [RCC_READY] = "ready",
    [RCC_SERVING] = "serving",   [RCC_WAITING] = "waiting",       [RCC_WATCHING] = "watching",
    [RCC_STOPPING] = "stopping", [RCC_LEAVING] = "leaving",       [RCC_DONE] = "done",
};

static char const *const event_names[] = {
    [RCC_EV_START] = "start",       [RCC_EV_ACCEPTED] = "accepted",
    [RCC_EV_USELESS] = "useless",   [RCC_EV_REFUSED] = "refused",
    [RCC_EV_FEATURES] = "features", [RCC_EV_MONITORED] = "monitored",
    [RCC_EV_ANSWERED] = "answered", [RCC_EV_SERVE] = "serve",
    [RCC_EV_WAIT] = "wait",         [RCC_EV_WATCH] = "watch",
    [RCC_EV_END] = "end",           [RCC_EV_SEEN] = "seen",
    [RCC_EV_TIMEOUT] = "timeout",   [RCC_EV_INTERRUPT] = "interrupt",
    [RCC_EV_BYE] = "bye",
};

enum {
    IN_DIALOG = FSM_IN(RCC_ASKING) | FSM_IN(RCC_MONITORING) | FSM_IN(RCC_READY) |
                FSM_IN(RCC_SERVING) | FSM_IN(RCC_WAITING),
    SIGNING_OUT = FSM_IN(RCC_STOPPING) | FSM_IN(RCC_LEAVING),
};

/* clang-format off */
static struct fsm_row const rows[] = {
    /* in                       event              action                   to             */
    { FSM_IN(RCC_NEW),         RCC_EV_START,     rcc_act_invite,          RCC_INVITING   },
    { FSM_IN(RCC_NEW),         RCC_EV_TIMEOUT,   NULL,                    FSM_STAY       },
    { FSM_IN(RCC_INVITING),    RCC_EV_ACCEPTED,  rcc_act_ask,             RCC_ASKING     },
    { FSM_IN(RCC_INVITING),    RCC_EV_USELESS,   rcc_act_fail_in_dialog,  RCC_STOPPING   },
    { FSM_IN(RCC_INVITING),    RCC_EV_REFUSED,   rcc_act_fail,            RCC_DONE       },
    { FSM_IN(RCC_INVITING),    RCC_EV_TIMEOUT,   rcc_act_cancel,          RCC_CANCELLING },
    { FSM_IN(RCC_INVITING),    RCC_EV_INTERRUPT, rcc_act_cancel,          RCC_CANCELLING },
    /* The 200 may have crossed our CANCEL. */
    { FSM_IN(RCC_CANCELLING),  RCC_EV_ACCEPTED,  rcc_act_leave,           RCC_LEAVING    },
    { FSM_IN(RCC_CANCELLING),  RCC_EV_USELESS,   rcc_act_leave,           RCC_LEAVING    },
    { FSM_IN(RCC_CANCELLING),  RCC_EV_REFUSED,   NULL,                    RCC_DONE       },
    { FSM_IN(RCC_CANCELLING),  RCC_EV_TIMEOUT,   NULL,                    RCC_DONE       },
    { FSM_IN(RCC_CANCELLING),  RCC_EV_INTERRUPT, NULL,                    RCC_DONE       },
    { FSM_IN(RCC_ASKING),      RCC_EV_FEATURES,  rcc_act_features,        RCC_MONITORING },
    /* Sent together, answered in any order. */
    { FSM_IN(RCC_ASKING),      RCC_EV_MONITORED, rcc_act_monitored_early, FSM_STAY       },
    { FSM_IN(RCC_MONITORING),  RCC_EV_MONITORED, rcc_act_monitored,       RCC_READY      },
    { FSM_IN(RCC_READY),       RCC_EV_SERVE,     rcc_act_serve,           RCC_SERVING    },
    { FSM_IN(RCC_READY),       RCC_EV_WAIT,      rcc_act_wait,            RCC_WAITING    },
    { FSM_IN(RCC_READY),       RCC_EV_WATCH,     rcc_act_watch,           RCC_WATCHING   },
    { FSM_IN(RCC_READY),       RCC_EV_END,       rcc_act_stop,            RCC_STOPPING   },
    { FSM_IN(RCC_SERVING),     RCC_EV_ANSWERED,  rcc_act_served,          RCC_READY      },
    { FSM_IN(RCC_WAITING),     RCC_EV_SEEN,      rcc_act_seen,            RCC_READY      },
    { FSM_IN(RCC_WATCHING),    RCC_EV_TIMEOUT,   rcc_act_watched,         RCC_READY      },
    { FSM_IN(RCC_WATCHING),    RCC_EV_INTERRUPT, rcc_act_stop,            RCC_STOPPING   },
    { FSM_IN(RCC_WATCHING),    RCC_EV_REFUSED,   rcc_act_fail_in_dialog,  RCC_STOPPING   },
    { IN_DIALOG,               RCC_EV_REFUSED,   rcc_act_fail_in_dialog,  RCC_STOPPING   },
    { IN_DIALOG,               RCC_EV_TIMEOUT,   rcc_act_timeout,         FSM_STAY       },
    { IN_DIALOG,               RCC_EV_INTERRUPT, rcc_act_interrupt,       RCC_STOPPING   },
    { FSM_IN(RCC_STOPPING),    RCC_EV_ANSWERED,  rcc_act_leave,           RCC_LEAVING    },
    { FSM_IN(RCC_STOPPING),    RCC_EV_REFUSED,   rcc_act_leave_anyway,    RCC_LEAVING    },
    { FSM_IN(RCC_STOPPING),    RCC_EV_TIMEOUT,   rcc_act_leave_anyway,    RCC_LEAVING    },
    { FSM_IN(RCC_LEAVING),     RCC_EV_ANSWERED,  rcc_act_left,            RCC_DONE       },
    { FSM_IN(RCC_LEAVING),     RCC_EV_REFUSED,   rcc_act_fail,            RCC_DONE       },
    { FSM_IN(RCC_LEAVING),     RCC_EV_TIMEOUT,   rcc_act_timeout,         FSM_STAY       },
    { SIGNING_OUT,             RCC_EV_INTERRUPT, NULL,                    RCC_DONE       },
    { IN_DIALOG | SIGNING_OUT | FSM_IN(RCC_WATCHING), RCC_EV_BYE, rcc_act_bye, RCC_DONE  },
};
/* clang-format on */

struct fsm_table const rcc_fsm = {
    .name = "rcc",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = RCC_STATES,
    .n_events = RCC_EVENTS,
    .initial = RCC_NEW,
    .final = FSM_IN(RCC_DONE),
    .timeout_event = RCC_EV_TIMEOUT,
};
