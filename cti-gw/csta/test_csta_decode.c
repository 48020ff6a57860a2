/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as peers send them, each kind of fault, and every required child dropped in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "sample.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ED(n)    "http://www.ecma-international.org/standards/ecma-323/csta/ed" n
#define ED2      "http://www.ecma.ch/standards/ecma-323/csta/ed2"
#define NS354    "http://www.ecma-international.org/standards/ecma-354/appl_session"
#define X3       " xmlns=\"" ED("3") "\">"
#define X354     " xmlns=\"" NS354 "\">"
#define OF(name) .type = CSTA_##name, .edition = CSTA_ED3
#define ID(text)                                                                                   \
    {                                                                                              \
        CSTA_DEVICE_IDENTIFIER, text                                                               \
    }
#define SET(a, b)                                                                                  \
    {                                                                                              \
        .bits = {                                                                                  \
            CSTA_BIT(CSTA_##a, 0) | CSTA_BIT(CSTA_##b, 0),                                         \
            CSTA_BIT(CSTA_##a, 1) | CSTA_BIT(CSTA_##b, 1)                                          \
        }                                                                                          \
    }
#define LINE      "tel:2001;phone-context=dialstring"
#define MICROSOFT "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension"

/* clang-format off */
static struct csta_snapshot_item items[] = {
    { .conn = { "7", "2001" }, .endpoint = "2002", .state = CSTA_STATE_hold },
    { .conn = { "8", "2001" }, .state = CSTA_STATE_alerting },
    { .conn = { "9", NULL }, .state = CSTA_STATE_ABSENT },
};
/* clang-format on */

static struct {
    char const *xml;
    struct csta_msg msg;
} const good[] = {
    /* clang-format off */
    /* sign-in, as a client of the Microsoft kind */
    { "<?xml version=\"1.0\"?>\r\n<RequestSystemStatus" X3
      "\r\n  <extensions><privateData><private>"
      "\r\n    <lcs:line xmlns:lcs=\"" MICROSOFT "\">" LINE ";device=SEP1;partition=PT1</lcs:line>"
      "\r\n  </private></privateData></extensions>\r\n</RequestSystemStatus>\r\n",
      { OF(RequestSystemStatus), .line = LINE ";device=SEP1;partition=PT1" } },
    { "<GetCSTAFeatures" X3 "<extensions><privateData><private><line xmlns='" MICROSOFT "'>" LINE
      "</line></private></privateData></extensions></GetCSTAFeatures>",
      { OF(GetCSTAFeatures), .line = LINE } },
    { "<GetCSTAFeatures xmlns='" ED("3") "'/>", { OF(GetCSTAFeatures) } },
    /* a line element of someone else is no line */
    { "<GetCSTAFeatures" X3 "<extensions><privateData><private><line xmlns='urn:x'>2</line>"
      "<line>3</line></private></privateData><security/></extensions></GetCSTAFeatures>",
      { OF(GetCSTAFeatures) } },
    { "<RequestSystemStatusResponse" X3 "<systemStatus>normal</systemStatus>"
      "</RequestSystemStatusResponse>",
      { OF(RequestSystemStatusResponse), .system_status = CSTA_STATUS_normal } },
    { "<MonitorStart" X3 "\n  <monitorObject><deviceObject typeOfNumber='other'>\n    " LINE
      ";device=SEP1\n </deviceObject></monitorObject>\n<requestedMonitorFilter><callcontrol/>"
      "</requestedMonitorFilter><monitorType>device</monitorType></MonitorStart>",
      { OF(MonitorStart), .device = LINE ";device=SEP1" } },
    { "<MonitorStartResponse" X3 "<monitorCrossRefID>mon-0a17</monitorCrossRefID>"
      "</MonitorStartResponse>",
      { OF(MonitorStartResponse), .monitor_xref = "mon-0a17" } },
    { "<MonitorStartResponse" X3 "<monitorCrossRefID>m</monitorCrossRefID><actualMonitorFilter/>"
      "<monitorExistingCalls> 1 </monitorExistingCalls></MonitorStartResponse>",
      { OF(MonitorStartResponse), .monitor_xref = "m", .monitor_existing_calls = true } },
    { "<MonitorStartResponse" X3 "<monitorCrossRefID>m</monitorCrossRefID>"
      "<monitorExistingCalls>0</monitorExistingCalls></MonitorStartResponse>",
      { OF(MonitorStartResponse), .monitor_xref = "m" } },
    { "<MonitorStartResponse" X3 "<monitorCrossRefID>m</monitorCrossRefID>"
      "<monitorExistingCalls>false</monitorExistingCalls></MonitorStartResponse>",
      { OF(MonitorStartResponse), .monitor_xref = "m" } },
    { "<MonitorStop" X3 "<monitorCrossRefID>m</monitorCrossRefID></MonitorStop>",
      { OF(MonitorStop), .monitor_xref = "m" } },
    { "<SnapshotDevice" X3 "<snapshotObject>" LINE "</snapshotObject></SnapshotDevice>",
      { OF(SnapshotDevice), .device = LINE } },
    { "<SnapshotDeviceResponse" X3 "<crossRefIDorSnapshotData><snapshotData>"
      "<snapshotDeviceResponseInfo><connectionIdentifier><deviceID>2001</deviceID>"
      "<callID>7</callID></connectionIdentifier><endpointDevice><deviceID>2002</deviceID>"
      "</endpointDevice><localCallState><compoundCallState><localConnectionState>hold"
      "</localConnectionState><localConnectionState>connected</localConnectionState>"
      "</compoundCallState></localCallState><servicesPermitted/></snapshotDeviceResponseInfo>"
      "<snapshotDeviceResponseInfo><connectionIdentifier><callID>8</callID><deviceID>2001"
      "</deviceID></connectionIdentifier><endpointDevice><notKnown/></endpointDevice>"
      "<localCallState><simpleCallState>callReceived</simpleCallState></localCallState>"
      "</snapshotDeviceResponseInfo><snapshotDeviceResponseInfo><connectionIdentifier>"
      "<callID>9</callID></connectionIdentifier><localCallState><unknown/></localCallState>"
      "</snapshotDeviceResponseInfo></snapshotData></crossRefIDorSnapshotData>"
      "</SnapshotDeviceResponse>",
      { OF(SnapshotDeviceResponse), .items = items, .n_items = 3 } },
    /* calls */
    { "<MakeCall" X3 "<callingDevice>" LINE ";partition=PT1</callingDevice>\n"
      "<calledDirectoryNumber>tel:+390298765</calledDirectoryNumber><accountCode>7</accountCode>"
      "<autoOriginate>doNotPrompt</autoOriginate></MakeCall>",
      { OF(MakeCall), .device = LINE ";partition=PT1", .directory_number = "tel:+390298765",
        .auto_originate = CSTA_ORIGINATE_doNotPrompt } },
    { "<MakeCallResponse" X3 "<callingDevice><callID>b3-000041</callID><deviceID>" LINE
      "</deviceID>"
      "</callingDevice></MakeCallResponse>",
      { OF(MakeCallResponse), .conn = { "b3-000041", LINE } } },
    /* children in another order, one of them twice: the first counts */
    { "<MakeCall" X3 "<calledDirectoryNumber>2002</calledDirectoryNumber><callingDevice>2001"
      "</callingDevice><callingDevice>9999</callingDevice></MakeCall>",
      { OF(MakeCall), .device = "2001", .directory_number = "2002" } },
    { "<AnswerCall" X3 "<callToBeAnswered><callID>7</callID></callToBeAnswered></AnswerCall>",
      { OF(AnswerCall), .conn = { .call_id = "7" } } },
    { "<HoldCall" X3 "<callToBeHeld><deviceID>2001</deviceID><callID>7</callID></callToBeHeld>"
      "<connectionReservation>true</connectionReservation></HoldCall>",
      { OF(HoldCall), .conn = { "7", "2001" } } },
    { "<ClearConnection" X3 "<connectionToBeCleared><deviceID>2001</deviceID>"
      "</connectionToBeCleared></ClearConnection>",
      { OF(ClearConnection), .conn = { .device_id = "2001" } } },
    { "<AnswerCallResponse" X3 "<extensions/></AnswerCallResponse>", { OF(AnswerCallResponse) } },
    /* events */
    { "<DeliveredEvent" X3 "\n  <monitorCrossRefID>mon-0a17</monitorCrossRefID>\n"
      "  <connection><callID>7</callID><deviceID>" LINE "</deviceID></connection>\n"
      "  <alertingDevice><deviceIdentifier>" LINE "</deviceIdentifier></alertingDevice>\n"
      "  <callingDevice><restricted/></callingDevice>\n"
      "  <calledDevice><deviceIdentifier>" LINE "</deviceIdentifier></calledDevice>\n"
      "  <lastRedirectionDevice><notRequired/></lastRedirectionDevice>\n"
      "  <localConnectionInfo>alerting</localConnectionInfo>\n  <cause>newCall</cause>\n"
      "  <servicesPermitted><callControlServices><answerCall>true</answerCall>"
      "<deflectCall>true</deflectCall></callControlServices></servicesPermitted>\n"
      "</DeliveredEvent>",
      { OF(DeliveredEvent), .monitor_xref = "mon-0a17", .conn = { "7", LINE }, .subject = ID(LINE),
        .calling = { CSTA_DEVICE_RESTRICTED, NULL }, .called = ID(LINE),
        .redirected = { CSTA_DEVICE_NOT_REQUIRED, NULL }, .local_state = CSTA_STATE_alerting,
        .cause = CSTA_CAUSE_newCall, .permitted = SET(AnswerCall, DeflectCall) } },
    { "<EstablishedEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><establishedConnection>"
      "<callID>7</callID></establishedConnection><answeringDevice><notKnown/></answeringDevice>"
      "<callingDevice><other/></callingDevice><calledDevice/><lastRedirectionDevice><numberDialed>"
      "2003</numberDialed></lastRedirectionDevice><originatinNIDConnection><callID>1</callID>"
      "</originatinNIDConnection></EstablishedEvent>",
      { OF(EstablishedEvent), .monitor_xref = "m", .conn = { .call_id = "7" },
        .subject = { CSTA_DEVICE_NOT_KNOWN, NULL }, .redirected = ID("2003"),
        .trunk = { .call_id = "1" } } },
    /* the spelling that people expect, where the schema has an odd one */
    { "<EstablishedEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><establishedConnection>"
      "<callID>7</callID></establishedConnection><originatingNIDConnection><callID>1</callID>"
      "</originatingNIDConnection></EstablishedEvent>",
      { OF(EstablishedEvent), .monitor_xref = "m", .conn = { .call_id = "7" },
        .trunk = { .call_id = "1" } } },
    { "<DeliveredEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><connection><callID>7</callID>"
      "</connection><originatinNIDConnection><callID>1</callID></originatinNIDConnection>"
      "</DeliveredEvent>",
      { OF(DeliveredEvent), .monitor_xref = "m", .conn = { .call_id = "7" },
        .trunk = { .call_id = "1" } } },
    { "<TransferredEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><primaryOldCall><callID>7"
      "</callID></primaryOldCall></TransferredEvent>",
      { OF(TransferedEvent), .monitor_xref = "m", .conn = { .call_id = "7" } } },
    { "<HookSwitchEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><hookswitchOnHook>0"
      "</hookswitchOnHook></HookSwitchEvent>",
      { OF(HookswitchEvent), .monitor_xref = "m" } },
    { "<MonitorStart" X3 "<monitorObject><deviceObject>2001</deviceObject></monitorObject>"
      "<requestedMonitorFilter><callControl><held>true</held><retrieved>1</retrieved><bridged>true"
      "</bridged><failed>false</failed></callControl></requestedMonitorFilter></MonitorStart>",
      { OF(MonitorStart), .device = "2001", .filter = SET(HeldEvent, RetrievedEvent) } },
    { "<MonitorStart" X3 "<monitorObject><callObject><callID>7</callID></callObject>"
      "</monitorObject></MonitorStart>",
      { OF(MonitorStart), .conn = { .call_id = "7" } } },
    /* a destination in either form, in any edition */
    { "<DeflectCall" X3 "<callToBeDiverted><callID>7</callID></callToBeDiverted><newDestination>"
      " <device>2003</device><device>2004</device></newDestination></DeflectCall>",
      { OF(DeflectCall), .conn = { .call_id = "7" }, .directory_number = "2003" } },
    { "<DeflectCall xmlns='" ED("6") "'><callToBeDiverted><callID>7</callID></callToBeDiverted>"
      "<newDestination> 2003 <other/></newDestination></DeflectCall>",
      { .type = CSTA_DeflectCall, .edition = CSTA_ED6, .conn = { .call_id = "7" },
        .directory_number = "2003" } },
    { "<SetSpeakerVolume" X3 "<device>2001</device><speakerVolume>0</speakerVolume>"
      "</SetSpeakerVolume>",
      { OF(SetSpeakerVolume), .device = "2001" } },
    { "<SetSpeakerVolume" X3 "<device>2001</device><auditoryApparatus>1</auditoryApparatus>"
      "<speakerVolume><volAbs>70</volAbs></speakerVolume></SetSpeakerVolume>",
      { OF(SetSpeakerVolume), .device = "2001", .apparatus = "1", .volume = 70 } },
    /* a phone that sets its own features, and what it is told (as-feature-event) */
    { "<SetDoNotDisturb" X3 "<device/><doNotDisturbOn>true</doNotDisturbOn></SetDoNotDisturb>",
      { OF(SetDoNotDisturb), .on = true } },
    { "<DoNotDisturbEvent" X3 "<device/><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>",
      { OF(DoNotDisturbEvent), .on = true } },
    { "<ForwardingEvent" X3 "<device></device><forwardingType>forwardNoAns</forwardingType>"
      "<forwardStatus>true</forwardStatus><forwardTo>2003</forwardTo><ringCount>3</ringCount>"
      "</ForwardingEvent>",
      { OF(ForwardingEvent), .forwarding = CSTA_FORWARD_forwardNoAns, .on = true,
        .directory_number = "2003", .ring_count = 3 } },
    { "<DoNotDisturbEvent" X3 "\n<device> 2001\n</device><doNotDisturbOn>true</doNotDisturbOn>\n"
      "</DoNotDisturbEvent>\n\r\n",
      { OF(DoNotDisturbEvent), .subject = { CSTA_DEVICE_IDENTIFIER, "2001" }, .on = true } },
    { "<ForwardingEvent" X3 "<device>x<notKnown/>y</device><forwardStatus>false</forwardStatus>"
      "<forwardTo></forwardTo><ringCount> </ringCount></ForwardingEvent>",
      { OF(ForwardingEvent), .subject = { CSTA_DEVICE_NOT_KNOWN, NULL } } },
    { "<SetForwarding" X3 "<device>2001</device><activateForward>true</activateForward>"
      "<forwardingType>forwardImmediate</forwardingType><forwardDN>2424</forwardDN><ringCount>"
      "</ringCount></SetForwarding>",
      { OF(SetForwarding), .device = "2001", .forwarding = CSTA_FORWARD_forwardImmediate,
        .on = true, .directory_number = "2424" } },
    /* children of ReconnectCall in the other order */
    { "<ReconnectCall" X3 "<heldCall><callID>1</callID></heldCall><activeCall><callID>2</callID>"
      "</activeCall></ReconnectCall>",
      { OF(ReconnectCall), .conn = { .call_id = "2" }, .held = { .call_id = "1" } } },
    /* what a later edition adds to an event does not make it unreadable */
    { "<FailedEvent" X3 "<monitorCrossRefID>m</monitorCrossRefID><failedConnection><callID>7"
      "</callID></failedConnection><localConnectionInfo>levitating</localConnectionInfo>"
      "<cause>unheardOf</cause></FailedEvent>",
      { OF(FailedEvent), .monitor_xref = "m", .conn = { .call_id = "7" } } },
    /* errors */
    { "<CSTAErrorCode" X3 "<operation>invalidConnectionID</operation></CSTAErrorCode>",
      { OF(CSTAErrorCode), .error = { CSTA_ERROR_operation, "invalidConnectionID" } } },
    { "<CSTAErrorCode" X3 "<unspecified/></CSTAErrorCode>",
      { OF(CSTAErrorCode), .error = { CSTA_ERROR_unspecified, NULL } } },
    { "<CSTAErrorCode" X3 "<security></security></CSTAErrorCode>",
      { OF(CSTAErrorCode), .error = { CSTA_ERROR_security, NULL } } },
    { "<CSTAErrorCode" X3 "<systemResourceAvailability>resourceBusy</systemResourceAvailability>"
      "</CSTAErrorCode>",
      { OF(CSTAErrorCode), .error = { CSTA_ERROR_systemResourceAvailibility, "resourceBusy" } } },
    /* application session */
    { "<StartApplicationSession" X354 "<applicationInfo><applicationID>crosspoint-cti"
      "</applicationID><applicationSpecificInfo><login xmlns='urn:crosspoint:login'><user>CtiGW"
      "</user><password> s&lt;cret </password></login></applicationSpecificInfo>"
      "</applicationInfo><requestedProtocolVersions><protocolVersion>" ED(
          "3") "</protocolVersion>"
               "<protocolVersion>" ED("2") "</protocolVersion></requestedProtocolVersions>"
                                           "<requestedSessionDuration>180</"
                                           "requestedSessionDuration></StartApplicationSession>",
      { .type = CSTA_StartApplicationSession,
        .application_id = "crosspoint-cti",
        .user = "CtiGW",
        .password = " s<cret ",
        .protocol_version = ED("3"),
        .session_duration_s = 180 } },
    { "<StartApplicationSessionNegResponse" X354 "<errorCode><definedError>invalidApplicationInfo"
      "</definedError></errorCode></StartApplicationSessionNegResponse>",
      { .type = CSTA_StartApplicationSessionNegResponse,
        .error = { .value = "invalidApplicationInfo" } } },
    { "<ResetApplicationSessionTimerPosResponse" X354 "<actualSessionDuration>4294967295"
      "</actualSessionDuration></ResetApplicationSessionTimerPosResponse>",
      { .type = CSTA_ResetApplicationSessionTimerPosResponse, .session_duration_s = 4294967295 } },
    /* prefixes, editions mixed, CDATA, comments, references */
    { "<c:HoldCall xmlns:c='" ED("5") "'><c:callToBeHeld><c:callID><![CDATA[<7>]]></c:callID>"
                                      "</c:callToBeHeld></c:HoldCall>",
      { .type = CSTA_HoldCall, .edition = CSTA_ED5, .conn = { .call_id = "<7>" } } },
    { "<MonitorStop xmlns='" ED2
      "'><monitorCrossRefID xmlns='" ED("6") "'>a<!-- b -->&#99;"
                                             "</monitorCrossRefID></MonitorStop>",
      { .type = CSTA_MonitorStop, .edition = CSTA_ED2, .monitor_xref = "ac" } },
    { "<MonitorStop xmlns='" ED(
          "4") "' xmlns:x='urn:x'><x:monitorCrossRefID>no"
               "</x:monitorCrossRefID><monitorCrossRefID>yes</monitorCrossRefID></MonitorStop>",
      { .type = CSTA_MonitorStop, .edition = CSTA_ED4, .monitor_xref = "yes" } },
    /* clang-format on */
};

/* Decodes a heap copy of the exact size, so that the sanitizers see an over-read. */
static int decode(su_home_t *home, char const *xml, size_t len, struct csta_msg *msg,
                  struct csta_fault *fault)
{
    char *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, xml, len);
    int result = csta_decode(home, copy, len, msg, fault);
    free(copy);
    return result;
}

static void test_good_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct csta_msg msg;
        struct csta_fault fault;
        if (decode(home, good[i].xml, strlen(good[i].xml), &msg, &fault) != 0)
            fail_msg("row %zu: %s\n%s", i, fault.text, good[i].xml);
        assert_int_equal(fault.kind, CSTA_FAULT_NONE);
        char const *difference = sample_difference(&good[i].msg, &msg);
        if (difference)
            fail_msg("row %zu: %s differs\n%s", i, difference, good[i].xml);
        su_home_deinit(home);
    }
}

