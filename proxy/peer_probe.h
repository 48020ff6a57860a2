/* SPDX-License-Identifier: Apache-2.0 */
/* Asks next hops with OPTIONS, from worker 0: those whose rest is over, and if the configuration
 * wants it, all others from time to time. Any answer but 408 and 503 means that it is up. Tells the
 * alarms of next hops, too, for which one thread is wanted. */
#pragma once

struct peer_probe;
struct worker;

/** Starts to ask; everything is borrowed. NULL when out of memory. */
struct peer_probe *peer_probe_new(struct worker *worker);

/** Before the worker ends; what is on its way is forgotten. Accepts NULL inside. */
void peer_probe_free(struct peer_probe **pprobe);
