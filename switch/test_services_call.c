/* SPDX-License-Identifier: Apache-2.0 */
/* Services on two calls, elsewhere and with digits, as scripts (services_rig.h). */
#include "services_rig.h"

#define ELEMENT(name, text) "<" name ">" text "</" name ">"
#define PAIR(service, held, active)                                                                \
    "<" service " NS>" ELEMENT("heldCall", held) ELEMENT("activeCall", active) "</" service ">"
#define RECONNECT(active, held)                                                                    \
    "<ReconnectCall NS>" ELEMENT("activeCall", active) ELEMENT("heldCall", held) "</"              \
                                                                                 "ReconnectCall>"
#define CONSULT(conn, whom, more)                                                                  \
    "<ConsultationCall NS>" ELEMENT("existingCall", conn) ELEMENT("consultedDevice", whom) more    \
        "</ConsultationCall>"
#define SEND_TO(conn, whom)                                                                        \
    "<SingleStepTransferCall NS>" ELEMENT("activeCall", conn)                                      \
        ELEMENT("transferredTo", whom) "</SingleStepTransferCall>"
#define TAKE_IN(conn, whom, more)                                                                  \
    "<SingleStepConferenceCall NS>" ELEMENT("activeCall", conn) ELEMENT("deviceToJoin", whom) more \
        "</SingleStepConferenceCall>"
#define DEFLECT(conn, to)                                                                          \
    "<DeflectCall NS>" ELEMENT("callToBeDiverted", conn)                                           \
        ELEMENT("newDestination", to) "</DeflectCall>"
#define PICK_UP(conn, by)                                                                          \
    "<DirectedPickupCall NS>" ELEMENT("callToBePickedUp", conn)                                    \
        ELEMENT("requestingDevice", by) "</DirectedPickupCall>"
#define DIAL(conn, digits)                                                                         \
    "<DialDigits NS>" ELEMENT("diallingConnection", conn)                                          \
        ELEMENT("diallingSequence", digits) "</DialDigits>"
#define DTMF(conn, digits)                                                                         \
    "<GenerateDigits NS>" ELEMENT("connectionToSendDigits", conn)                                  \
        ELEMENT("charactersToSend", digits) "</GenerateDigits>"
#define CLEAR_CALL(conn) "<ClearCall NS>" ELEMENT("callToBeCleared", conn) "</ClearCall>"
#define CONSULTED                                                                                  \
    {                                                                                              \
        CONSULT(CONN("$C", "tel:2001;phone-context=dialstring"), "2003", ""),                      \
            ELEMENT("initiatedCall", CONN("$C", "tel:2001;phone-context=dialstring")),             \
            "Held Originated Delivered"                                                            \
    }
#define BOTH_ENDED "ConnectionCleared ConnectionCleared"

