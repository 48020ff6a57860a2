/* SPDX-License-Identifier: Apache-2.0 */
/* Call control and call associated services. */
#include "csta_rows.h"

#define ACTIVE CONN(REQUIRED, "activeCall", conn)
#define HELD   CONN(REQUIRED, "heldCall", held)

static struct csta_row const destination[] = {
    TEXT(REQUIRED, "device", directory_number),
    { 0 },
};

/* clang-format off */
struct csta_row const *const csta_rows_call[CSTA_TYPES] = {
    /* The schema lets calledDirectoryNumber out for multi-stage dialling: DialDigits brings it. */
    [CSTA_MakeCall] = ROWS(
        TEXT(REQUIRED, "callingDevice", device),
        TEXT(OPTIONAL, "calledDirectoryNumber", directory_number),
        ENUM(OPTIONAL, "autoOriginate", enum csta_auto_originate, auto_originate,
             csta_spell_originate),
        CORRELATOR, USER_DATA),
    [CSTA_MakeCallResponse] = ROWS(CONN(REQUIRED, "callingDevice", conn)),
    [CSTA_AcceptCall] = ROWS(CONN(REQUIRED, "callToBeAccepted", conn)),
    [CSTA_AcceptCallResponse] = csta_rows_empty,
    [CSTA_AnswerCall] = ROWS(CONN(REQUIRED, "callToBeAnswered", conn)),
    [CSTA_AnswerCallResponse] = csta_rows_empty,
    [CSTA_ClearConnection] = ROWS(
        CONN(REQUIRED, "connectionToBeCleared", conn),
        CORRELATOR, USER_DATA),
    [CSTA_ClearConnectionResponse] = csta_rows_empty,
    [CSTA_ClearCall] = ROWS(CONN(REQUIRED, "callToBeCleared", conn)),
    [CSTA_ClearCallResponse] = csta_rows_empty,
    [CSTA_HoldCall] = ROWS(CONN(REQUIRED, "callToBeHeld", conn)),
    [CSTA_HoldCallResponse] = csta_rows_empty,
    [CSTA_RetrieveCall] = ROWS(CONN(REQUIRED, "callToBeRetrieved", conn)),
    [CSTA_RetrieveCallResponse] = csta_rows_empty,
    [CSTA_AlternateCall] = ROWS(HELD, ACTIVE),
    [CSTA_AlternateCallResponse] = csta_rows_empty,
    /* The one service with the active call first. */
    [CSTA_ReconnectCall] = ROWS(ACTIVE, HELD),
    [CSTA_ReconnectCallResponse] = csta_rows_empty,
    [CSTA_ConsultationCall] = ROWS(
        CONN(REQUIRED, "existingCall", conn),
        TEXT(REQUIRED, "consultedDevice", directory_number),
        ENUM(OPTIONAL, "consultOptions", enum csta_consult_options, consult_options,
             csta_spell_consult)),
    [CSTA_ConsultationCallResponse] = ROWS(CONN(REQUIRED, "initiatedCall", conn)),
    [CSTA_TransferCall] = ROWS(HELD, ACTIVE),
    [CSTA_TransferCallResponse] = ROWS(
        CONN(REQUIRED, "transferredCall", conn),
        CONNECTIONS(OPTIONAL, "connections")),
    [CSTA_SingleStepTransferCall] = ROWS(
        ACTIVE,
        TEXT(REQUIRED, "transferredTo", directory_number),
        CORRELATOR, USER_DATA),
    [CSTA_SingleStepTransferCallResponse] = ROWS(
        CONN(REQUIRED, "transferredCall", conn),
        CONNECTIONS(OPTIONAL, "connections")),
    [CSTA_ConferenceCall] = ROWS(HELD, ACTIVE),
    [CSTA_ConferenceCallResponse] = ROWS(
        CONN(REQUIRED, "conferenceCall", conn),
        CONNECTIONS(OPTIONAL, "connections")),
    [CSTA_SingleStepConferenceCall] = ROWS(
        ACTIVE,
        TEXT(REQUIRED, "deviceToJoin", directory_number),
        ENUM(OPTIONAL, "participationType", enum csta_participation, participation,
             csta_spell_participation)),
    [CSTA_SingleStepConferenceCallResponse] = ROWS(
        CONN(REQUIRED, "conferencedCall", conn),
        CONNECTIONS(OPTIONAL, "connections")),
    [CSTA_DeflectCall] = ROWS(
        CONN(REQUIRED, "callToBeDiverted", conn),
        ROW(ROW_WRAPPED, REQUIRED, "newDestination", 0, .rows = destination, .value = CSTA_ED5)),
    [CSTA_DeflectCallResponse] = csta_rows_empty,
    [CSTA_DirectedPickupCall] = ROWS(
        CONN(REQUIRED, "callToBePickedUp", conn),
        TEXT(REQUIRED, "requestingDevice", device)),
    [CSTA_DirectedPickupCallResponse] = csta_rows_empty,
    [CSTA_DialDigits] = ROWS(
        CONN(REQUIRED, "diallingConnection", conn),
        TEXT(REQUIRED, "diallingSequence", digits)),
    [CSTA_DialDigitsResponse] = csta_rows_empty,
    [CSTA_GenerateDigits] = ROWS(
        CONN(REQUIRED, "connectionToSendDigits", conn),
        ENUM(OPTIONAL, "digitMode", enum csta_digit_mode, digit_mode, csta_spell_digits),
        TEXT(REQUIRED, "charactersToSend", digits),
        UINT(OPTIONAL, "toneDuration", tone_ms),
        UINT(OPTIONAL, "pauseDuration", pause_ms)),
    [CSTA_GenerateDigitsResponse] = csta_rows_empty,
};
/* clang-format on */
