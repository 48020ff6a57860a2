/* SPDX-License-Identifier: Apache-2.0 */
/* The command `check domain`: looks for the servers of a domain as a stream of ours would, and goes
 * to each of them as far as the proofs of who is who, with the gateway's own resolver, TLS context
 * and limits; and says of each step how it went, why it failed, and what to do about it. Nothing is
 * carried by these streams, and those in use know nothing of them.
 *
 * How many may run at once, and how long one may take, is configured. The answer is JSON
 * (domain_report.h). */
#pragma once
#include "ctl.h"

struct domain_check;

/** The control command: a ctl_command_fn that answers later. */
void domain_check_start(struct svc *svc, struct ctl_call *call, json_t const *args);

/** Ends one that runs, with an error answer: the gateway is being closed. */
void domain_check_abort(struct domain_check *check);
