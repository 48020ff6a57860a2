/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: who made a program do what others must be able to know of later: show what is
 * otherwise masked, log more or less, take another configuration. Lines of subsystem "audit", which
 * no level silences:
 *
 *   log level set level=debug subsystem=sip uid=0 pid=4711 login_uid=1000
 *
 * The text is fixed, the person is who the kernel says stands at the other end of the control
 * socket; login_uid is who had logged in before sudo(8), if the system keeps that. Called on the
 * loop thread. */
#pragma once
#include "ctl.h"

/** Tells what the sender of @p call, not yet answered, has done. */
void audit_command(struct ctl_call const *call, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The control command "audit": somebody does with our data what we do not see. Answers. */
ctl_command_fn audit_cmd;
