/* SPDX-License-Identifier: Apache-2.0 */
/* Monitors: a client's subscription to the events of its line.
 *
 * Each client monitor is one monitor at the driver, so that every session gets its own stream of
 * events in the order in which the switch made them, and stopping one touches no other. The client
 * sees a crossRefID of ours (unique over restarts), never the driver's. */
#pragma once
#include "csta.h"
#include "htab.h"
#include <sys/queue.h>

struct gateway;
struct service_request;
struct session;

struct cti_monitor {
    struct htab_entry by_xref; /* by the driver's crossRefID and connection */
    LIST_ENTRY(cti_monitor) link;
    struct session *session;
    unsigned connection;
    enum csta_edition edition; /* of MonitorStart; events follow it */
    char xref[13];             /* what the client sees */
    char *driver_xref;
    char *device; /* as the client wrote it, for the echo */
    char *number;
    struct session_move *move; /* goes over to another phone; or NULL */
    struct csta_set filter;    /* events that the client does not want */
};

/** New monitor after the driver's MonitorStartResponse. Strings are copied. NULL: out of memory. */
struct cti_monitor *cti_monitor_new(struct session *session, char const *driver_xref,
                                    char const *device, char const *number,
                                    enum csta_edition edition);

/** The driver calls it @p driver_xref from now on. Returns 0 or -ENOMEM, and nothing has changed.
 */
int cti_monitor_rename(struct cti_monitor *monitor, char const *driver_xref);

/** Stops it at the driver too (if the connection is up), frees it and clears *@p pmonitor. */
void cti_monitor_stop(struct cti_monitor **pmonitor);

/** Frees it without a word to the driver. */
void cti_monitor_free(struct cti_monitor **pmonitor);

/** The session's monitor that the client calls @p xref, or NULL. */
struct cti_monitor *cti_monitor_of_session(struct session *session, char const *xref);

/** The monitor of an event that came over connection @p index, or NULL. */
struct cti_monitor *cti_monitor_of_event(struct gateway *gw, unsigned index,
                                         char const *driver_xref);

/** Answers ChangeMonitorFilter: the gateway filters, so the driver does not hear of it. */
void cti_monitor_change_filter(struct service_request *r);
