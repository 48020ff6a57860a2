/* SPDX-License-Identifier: Apache-2.0 */
/* Names of CSTA as X-macros: the order here is the order of the enums. Spellings are the schema's,
 * traps included (systemResourceAvailibility). */
#pragma once

/* X(name, kind): SERVICE = request with the response name##Response; RESPONSE; EVENT; NOTICE = what
 * is neither asked nor answered, and no event of a monitor; ERROR; SESSION = ECMA-354. */
#define CSTA_TYPE_LIST(X)                                                                          \
    X(RequestSystemStatus, SERVICE)                                                                \
    X(RequestSystemStatusResponse, RESPONSE)                                                       \
    X(SystemStatus, SERVICE)                                                                       \
    X(SystemStatusResponse, RESPONSE)                                                              \
    X(SystemRegister, SERVICE)                                                                     \
    X(SystemRegisterResponse, RESPONSE)                                                            \
    X(GetCSTAFeatures, SERVICE)                                                                    \
    X(GetCSTAFeaturesResponse, RESPONSE)                                                           \
    X(GetSwitchingFunctionDevices, SERVICE)                                                        \
    X(GetSwitchingFunctionDevicesResponse, RESPONSE)                                               \
    X(SwitchingFunctionDevices, NOTICE)                                                            \
    X(MonitorStart, SERVICE)                                                                       \
    X(MonitorStartResponse, RESPONSE)                                                              \
    X(MonitorStop, SERVICE)                                                                        \
    X(MonitorStopResponse, RESPONSE)                                                               \
    X(ChangeMonitorFilter, SERVICE)                                                                \
    X(ChangeMonitorFilterResponse, RESPONSE)                                                       \
    X(SnapshotDevice, SERVICE)                                                                     \
    X(SnapshotDeviceResponse, RESPONSE)                                                            \
    X(SnapshotCall, SERVICE)                                                                       \
    X(SnapshotCallResponse, RESPONSE)                                                              \
    X(MakeCall, SERVICE)                                                                           \
    X(MakeCallResponse, RESPONSE)                                                                  \
    X(AcceptCall, SERVICE)                                                                         \
    X(AcceptCallResponse, RESPONSE)                                                                \
    X(AnswerCall, SERVICE)                                                                         \
    X(AnswerCallResponse, RESPONSE)                                                                \
    X(ClearConnection, SERVICE)                                                                    \
    X(ClearConnectionResponse, RESPONSE)                                                           \
    X(ClearCall, SERVICE)                                                                          \
    X(ClearCallResponse, RESPONSE)                                                                 \
    X(HoldCall, SERVICE)                                                                           \
    X(HoldCallResponse, RESPONSE)                                                                  \
    X(RetrieveCall, SERVICE)                                                                       \
    X(RetrieveCallResponse, RESPONSE)                                                              \
    X(AlternateCall, SERVICE)                                                                      \
    X(AlternateCallResponse, RESPONSE)                                                             \
    X(ReconnectCall, SERVICE)                                                                      \
    X(ReconnectCallResponse, RESPONSE)                                                             \
    X(ConsultationCall, SERVICE)                                                                   \
    X(ConsultationCallResponse, RESPONSE)                                                          \
    X(TransferCall, SERVICE)                                                                       \
    X(TransferCallResponse, RESPONSE)                                                              \
    X(SingleStepTransferCall, SERVICE)                                                             \
    X(SingleStepTransferCallResponse, RESPONSE)                                                    \
    X(ConferenceCall, SERVICE)                                                                     \
    X(ConferenceCallResponse, RESPONSE)                                                            \
    X(SingleStepConferenceCall, SERVICE)                                                           \
    X(SingleStepConferenceCallResponse, RESPONSE)                                                  \
    X(DeflectCall, SERVICE)                                                                        \
    X(DeflectCallResponse, RESPONSE)                                                               \
    X(DirectedPickupCall, SERVICE)                                                                 \
    X(DirectedPickupCallResponse, RESPONSE)                                                        \
    X(DialDigits, SERVICE)                                                                         \
    X(DialDigitsResponse, RESPONSE)                                                                \
    X(GenerateDigits, SERVICE)                                                                     \
    X(GenerateDigitsResponse, RESPONSE)                                                            \
    X(GetForwarding, SERVICE)                                                                      \
    X(GetForwardingResponse, RESPONSE)                                                             \
    X(SetForwarding, SERVICE)                                                                      \
    X(SetForwardingResponse, RESPONSE)                                                             \
    X(GetDoNotDisturb, SERVICE)                                                                    \
    X(GetDoNotDisturbResponse, RESPONSE)                                                           \
    X(SetDoNotDisturb, SERVICE)                                                                    \
    X(SetDoNotDisturbResponse, RESPONSE)                                                           \
    X(GetMessageWaitingIndicator, SERVICE)                                                         \
    X(GetMessageWaitingIndicatorResponse, RESPONSE)                                                \
    X(SetMessageWaitingIndicator, SERVICE)                                                         \
    X(SetMessageWaitingIndicatorResponse, RESPONSE)                                                \
    X(GetSpeakerMute, SERVICE)                                                                     \
    X(GetSpeakerMuteResponse, RESPONSE)                                                            \
    X(SetSpeakerMute, SERVICE)                                                                     \
    X(SetSpeakerMuteResponse, RESPONSE)                                                            \
    X(GetSpeakerVolume, SERVICE)                                                                   \
    X(GetSpeakerVolumeResponse, RESPONSE)                                                          \
    X(SetSpeakerVolume, SERVICE)                                                                   \
    X(SetSpeakerVolumeResponse, RESPONSE)                                                          \
    X(GetMicrophoneMute, SERVICE)                                                                  \
    X(GetMicrophoneMuteResponse, RESPONSE)                                                         \
    X(SetMicrophoneMute, SERVICE)                                                                  \
    X(SetMicrophoneMuteResponse, RESPONSE)                                                         \
    X(ServiceInitiatedEvent, EVENT)                                                                \
    X(OriginatedEvent, EVENT)                                                                      \
    X(DigitsDialedEvent, EVENT)                                                                    \
    X(NetworkReachedEvent, EVENT)                                                                  \
    X(OfferedEvent, EVENT)                                                                         \
    X(DeliveredEvent, EVENT)                                                                       \
    X(QueuedEvent, EVENT)                                                                          \
    X(EstablishedEvent, EVENT)                                                                     \
    X(HeldEvent, EVENT)                                                                            \
    X(RetrievedEvent, EVENT)                                                                       \
    X(DivertedEvent, EVENT)                                                                        \
    X(TransferedEvent, EVENT)                                                                      \
    X(ConferencedEvent, EVENT)                                                                     \
    X(FailedEvent, EVENT)                                                                          \
    X(ConnectionClearedEvent, EVENT)                                                               \
    X(CallClearedEvent, EVENT)                                                                     \
    X(ForwardingEvent, EVENT)                                                                      \
    X(DoNotDisturbEvent, EVENT)                                                                    \
    X(MessageWaitingEvent, EVENT)                                                                  \
    X(HookswitchEvent, EVENT)                                                                      \
    X(BackInServiceEvent, EVENT)                                                                   \
    X(OutOfServiceEvent, EVENT)                                                                    \
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

