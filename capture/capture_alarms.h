/* SPDX-License-Identifier: Apache-2.0 */
/* The alarms of the capture program: rows in alarms.def. */
#pragma once
#include "alarm.h"

enum capture_alarm {
#define ALARM(id, severity, raise, clear, hint) CAPTURE_ALARM_##id,
#include "alarms.def"
#undef ALARM
    CAPTURE_ALARMS
};

extern struct alarm_set const capture_alarms;
