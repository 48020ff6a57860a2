/* SPDX-License-Identifier: Apache-2.0 */
/* The table made of alarms.def. */
#include "xmpp_alarms.h"

static struct alarm_row const rows[XMPP_ALARMS] = {
#define ALARM(id, severity, raise, clear, hint) { #id, ALARM_##severity, raise, clear, hint },
#include "alarms.def"
#undef ALARM
};

struct alarm_set const xmpp_alarms = { rows, XMPP_ALARMS };