static void test_features(void **state)
{
    static char const xml[] =
        "<GetCSTAFeaturesResponse" X3 "<supportedServices><callControlServList><callBack/>"
        "<answerCall/><makeCall><prompt>true</prompt></makeCall></callControlServList>"
        "<voiceUnitServList/></supportedServices><supportedEvents><callControlEvtsList><delivered/>"
        "<makeCall/></callControlEvtsList></supportedEvents></GetCSTAFeaturesResponse>";
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_set expected = { 0 };
    struct csta_msg msg;
    struct csta_fault fault;
    (void)state;

    csta_set_add(&expected, CSTA_AnswerCall);
    csta_set_add(&expected, CSTA_MakeCall);
    csta_set_add(&expected, CSTA_DeliveredEvent);
    assert_int_equal(decode(home, xml, sizeof xml - 1, &msg, &fault), 0);
    assert_memory_equal(&msg.features, &expected, sizeof expected);
    assert_false(csta_set_has(&msg.features, CSTA_HoldCall));
    su_home_deinit(home);
}

#define MAKE_CALL(in) "<MakeCall" X3 "<callingDevice>1</callingDevice>" in "</MakeCall>"
#define TO_2          "<calledDirectoryNumber>2</calledDirectoryNumber>"
#define TRANSFER(in)                                                                               \
    "<SingleStepTransferCall" X3 "<activeCall><callID>1</callID></activeCall>" in                  \
    "</SingleStepTransferCall>"