#define CSTA_AUTO_ORIGINATE_LIST(X)                                                                \
    X(prompt)                                                                                      \
    X(doNotPrompt)
enum csta_auto_originate {
    CSTA_ORIGINATE_ABSENT,
#define CSTA_ORIGINATE_ENUM(name) CSTA_ORIGINATE_##name,
    CSTA_AUTO_ORIGINATE_LIST(CSTA_ORIGINATE_ENUM)
#undef CSTA_ORIGINATE_ENUM
        CSTA_ORIGINATES
};

#define CSTA_CONSULT_OPTIONS_LIST(X)                                                               \
    X(unrestricted)                                                                                \
    X(consultOnly)                                                                                 \
    X(transferOnly)                                                                                \
    X(conferenceOnly)
enum csta_consult_options {
    CSTA_CONSULT_ABSENT,
#define CSTA_CONSULT_ENUM(name) CSTA_CONSULT_##name,
    CSTA_CONSULT_OPTIONS_LIST(CSTA_CONSULT_ENUM)
#undef CSTA_CONSULT_ENUM
        CSTA_CONSULTS
};

#define CSTA_PARTICIPATION_LIST(X)                                                                 \
    X(silent)                                                                                      \
    X(active)                                                                                      \
    X(none)
enum csta_participation {
    CSTA_PARTICIPATION_ABSENT,
#define CSTA_PARTICIPATION_ENUM(name) CSTA_PARTICIPATION_##name,
    CSTA_PARTICIPATION_LIST(CSTA_PARTICIPATION_ENUM)
#undef CSTA_PARTICIPATION_ENUM
        CSTA_PARTICIPATIONS
};

