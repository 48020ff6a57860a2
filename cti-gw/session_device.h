/* SPDX-License-Identifier: Apache-2.0 */
/* The phone that a session controls, of those that its line stands on: its name for the driver, and
 * going over to another one while the session runs.
 *
 * The driver means one phone of a line by "2001;device=NAME" and the line as a whole by "2001". A
 * client's line URI counts only at sign-in (guide-rcc 3), so whatever device its requests name,
 * they are about the session's. */
#pragma once
#include <sofia-sip/su_alloc.h>
#include <stddef.h>

struct cti_monitor;
struct session;

/** What the driver calls line @p number in this session; a new string of @p home, or @p number. */
char const *session_device_name(struct session const *session, char const *number, su_home_t *home);

/** The session controls @p device from now on; its monitors go over, each as soon as the driver has
 *  answered, and keep the reference that the client knows. Calls at the other phone are not told of
 *  any more. Returns 0 or -ENOMEM. */
int session_device_move(struct session *session, char const *device);

/** The monitor is being freed: the driver's answer about it comes to nothing. */
void session_device_forget(struct cti_monitor *monitor);