#define TRANSFERRED_TO "SingleStepTransferCall: transferredTo "
#define SST            CSTA_SingleStepTransferCall
#define START(in)                                                                                  \
    "<StartApplicationSession" X354 "<applicationInfo><applicationID>a</applicationID>"            \
    "</applicationInfo><requestedProtocolVersions><protocolVersion>p</protocolVersion>"            \
    "</requestedProtocolVersions>" in "</StartApplicationSession>"
#define DURATION(text) "<requestedSessionDuration>" text "</requestedSessionDuration>"

static struct {
    char const *xml;
    enum csta_fault_kind kind;
    enum csta_edition edition;
    enum csta_type type;
    char const *text;
} const bad[] = {
    /* clang-format off */
    { "", CSTA_FAULT_NOT_XML, 0, 0, "no document" },
    { "hello", CSTA_FAULT_NOT_XML, 0, 0, "" },
    { "<MakeCall" X3, CSTA_FAULT_NOT_XML, 0, 0, "" },
    { MAKE_CALL(TO_2) "x", CSTA_FAULT_NOT_XML, 0, 0, "" },
    { MAKE_CALL(TO_2) "<a/>", CSTA_FAULT_NOT_XML, 0, 0, "" },
    { "<!DOCTYPE a><MakeCall" X3 "</MakeCall>", CSTA_FAULT_NOT_XML, 0, 0,
      "document type declaration" },
    { "<!DOCTYPE a [<!ENTITY x 'y'>]><MakeCall" X3 "<callingDevice>&x;</callingDevice></MakeCall>",
      CSTA_FAULT_NOT_XML, 0, 0, "document type declaration" },
    { "<?pi?><MakeCall" X3 "</MakeCall>", CSTA_FAULT_NOT_XML, 0, 0, "processing instruction" },
    { "<p:MakeCall/>", CSTA_FAULT_NOT_XML, 0, 0, "Namespace prefix p" },
    /* broken XML wins over what was wrong before it */
    { "<MakeCall" X3 "<autoOriginate>never</autoOriginate></Make>", CSTA_FAULT_NOT_XML, 0, 0,
      "Opening and ending tag mismatch" },
    { "<Juggle" X3 "<a></Juggle>", CSTA_FAULT_NOT_XML, 0, 0, "Opening and ending tag mismatch" },
    { "<html xmlns='urn:x'><p></html>", CSTA_FAULT_NOT_XML, 0, 0, "Opening" },

    { "<MakeCall/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not CSTA: " },
    { "<html xmlns='http://www.w3.org/1999/xhtml'/>", CSTA_FAULT_NOT_CSTA, 0, 0,
      "namespace is not CSTA: http://www.w3.org/1999/xhtml" },
    { "<MakeCall xmlns='" ED("1") "'/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not" },
    { "<MakeCall xmlns='" ED("2") "'/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not" },
    { "<MakeCall xmlns='" ED("7") "'/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not" },
    { "<MakeCall xmlns='" ED("30") "'/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not" },
    { "<MakeCall xmlns='" ED("") "'/>", CSTA_FAULT_NOT_CSTA, 0, 0, "namespace is not" },

    { "<Juggle" X3 "<ball/></Juggle>", CSTA_FAULT_UNKNOWN, 3, 0, "unknown message Juggle" },
    { "<makeCall" X3 "</makeCall>", CSTA_FAULT_UNKNOWN, 3, 0, "unknown message makeCall" },
    { "<none" X3 "</none>", CSTA_FAULT_UNKNOWN, 3, 0, "unknown message none" },
    { "<BlindTransfer xmlns='" ED("6") "'/>", CSTA_FAULT_UNKNOWN, 6, 0, "unknown message" },
    { "<MakeCall" X354 "</MakeCall>", CSTA_FAULT_UNKNOWN, 0, 0, "unknown message MakeCall" },
    { "<StopApplicationSession" X3 "</StopApplicationSession>", CSTA_FAULT_UNKNOWN, 3, 0,
      "unknown message StopApplicationSession" },

    { TRANSFER(""), CSTA_FAULT_PARAMETER, 3, SST, TRANSFERRED_TO "is missing" },
    { TRANSFER("<transferredTo/>"), CSTA_FAULT_PARAMETER, 3, SST, TRANSFERRED_TO "is missing" },
    { TRANSFER("<transferredTo>  </transferredTo>"), CSTA_FAULT_PARAMETER, 3, SST,
      TRANSFERRED_TO "is missing" },
    { TRANSFER("<transferredTo xmlns=''>2</transferredTo>"), CSTA_FAULT_PARAMETER, 3, SST,
      TRANSFERRED_TO "is missing" },
    { TRANSFER("<transferredTo>2\nVia: x</transferredTo>"), CSTA_FAULT_PARAMETER, 3, SST,
      TRANSFERRED_TO "holds a control character" },
    { TRANSFER("<transferredTo>2&#13;&#10;x</transferredTo>"), CSTA_FAULT_PARAMETER, 3, SST,
      TRANSFERRED_TO "holds" },
    { "<DeflectCall" X3 "<callToBeDiverted><callID>7</callID></callToBeDiverted><newDestination>"
      "<device/></newDestination></DeflectCall>",
      CSTA_FAULT_PARAMETER, 3, CSTA_DeflectCall, "DeflectCall: newDestination is missing" },
    { "<SetSpeakerVolume" X3 "<device>1</device><speakerVolume><volInc>increment</volInc>"
      "</speakerVolume></SetSpeakerVolume>",
      CSTA_FAULT_PARAMETER, 3, CSTA_SetSpeakerVolume,
      "SetSpeakerVolume: speakerVolume is missing" },
    { "<SetForwarding" X3 "<device>1</device><forwardingType>forwardImmediate</forwardingType>"
      "</SetForwarding>",
      CSTA_FAULT_PARAMETER, 3, CSTA_SetForwarding, "SetForwarding: activateForward is missing" },
    { "<SetForwarding" X3 "<device>1</device><activateForward>true</activateForward><ringCount>x"
      "</ringCount></SetForwarding>",
      CSTA_FAULT_PARAMETER, 3, CSTA_SetForwarding,
      "SetForwarding: ringCount has an unknown value" },
    { "<SetForwarding" X3 "<device>1</device><forwardingType>forwardAtNight</forwardingType>"
      "<activateForward>true</activateForward></SetForwarding>",
      CSTA_FAULT_PARAMETER, 3, CSTA_SetForwarding,
      "SetForwarding: forwardingType has an unknown value" },
    { "<ChangeMonitorFilter" X3 "<monitorCrossRefID>m</monitorCrossRefID><requestedFilterList>"
      "<callcontrol><held>perhaps</held></callcontrol></requestedFilterList>"
      "</ChangeMonitorFilter>",
      CSTA_FAULT_PARAMETER, 3, CSTA_ChangeMonitorFilter,
      "ChangeMonitorFilter: held has an unknown value" },
    { MAKE_CALL(TO_2 "<autoOriginate>sometimes</autoOriginate>"), CSTA_FAULT_PARAMETER, 3,
      CSTA_MakeCall, "MakeCall: autoOriginate has an unknown value" },
    { MAKE_CALL(TO_2 "<autoOriginate/>"), CSTA_FAULT_PARAMETER, 3, CSTA_MakeCall,
      "MakeCall: autoOriginate has an unknown value" },
    { "<SystemStatus" X3 "<systemStatus>fine</systemStatus></SystemStatus>", CSTA_FAULT_PARAMETER,
      3, CSTA_SystemStatus, "SystemStatus: systemStatus has an unknown value" },
    { "<RequestSystemStatusResponse" X3 "<systemStatus>fine</systemStatus>"
      "</RequestSystemStatusResponse>",
      CSTA_FAULT_PARAMETER, 3, CSTA_RequestSystemStatusResponse,
      "RequestSystemStatusResponse: systemStatus is missing" },
    { "<MonitorStart" X3 "<monitorObject/></MonitorStart>", CSTA_FAULT_PARAMETER, 3,
      CSTA_MonitorStart, "MonitorStart: child is missing or unknown" },
    { "<AnswerCall" X3 "<callToBeAnswered><callID/></callToBeAnswered></AnswerCall>",
      CSTA_FAULT_PARAMETER, 3, CSTA_AnswerCall, "AnswerCall: callToBeAnswered is missing" },
    { "<AnswerCall" X3 "<callID>7</callID></AnswerCall>", CSTA_FAULT_PARAMETER, 3, CSTA_AnswerCall,
      "AnswerCall: callToBeAnswered is missing" },
    { "<CSTAErrorCode" X3 "</CSTAErrorCode>", CSTA_FAULT_PARAMETER, 3, CSTA_CSTAErrorCode,
      "CSTAErrorCode: child is missing or unknown" },
    { "<CSTAErrorCode" X3 "<mood>bad</mood></CSTAErrorCode>", CSTA_FAULT_PARAMETER, 3,
      CSTA_CSTAErrorCode, "CSTAErrorCode: child is missing or unknown" },
    { "<SnapshotDeviceResponse" X3 "<crossRefIDorSnapshotData><serviceCrossRefID>1"
      "</serviceCrossRefID></crossRefIDorSnapshotData></SnapshotDeviceResponse>",
      CSTA_FAULT_PARAMETER, 3, CSTA_SnapshotDeviceResponse,
      "SnapshotDeviceResponse: snapshotData is missing" },
    { START(DURATION("-1")), CSTA_FAULT_PARAMETER, 0, CSTA_StartApplicationSession,
      "StartApplicationSession: requestedSessionDuration has an unknown value" },
    { START(DURATION("")), CSTA_FAULT_PARAMETER, 0, CSTA_StartApplicationSession, "" },
    { START(DURATION("3m")), CSTA_FAULT_PARAMETER, 0, CSTA_StartApplicationSession, "" },
    { START(DURATION("4294967296")), CSTA_FAULT_PARAMETER, 0, CSTA_StartApplicationSession, "" },
    { START(DURATION("99999999999999999999999")), CSTA_FAULT_PARAMETER, 0,
      CSTA_StartApplicationSession, "" },
    /* clang-format on */
};

