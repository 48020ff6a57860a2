/* SPDX-License-Identifier: Apache-2.0 */
/* The name of the cluster's DNS SRV record (guide part 2, 1.9): what the DNS says of it is checked
 * when a configuration comes into force. The proxy runs whatever it says; senders would not find
 * the nodes, and that is worth a warning. */
#pragma once
#include "resolve.h"

struct cluster_name {
    struct resolve_query *query; /* NULL: none runs */
    char name[256];
};

/** Starts to check @p name; NULL or "" only ends a check that runs. Loop thread. @p check begins
 *  zeroed and is not moved until cluster_name_cancel(). */
void cluster_name_check(struct cluster_name *check, struct resolver *resolver, char const *name);

/** Ends a check that runs; harmless otherwise. */
void cluster_name_cancel(struct cluster_name *check);
