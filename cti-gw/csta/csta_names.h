/* SPDX-License-Identifier: Apache-2.0 */
/* Names of CSTA as X-macros: the order here is the order of the enums. Spellings are the schema's,
 * traps included (systemResourceAvailibility). */
#pragma once

/* X(name, kind): SERVICE = request with the response name##Response; RESPONSE; EVENT; ERROR;
 * SESSION = ECMA-354. */
#define CSTA_TYPE_LIST(X)                                                                          \
    X(RequestSystemStatus, SERVICE)                                                                \
    X(RequestSystemStatusResponse, RESPONSE)                                                       \
    X(SystemStatus, SERVICE)                                                                       \
    X(SystemStatusResponse, RESPONSE)                                                              \
    X(GetCSTAFeatures, SERVICE)                                                                    \
    X(GetCSTAFeaturesResponse, RESPONSE)                                                           \
    X(MonitorStart, SERVICE)                                                                       \
    X(MonitorStartResponse, RESPONSE)                                                              \
    X(MonitorStop, SERVICE)                                                                        \
    X(MonitorStopResponse, RESPONSE)                                                               \
    X(SnapshotDevice, SERVICE)                                                                     \
    X(SnapshotDeviceResponse, RESPONSE)                                                            \
    X(MakeCall, SERVICE)                                                                           \
    X(MakeCallResponse, RESPONSE)                                                                  \
    X(AnswerCall, SERVICE)                                                                         \
    X(AnswerCallResponse, RESPONSE)                                                                \
    X(HoldCall, SERVICE)                                                                           \
    X(HoldCallResponse, RESPONSE)                                                                  \
    X(RetrieveCall, SERVICE)                                                                       \
    X(RetrieveCallResponse, RESPONSE)                                                              \
    X(ClearConnection, SERVICE)                                                                    \
    X(ClearConnectionResponse, RESPONSE)                                                           \
    X(ServiceInitiatedEvent, EVENT)                                                                \
    X(OriginatedEvent, EVENT)                                                                      \
    X(DeliveredEvent, EVENT)                                                                       \
    X(EstablishedEvent, EVENT)                                                                     \
    X(HeldEvent, EVENT)                                                                            \
    X(RetrievedEvent, EVENT)                                                                       \
    X(ConnectionClearedEvent, EVENT)                                                               \
    X(FailedEvent, EVENT)                                                                          \
    X(CSTAErrorCode, ERROR)                                                                        \
    X(StartApplicationSession, SESSION)                                                            \
    X(StartApplicationSessionPosResponse, SESSION)                                                 \
    X(StartApplicationSessionNegResponse, SESSION)                                                 \
    X(ResetApplicationSessionTimer, SESSION)                                                       \
    X(ResetApplicationSessionTimerPosResponse, SESSION)                                            \
    X(ResetApplicationSessionTimerNegResponse, SESSION)                                            \
    X(StopApplicationSession, SESSION)                                                             \
    X(StopApplicationSessionPosResponse, SESSION)                                                  \
    X(StopApplicationSessionNegResponse, SESSION)

enum csta_type {
    CSTA_NONE,
#define CSTA_TYPE_ENUM(name, kind) CSTA_##name,
    CSTA_TYPE_LIST(CSTA_TYPE_ENUM)
#undef CSTA_TYPE_ENUM
        CSTA_TYPES
};

#define CSTA_CONNECTION_STATE_LIST(X)                                                              \
    X(null)                                                                                        \
    X(initiated)                                                                                   \
    X(alerting)                                                                                    \
    X(connected)                                                                                   \
    X(hold)                                                                                        \
    X(queued)                                                                                      \
    X(fail)
enum csta_connection_state {
    CSTA_STATE_ABSENT,
#define CSTA_STATE_ENUM(name) CSTA_STATE_##name,
    CSTA_CONNECTION_STATE_LIST(CSTA_STATE_ENUM)
#undef CSTA_STATE_ENUM
        CSTA_STATES
};

#define CSTA_CAUSE_LIST(X)                                                                         \
    X(newCall)                                                                                     \
    X(makeCall)                                                                                    \
    X(normal)                                                                                      \
    X(normalClearing)                                                                              \
    X(busy)                                                                                        \
    X(callNotAnswered)                                                                             \
    X(callCancelled)                                                                               \
    X(callPickup)                                                                                  \
    X(keyOperation)                                                                                \
    X(destNotObtainable)                                                                           \
    X(destOutOfOrder)                                                                              \
    X(numberUnallocated)                                                                           \
    X(invalidNumberFormat)                                                                         \
    X(resourcesNotAvailable)                                                                       \
    X(doNotDisturb)                                                                                \
    X(callForward)                                                                                 \
    X(callForwardImmediate)                                                                        \
    X(callForwardBusy)                                                                             \
    X(callForwardNoAnswer)                                                                         \
    X(conference)                                                                                  \
    X(consultation)                                                                                \
    X(alternate)                                                                                   \
    X(transfer)                                                                                    \
    X(singleStepTransfer)                                                                          \
    X(singleStepConference)                                                                        \
    X(redirected)                                                                                  \
    X(park)                                                                                        \
    X(recall)                                                                                      \
    X(networkCongestion)                                                                           \
    X(networkNotObtainable)
enum csta_cause {
    CSTA_CAUSE_ABSENT,
#define CSTA_CAUSE_ENUM(name) CSTA_CAUSE_##name,
    CSTA_CAUSE_LIST(CSTA_CAUSE_ENUM)
#undef CSTA_CAUSE_ENUM
        CSTA_CAUSES
};

#define CSTA_SYSTEM_STATUS_LIST(X)                                                                 \
    X(disabled)                                                                                    \
    X(partiallyDisabled)                                                                           \
    X(enabled)                                                                                     \
    X(initializing)                                                                                \
    X(messagesLost)                                                                                \
    X(normal)                                                                                      \
    X(overloadImminent)                                                                            \
    X(overloadReached)                                                                             \
    X(overloadRelieved)
enum csta_system_status {
    CSTA_STATUS_ABSENT,
#define CSTA_STATUS_ENUM(name) CSTA_STATUS_##name,
    CSTA_SYSTEM_STATUS_LIST(CSTA_STATUS_ENUM)
#undef CSTA_STATUS_ENUM
        CSTA_STATUSES
};

#define CSTA_ERROR_CATEGORY_LIST(X)                                                                \
    X(operation)                                                                                   \
    X(stateIncompatibility)                                                                        \
    X(systemResourceAvailibility)                                                                  \
    X(subscribedResourceAvailability)                                                              \
    X(performanceManagement)                                                                       \
    X(security)                                                                                    \
    X(privateData)                                                                                 \
    X(privateErrorCode)                                                                            \
    X(unspecified)
enum csta_error_category {
    CSTA_ERROR_ABSENT,
#define CSTA_ERROR_ENUM(name) CSTA_ERROR_##name,
    CSTA_ERROR_CATEGORY_LIST(CSTA_ERROR_ENUM)
#undef CSTA_ERROR_ENUM
        CSTA_ERROR_CATEGORIES
};

enum csta_auto_originate {
    CSTA_ORIGINATE_ABSENT,
    CSTA_ORIGINATE_prompt,
    CSTA_ORIGINATE_doNotPrompt
};