static void test_bad_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct csta_msg msg;
        struct csta_fault fault;
        if (decode(home, bad[i].xml, strlen(bad[i].xml), &msg, &fault) != -EINVAL)
            fail_msg("row %zu was accepted: %s", i, bad[i].xml);
        /* of broken XML the root may or may not have been seen */
        bool rooted = fault.kind == CSTA_FAULT_NOT_XML ||
                      (fault.edition == bad[i].edition && msg.type == bad[i].type);
        if (fault.kind != bad[i].kind || !rooted ||
            strncmp(fault.text, bad[i].text, strlen(bad[i].text)) != 0 || !fault.text[0])
            fail_msg("row %zu: kind %d edition %d type %s: %s", i, (int)fault.kind,
                     (int)fault.edition, csta_type_str(msg.type), fault.text);
        for (char const *c = fault.text; *c; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        su_home_deinit(home);
    }
}

/* Range of an element inside [start, end), its tags included or not. */
struct range {
    char *outer, *inner, *inner_end, *outer_end;
};

/* Our own writer's documents: <name> or <name ...> with its first </name>. */
static struct range find_element(char const *name, char *start, char *end)
{
    struct range range = { 0 };
    char tag[80];
    int len = snprintf(tag, sizeof tag, "<%s", name);

    for (char *at = start; (at = strstr(at, tag)) != NULL && at < end; at += len) {
        if (at[len] != '>' && at[len] != ' ')
            continue;
        range.outer = at;
        range.inner = strchr(at, '>') + 1;
        snprintf(tag, sizeof tag, "</%s>", name);
        range.inner_end = strstr(range.inner, tag);
        assert_non_null(range.inner_end);
        range.outer_end = range.inner_end + strlen(tag);
        assert_true(range.outer_end <= end);
        return range;
    }
    fail_msg("%s is not written", name);
    return range;
}