/* clang-format off */
static struct services_rig_script const scripts[] = {
    { "consultation, alternate, reconnect", {
        RINGING,
        ANSWERED,
        CONSULTED,
        { ANSWER(CONN("$C", "2003")), "<AnswerCallResponse", "Established" },
        { PAIR("AlternateCall", CONN("$B", "2001"), CONN("$C", "2001")), "<AlternateCallResponse",
          "Held Retrieved" },
        { PAIR("AlternateCall", "<deviceID>2001</deviceID>", "<deviceID>2001</deviceID>"),
          "<AlternateCallResponse", "Held Retrieved" },
        { RECONNECT(CONN("$C", "2001"), CONN("$B", "2001")), "<ReconnectCallResponse",
          BOTH_ENDED " Retrieved" },
        { RECONNECT(CONN("$C", "2001"), CONN("$C", "2001")),
          STATE("invalidHeldConnectionState"), "" },
    } },
    { "transfer", {
        RINGING,
        ANSWERED,
        CONSULTED,
        { PAIR("TransferCall", CONN("$C", "2001"), CONN("$B", "2001")),
          STATE("invalidHeldConnectionState"), "" },
        { PAIR("TransferCall", CONN("$B", "2001"), CONN("$C", "2003")),
          OPERATION("invalidConnectionID"), "" },
        { PAIR("TransferCall", CONN("$B", "2001"), CONN("$C", "2001")),
          ELEMENT("transferredCall", CONN("$C", "2003")), "Transfered" },
        { ANSWER(CONN("$C", "2003")), "<AnswerCallResponse", "Established" },
        { CLEAR(CONN("$C", "2003")), "<ClearConnectionResponse", BOTH_ENDED },
    } },
    { "conference", {
        RINGING,
        ANSWERED,
        CONSULTED,
        { ANSWER(CONN("$C", "2003")), "<AnswerCallResponse", "Established" },
        { PAIR("ConferenceCall", CONN("$B", "2001"), CONN("$C", "2001")),
          ELEMENT("conferenceCall", CONN("$C", "2001")), "Conferenced" },
        { TAKE_IN(CONN("$C", "2001"), "2004", ""), RESOURCE("conferenceMemberLimitExceeded"), "" },
        { CLEAR(CONN("$C", "2002")), "<ClearConnectionResponse", "ConnectionCleared" },
        { TAKE_IN(CONN("$C", "2001"), "2004", ELEMENT("participationType", "silent")),
          ELEMENT("conferencedCall", CONN("$C", "2004")), "Conferenced" },
        { CLEAR_CALL("<callID>$C</callID>"), "<ClearCallResponse",
          BOTH_ENDED " ConnectionCleared" },
        { CLEAR_CALL("<callID>$C</callID>"), OPERATION("invalidCallID"), "" },
    } },
    { "a consultation that is only for talk", {
        RINGING,
        ANSWERED,
        { CONSULT(CONN("$C", "2001"), "2003", ELEMENT("consultOptions", "consultOnly")),
          "<initiatedCall>", "Held Originated Delivered" },
        { PAIR("TransferCall", CONN("$B", "2001"), CONN("$C", "2001")),
          STATE("invalidConnectionState"), "" },
    } },
    { "consultation errors", {
        RINGING,
        { CONSULT(CONN("$C", "2002"), "2003", ""), STATE("invalidConnectionState"), "" },
        { CONSULT(CONN("$C", "2001"), "bob", ""), OPERATION("invalidCalledDeviceID"), "" },
        { CONSULT("<deviceID>2003</deviceID>", "2001", ""), STATE("noActiveCall"), "" },
    } },
    { "transfer in one step", {
        RINGING,
        { SEND_TO(CONN("$C", "2001"), "2003"), STATE("invalidConnectionState"), "" },
        ANSWERED,
        { SEND_TO(CONN("$C", "2001"), "99"), OPERATION("invalidDestination"), "" },
        { TAKE_IN(CONN("$C", "2001"), "99", ""), OPERATION("invalidDestination"), "" },
        { "phone 2003 out-of-service", NULL, "OutOfService" },
        { TAKE_IN(CONN("$C", "2001"), "2003", ""), RESOURCE("deviceOutOfService"), "" },
        { MAKE("2003", "2001", ""), RESOURCE("callingDeviceOutOfService"), "" },
        { "phone 2003 in-service", NULL, "BackInService" },
        { SEND_TO(CONN("$C", "2001"), "2003"), ELEMENT("transferredCall", CONN("$C", "2003")),
          "Transfered Delivered" },
    } },
    { "deflect and pickup", {
        RINGING,
        { DEFLECT(CONN("$C", "2001"), "2003"), STATE("invalidConnectionState"), "" },
        { DEFLECT(CONN("$C", "2002"), "bob"), OPERATION("invalidDestination"), "" },
        { DEFLECT(CONN("$C", "2002"), "2003"), "<DeflectCallResponse", "Diverted Delivered" },
        { PICK_UP(CONN("$C", "2003"), "7777"), OPERATION("invalidDeviceID"), "" },
        { PICK_UP(CONN("$C", "2003"), "SEPA"), "<DirectedPickupCallResponse",
          "Diverted Established" },
        { PICK_UP(CONN("$C", "2004"), "2002"), STATE("invalidConnectionState"), "" },
        { PICK_UP("<deviceID>2002</deviceID>", "2003"), STATE("noCallToAnswer"), "" },
        { CLEAR(CONN("$C", "SEPB")), OPERATION("invalidConnectionID"), "" },
        { CLEAR(CONN("$C", "SEPA")), "<ClearConnectionResponse", BOTH_ENDED },
    } },
    { "a phone of a shared line answers", {
        { MAKE("2001", "2004", ""), "<MakeCallResponse", "Originated Delivered" },
        { ANSWER(CONN("$C", "2004;device=SEPB")), "<AnswerCallResponse",
          "Established ConnectionCleared" },
        { CLEAR(CONN("$C", "tel:2004;device=SEPA")), OPERATION("invalidConnectionID"), "" },
        { CLEAR("<deviceID>SEPB</deviceID>"), "<ClearConnectionResponse", BOTH_ENDED },
    } },
    { "digits", {
        { "<MakeCall NS><callingDevice>2001</callingDevice></MakeCall>", "<MakeCallResponse",
          "ServiceInitiated" },
        { DIAL(CONN("$C", "2001"), "20"), "<DialDigitsResponse", "DigitsDialed" },
        { DIAL(CONN("$C", "2001"), "x"), OPERATION("invalidCalledDeviceID"), "" },
        { DTMF(CONN("$C", "2001"), "1"), STATE("invalidConnectionState"), "" },
        { DIAL("<deviceID>2001</deviceID>", "02"), "<DialDigitsResponse",
          "DigitsDialed Originated Delivered" },
        { DIAL(CONN("$C", "2001"), "1"), STATE("invalidConnectionState"), "" },
        { DTMF(CONN("$C", "2001"), "1234#"), "<GenerateDigitsResponse", "" },
        { DTMF(CONN("$C", "2001"), "hello"), OPERATION("invalidParameterValue"), "" },
    } },
};
/* clang-format on */

int main(void)
{
    return services_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
