/* SPDX-License-Identifier: Apache-2.0 */
/* The control command `explain`: what would the proxy do with this message from there, and why?
 *
 * It takes the way of request.c through the same functions (access list, normalize_request(),
 * route_decide() with a trace, egress) and stops before anything is sent, so it cannot disagree
 * with the proxy. Names of next hops are resolved. */
#pragma once
#include "ctl.h"

struct explain;

/** Arguments: message (text), from (ADDRESS[:PORT]), transport, subject, internal ("yes"). The
 *  result is {origin, steps, verdict, ...}: see explain.c. */
void explain_start(struct svc *svc, struct ctl_call *call, json_t const *args);

/** Answers one that waits for DNS: the proxy is being closed. */
void explain_abort(struct explain *explain);