struct walk {
    enum csta_type type;
    unsigned dropped;
};

static void expect_parameter_fault(struct walk *walk, char const *name, char const *xml)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    struct csta_fault fault;
    char text[160];

    if (decode(home, xml, strlen(xml), &msg, &fault) != -EINVAL ||
        fault.kind != CSTA_FAULT_PARAMETER)
        fail_msg("accepted without %s: %s", name, xml);
    int len = snprintf(text, sizeof text, "%s: %s ", csta_type_str(walk->type), name);
    assert_memory_equal(fault.text, text, len);
    assert_int_equal(msg.type, walk->type);
    su_home_deinit(home);
    walk->dropped++;
}

/* The document with what lies in [from, to) cut out. */
static char *cut(char const *xml, char const *from, char const *to)
{
    char *copy = malloc(strlen(xml) + 1);

    assert_non_null(copy);
    memcpy(copy, xml, (size_t)(from - xml));
    memcpy(copy + (from - xml), to, strlen(to) + 1);
    return copy;
}

static void drop_rows(struct walk *walk, struct csta_row const *rows, char *xml, char *start,
                      char *end)
{
    for (struct csta_row const *row = rows; row->name; row++) {
        bool leaf = !row->rows || !row->rows[0].name;
        if (row->need == ACCEPTED || (leaf && row->need != REQUIRED))
            continue;
        struct range range = find_element(row->name, start, end);
        if (row->need == REQUIRED) {
            char *without = cut(xml, range.outer, range.outer_end);
            expect_parameter_fault(walk, row->name, without);
            free(without);
        }
        if (row->need == REQUIRED && row->kind != ROW_GROUP) {
            char *empty = cut(xml, range.inner, range.inner_end);
            expect_parameter_fault(walk, row->name, empty);
            free(empty);
        }
        if (row->rows && row->kind != ROW_WRAPPED)
            drop_rows(walk, row->rows, xml, range.inner, range.inner_end);
    }
}