#define CSTA_DIGIT_MODE_LIST(X)                                                                    \
    X(rotaryPulse)                                                                                 \
    X(dTMF)
enum csta_digit_mode {
    CSTA_DIGITS_ABSENT,
#define CSTA_DIGITS_ENUM(name) CSTA_DIGITS_##name,
    CSTA_DIGIT_MODE_LIST(CSTA_DIGITS_ENUM)
#undef CSTA_DIGITS_ENUM
        CSTA_DIGIT_MODES
};

/* A type without Int or Ext counts for calls from inside and outside. */
#define CSTA_FORWARDING_LIST(X)                                                                    \
    X(forwardImmediate)                                                                            \
    X(forwardBusy)                                                                                 \
    X(forwardNoAns)                                                                                \
    X(forwardDND)                                                                                  \
    X(forwardBusyInt)                                                                              \
    X(forwardBusyExt)                                                                              \
    X(forwardNoAnsInt)                                                                             \
    X(forwardNoAnsExt)                                                                             \
    X(forwardImmInt)                                                                               \
    X(forwardImmExt)                                                                               \
    X(forwardDNDInt)                                                                               \
    X(forwardDNDExt)
enum csta_forwarding {
    CSTA_FORWARD_ABSENT,
#define CSTA_FORWARD_ENUM(name) CSTA_FORWARD_##name,
    CSTA_FORWARDING_LIST(CSTA_FORWARD_ENUM)
#undef CSTA_FORWARD_ENUM
        CSTA_FORWARDINGS
};

#define CSTA_DEVICE_CATEGORY_LIST(X)                                                               \
    X(acd)                                                                                         \
    X(group)                                                                                       \
    X(networkInterface)                                                                            \
    X(park)                                                                                        \
    X(routeingDevice)                                                                              \
    X(station)                                                                                     \
    X(voiceUnit)                                                                                   \
    X(other)
enum csta_device_category {
    CSTA_CATEGORY_ABSENT,
#define CSTA_CATEGORY_ENUM(name) CSTA_CATEGORY_##name,
    CSTA_DEVICE_CATEGORY_LIST(CSTA_CATEGORY_ENUM)
#undef CSTA_CATEGORY_ENUM
        CSTA_CATEGORIES
};

/* Of a request: the groups are told apart. */
#define CSTA_REQUESTED_CATEGORY_LIST(X)                                                            \
    X(acd)                                                                                         \
    X(groupACD)                                                                                    \
    X(groupHunt)                                                                                   \
    X(groupPick)                                                                                   \
    X(groupUser)                                                                                   \
    X(groupOther)                                                                                  \
    X(networkInterface)                                                                            \
    X(park)                                                                                        \
    X(routeingDevice)                                                                              \
    X(station)                                                                                     \
    X(voiceUnit)                                                                                   \
    X(other)
enum csta_requested_category {
    CSTA_REQUESTED_ABSENT,
#define CSTA_REQUESTED_ENUM(name) CSTA_REQUESTED_##name,
    CSTA_REQUESTED_CATEGORY_LIST(CSTA_REQUESTED_ENUM)
#undef CSTA_REQUESTED_ENUM
        CSTA_REQUESTED_CATEGORIES
};
