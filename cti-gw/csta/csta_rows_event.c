/* SPDX-License-Identifier: Apache-2.0 */
/* Events, children in the schema's order. */
#include "csta_rows.h"

#define CALLING DEVICE(ALWAYS, "callingDevice", calling)
#define CALLED  DEVICE(ALWAYS, "calledDevice", called)
#define REDIRECTED                                                                                 \
    ROW(ROW_REDIRECTION, ALWAYS, "lastRedirectionDevice", MSG(struct csta_device, redirected), )
#define PARTIES CALLING, CALLED, REDIRECTED
/* The schema lacks a letter in EstablishedEvent only; either spelling is read in all. */
#define TRUNK                                                                                      \
    CONN(OPTIONAL, "originatingNIDConnection", trunk),                                             \
        CONN(ACCEPTED, "originatinNIDConnection", trunk)
#define TRUNK_MISSPELT                                                                             \
    CONN(OPTIONAL, "originatinNIDConnection", trunk),                                              \
        CONN(ACCEPTED, "originatingNIDConnection", trunk)
#define OLD_CALLS CONN(REQUIRED, "primaryOldCall", conn), CONN(OPTIONAL, "secondaryOldCall", held)
/* Notifications to phones (as-feature-event) belong to no monitor. */
#define FEATURE_XREF TEXT(OPTIONAL, "monitorCrossRefID", monitor_xref)

/* clang-format off */
struct csta_row const *const csta_rows_event[CSTA_TYPES] = {
    [CSTA_ServiceInitiatedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "initiatedConnection", conn),
        DEVICE(ALWAYS, "initiatingDevice", subject),
        LOCAL, CORRELATOR, CAUSE, PERMITTED),
    [CSTA_OriginatedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "originatedConnection", conn),
        CALLING, CALLED,
        DEVICE(OPTIONAL, "originatingDevice", originating),
        LOCAL, CORRELATOR, CAUSE, PERMITTED),
    [CSTA_DigitsDialedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "dialingConnection", conn),
        DEVICE(ALWAYS, "dialingDevice", subject),
        TEXT(OPTIONAL, "dialingSequence", digits),
        LOCAL, CAUSE),
    [CSTA_NetworkReachedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "outboundConnection", conn),
        DEVICE(ALWAYS, "networkInterfaceUsed", subject),
        PARTIES, TRUNK, LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_OfferedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "offeredConnection", conn),
        DEVICE(ALWAYS, "offeredDevice", subject),
        PARTIES, TRUNK, LOCAL, CAUSE),
    [CSTA_DeliveredEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "connection", conn),
        DEVICE(ALWAYS, "alertingDevice", subject),
        PARTIES, TRUNK, LOCAL, CORRELATOR, USER_DATA, CAUSE, PERMITTED),
    [CSTA_QueuedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "queuedConnection", conn),
        DEVICE(ALWAYS, "queue", subject),
        PARTIES,
        UINT(OPTIONAL, "numberQueued", number_queued),
        UINT(OPTIONAL, "callsInFront", calls_in_front),
        LOCAL, CAUSE),
    [CSTA_EstablishedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "establishedConnection", conn),
        DEVICE(ALWAYS, "answeringDevice", subject),
        PARTIES, TRUNK_MISSPELT, LOCAL, CORRELATOR, USER_DATA, CAUSE, PERMITTED),
    [CSTA_HeldEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "heldConnection", conn),
        DEVICE(ALWAYS, "holdingDevice", subject),
        LOCAL, CORRELATOR, CAUSE, PERMITTED),
    [CSTA_RetrievedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "retrievedConnection", conn),
        DEVICE(ALWAYS, "retrievingDevice", subject),
        LOCAL, CORRELATOR, CAUSE, PERMITTED),
    [CSTA_DivertedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "connection", conn),
        DEVICE(ALWAYS, "divertingDevice", subject),
        DEVICE(ALWAYS, "newDestination", destination),
        DEVICE(OPTIONAL, "callingDevice", calling),
        DEVICE(OPTIONAL, "calledDevice", called),
        REDIRECTED, LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_TransferedEvent] = ROWS(
        XREF,
        OLD_CALLS,
        DEVICE(ALWAYS, "transferringDevice", subject),
        DEVICE(ALWAYS, "transferredToDevice", destination),
        CONNECTIONS(ALWAYS, "transferredConnections"),
        LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_ConferencedEvent] = ROWS(
        XREF,
        OLD_CALLS,
        DEVICE(ALWAYS, "conferencingDevice", subject),
        DEVICE(ALWAYS, "addedParty", destination),
        CONNECTIONS(ALWAYS, "conferenceConnections"),
        LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_FailedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "failedConnection", conn),
        DEVICE(ALWAYS, "failingDevice", subject),
        PARTIES, TRUNK, LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_ConnectionClearedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "droppedConnection", conn),
        DEVICE(ALWAYS, "releasingDevice", subject),
        LOCAL, CORRELATOR, USER_DATA, CAUSE),
    [CSTA_CallClearedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "clearedCall", conn),
        CORRELATOR, USER_DATA, CAUSE),

    [CSTA_ForwardingEvent] = ROWS(
        FEATURE_XREF,
        DEVICE(ALWAYS, "device", subject),
        ENUM(OPTIONAL, "forwardingType", enum csta_forwarding, forwarding, csta_spell_forwarding),
        BOOL(REQUIRED, "forwardStatus", on),
        TEXT(OPTIONAL, "forwardTo", directory_number),
        UINT(OPTIONAL, "ringCount", ring_count)),
    [CSTA_DoNotDisturbEvent] = ROWS(
        FEATURE_XREF,
        DEVICE(ALWAYS, "device", subject),
        BOOL(REQUIRED, "doNotDisturbOn", on)),
    [CSTA_MessageWaitingEvent] = ROWS(
        XREF,
        DEVICE(ALWAYS, "targetDevice", subject),
        TEXT(OPTIONAL, "deviceForMessage", message_device),
        BOOL(REQUIRED, "messageWaitingOn", on)),
    [CSTA_HookswitchEvent] = ROWS(
        XREF,
        DEVICE(ALWAYS, "device", subject),
        TEXT(OPTIONAL, "hookswitch", apparatus),
        BOOL(REQUIRED, "hookswitchOnHook", on)),
    [CSTA_BackInServiceEvent] = ROWS(XREF, DEVICE(ALWAYS, "device", subject), CAUSE),
    [CSTA_OutOfServiceEvent] = ROWS(XREF, DEVICE(ALWAYS, "device", subject), CAUSE),
};
/* clang-format on */
