/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's alarms: rows in alarms.def. */
#pragma once
#include "alarm.h"

enum proxy_alarm {
#define ALARM(id, severity, raise, clear, hint) PROXY_ALARM_##id,
#include "alarms.def"
#undef ALARM
    PROXY_ALARMS
};

extern struct alarm_set const proxy_alarms;