static void test_every_required_child_is_missed(void **state)
{
    struct walk walk = { 0 };
    (void)state;

    for (walk.type = CSTA_NONE + 1; walk.type < CSTA_TYPES; walk.type++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct csta_msg msg;
        struct buf xml;
        sample_fill(home, walk.type, CSTA_ERROR_operation, &msg);
        msg.n_items = msg.n_items ? 1 : 0;
        buf_init(&xml, 65536);
        assert_int_equal(csta_encode(&msg, &xml), 0);
        char *root = strstr(xml.data, "xmlns");
        drop_rows(&walk, csta_rows(walk.type), xml.data, root, xml.data + xml.len);
        buf_fini(&xml);
        su_home_deinit(home);
    }
    assert_true(walk.dropped > 240);
}

/* An envelope of any depth up to the limit and junk in every gap change nothing. */
static void test_unknown_children_are_skipped(void **state)
{
    static char const junk[] = "<junk a='1'>t<deviceObject>wrong</deviceObject></junk>";
    static char const xml[] = "<MonitorStart" X3 "<monitorObject><deviceObject>2001</deviceObject>"
                              "</monitorObject></MonitorStart>";
    (void)state;

    for (char const *gap = strchr(xml, '<') + 1; (gap = strchr(gap, '<')) != NULL; gap++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct csta_msg msg;
        struct csta_fault fault;
        struct buf out;
        buf_init(&out, 4096);
        buf_add(&out, xml, (size_t)(gap - xml));
        buf_puts(&out, junk);
        buf_puts(&out, gap);
        if (decode(home, out.data, out.len, &msg, &fault) != 0)
            fail_msg("%s\n%s", fault.text, out.data);
        assert_string_equal(msg.device, "2001");
        buf_fini(&out);
        su_home_deinit(home);
    }
}

