/* SPDX-License-Identifier: Apache-2.0 */
/* The command `probe peer`: tries a peer as the proxy would reach it, with the proxy's own
 * resolver, listeners, addresses and TLS contexts, and says of each step how it went, and of one
 * that failed why, and what to do about it. All addresses of the peer are tried side by side.
 *
 * Runs in worker 0, next to the control socket; how many may run at once and how long each step may
 * take is configured. The answer is JSON (probe.c, probe_report.c). */
#pragma once
#include "ctl.h"

struct probe_run;

/** The control command: a ctl_command_fn that answers later. */
void probe_start(struct svc *svc, struct ctl_call *call, json_t const *args);

/** Ends one that runs, with an error answer: the worker is being closed. */
void probe_abort(struct probe_run *run);
