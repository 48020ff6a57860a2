/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway's alarms: rows in alarms.def. */
#pragma once
#include "alarm.h"

enum xmpp_alarm {
#define ALARM(id, severity, raise, clear, hint) XMPP_ALARM_##id,
#include "alarms.def"
#undef ALARM
    XMPP_ALARMS
};

extern struct alarm_set const xmpp_alarms;