static void test_no_truncation_is_accepted(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    struct csta_fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t root_end = (size_t)(strrchr(good[i].xml, '>') - good[i].xml);
        for (size_t len = 0; len <= root_end; len += 1 + len / 64) {
            assert_int_equal(decode(home, good[i].xml, len, &msg, &fault), -EINVAL);
            assert_int_equal(fault.kind, CSTA_FAULT_NOT_XML);
        }
    }
    su_home_deinit(home);
}

static void test_limits(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    struct csta_fault fault;
    struct buf xml;
    (void)state;

    buf_init(&xml, 1 << 20);
    buf_puts(&xml, "<MonitorStop" X3 "<monitorCrossRefID>");
    while (xml.len < 65000)
        buf_puts(&xml, "x");
    buf_puts(&xml, "</monitorCrossRefID></MonitorStop>");
    assert_int_equal(decode(home, xml.data, xml.len, &msg, &fault), 0);
    assert_true(strlen(msg.monitor_xref) > 64000);
    while (xml.len < 65537)
        buf_puts(&xml, "\n");
    assert_int_equal(decode(home, xml.data, xml.len, &msg, &fault), -EINVAL);
    assert_int_equal(fault.kind, CSTA_FAULT_NOT_XML);
    assert_string_equal(fault.text, "document is too long");
    buf_fini(&xml);
    su_home_deinit(home);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_good_documents),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_bad_documents),
        cmocka_unit_test(test_every_required_child_is_missed),
        cmocka_unit_test(test_unknown_children_are_skipped),
        cmocka_unit_test(test_no_truncation_is_accepted),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("csta_decode", tests, NULL, NULL);
}
