/* SPDX-License-Identifier: Apache-2.0 */
/* Application sessions (ECMA-354): one on each CSTA link.
 *
 * A link must first start its session with user and password; anything else closes it. A session
 * ends by StopApplicationSession, when its duration runs out without ResetApplicationSessionTimer,
 * or when the link is silent for two heartbeats; its monitors end with it. The response to a
 * service goes out before the events that the service causes. */
#pragma once
#include "csta.h"
#include "link.h"
#include "monitor.h"
#include "services.h"
#include "wheel.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct association_held;
struct exchange;

struct association {
    TAILQ_ENTRY(association) next; /* in the exchange */
    struct exchange *ex;
    struct link *link;
    bool open; /* the session is started */
    char session_id[CALL_ID_TEXT];
    enum csta_edition edition; /* agreed for what we send unasked */
    uint64_t duration_s, heard_ms;
    unsigned invoke_id;
    struct monitor_list monitors;
    struct services_registration registration;
    struct wheel_timer deadline; /* to start the session; then its duration */
    struct wheel_timer silence, beat;
    bool owes_answer; /* to the status that says that the switch stops */
    bool answering;   /* a request runs: its events wait in held */
    STAILQ_HEAD(, association_held) held;
};

/** What link_server_new() wants; its ctx is the struct exchange. */
extern const struct link_host association_host;

/** Sends @p message to the session that @p monitor belongs to (an events_send_fn). */
void association_send_event(struct monitor *monitor, struct csta_msg const *message);

/** Sets the status of the switch and tells it to every session that has registered for it. */
void association_announce(struct exchange *ex, enum csta_system_status status);

/** Announces that the switch serves nobody any more, also to those who have muted that. */
void association_say_goodbye(struct exchange *ex);

/** Whether somebody has not answered that yet. */
bool association_owes_answer(struct exchange const *ex);
