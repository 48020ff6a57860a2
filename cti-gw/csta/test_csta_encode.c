/* SPDX-License-Identifier: Apache-2.0 */
/* Each type's document byte for byte, so that a swapped row shows; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "vectors.h"
#include <errno.h>
#include <string.h>

#define LCS                                                                                        \
    "<extensions><privateData><private>"                                                           \
    "<lcs:line xmlns:lcs=\"http://schemas.microsoft.com/Lcs/2005/04/RCCExtension\">"               \
    "tel:2001;device=SEP1</lcs:line></private></privateData></extensions>"

/* clang-format off */
static struct csta_snapshot_item items[] = {
    { .conn = { .call_id = "7", .device_id = "2001" },
      .endpoint = "2002",
      .state = CSTA_STATE_hold },
    { .conn = { .call_id = "8" }, .state = CSTA_STATE_alerting },
};
/* clang-format on */

static struct vector const vectors_basic[] = {
    /* clang-format off */
    { { OF(RequestSystemStatus) }, EMPTY("RequestSystemStatus") },
    { { OF(RequestSystemStatus), .line = "tel:2001;device=SEP1" },
      CSTA("RequestSystemStatus", LCS) },
    { { OF(RequestSystemStatusResponse), .system_status = CSTA_STATUS_normal },
      CSTA("RequestSystemStatusResponse", "<systemStatus>normal</systemStatus>") },
    { { OF(SystemStatus), .system_status = CSTA_STATUS_messagesLost },
      CSTA("SystemStatus", "<systemStatus>messagesLost</systemStatus>") },
    { { OF(SystemStatusResponse) }, EMPTY("SystemStatusResponse") },
    { { OF(GetCSTAFeatures), .line = "tel:2001;device=SEP1" }, CSTA("GetCSTAFeatures", LCS) },
    { { OF(GetCSTAFeaturesResponse) },
      CSTA("GetCSTAFeaturesResponse", "<supportedServices/><supportedEvents/>") },
    { { OF(MonitorStart), .device = "tel:2001;phone-context=dialstring" },
      CSTA("MonitorStart", "<monitorObject><deviceObject>tel:2001;phone-context=dialstring"
                           "</deviceObject></monitorObject>") },
    { { OF(MonitorStartResponse), .monitor_xref = "m1" }, CSTA("MonitorStartResponse", XREF) },
    { { OF(MonitorStartResponse), .monitor_xref = "m1", .monitor_existing_calls = true },
      CSTA("MonitorStartResponse", XREF "<monitorExistingCalls>true</monitorExistingCalls>") },
    { { OF(MonitorStop), .monitor_xref = "m1" }, CSTA("MonitorStop", XREF) },
    { { OF(MonitorStopResponse) }, EMPTY("MonitorStopResponse") },
    { { OF(SnapshotDevice), .device = "2001" },
      CSTA("SnapshotDevice", "<snapshotObject>2001</snapshotObject>") },
    { { OF(SnapshotDeviceResponse) },
      CSTA("SnapshotDeviceResponse", "<crossRefIDorSnapshotData><snapshotData/>"
                                     "</crossRefIDorSnapshotData>") },
    { { OF(SnapshotDeviceResponse), .items = items, .n_items = 2 },
      CSTA("SnapshotDeviceResponse",
           "<crossRefIDorSnapshotData><snapshotData>"
           "<snapshotDeviceResponseInfo><connectionIdentifier><callID>7</callID>"
           "<deviceID>2001</deviceID></connectionIdentifier>"
           "<endpointDevice><deviceID>2002</deviceID></endpointDevice>"
           "<localCallState><compoundCallState><localConnectionState>hold</localConnectionState>"
           "</compoundCallState></localCallState></snapshotDeviceResponseInfo>"
           "<snapshotDeviceResponseInfo><connectionIdentifier><callID>8</callID>"
           "</connectionIdentifier><localCallState><compoundCallState><localConnectionState>"
           "alerting</localConnectionState></compoundCallState></localCallState>"
           "</snapshotDeviceResponseInfo></snapshotData></crossRefIDorSnapshotData>") },
    { { OF(MakeCall), .device = "tel:2001", .directory_number = "tel:+390298765" },
      CSTA("MakeCall", "<callingDevice>tel:2001</callingDevice>"
                       "<calledDirectoryNumber>tel:+390298765</calledDirectoryNumber>") },
    { { OF(MakeCall), .device = "a&b", .directory_number = "2002",
        .auto_originate = CSTA_ORIGINATE_doNotPrompt },
      CSTA("MakeCall", "<callingDevice>a&amp;b</callingDevice><calledDirectoryNumber>2002"
                       "</calledDirectoryNumber><autoOriginate>doNotPrompt</autoOriginate>") },
    { { OF(MakeCallResponse), .conn = BOTH }, CSTA("MakeCallResponse", CONN("callingDevice")) },
    { { OF(AnswerCall), .conn = BOTH }, CSTA("AnswerCall", CONN("callToBeAnswered")) },
    { { OF(AnswerCallResponse) }, EMPTY("AnswerCallResponse") },
    { { OF(HoldCall), .conn = BOTH }, CSTA("HoldCall", CONN("callToBeHeld")) },
    { { OF(HoldCallResponse) }, EMPTY("HoldCallResponse") },
    { { OF(RetrieveCall), .conn = BOTH }, CSTA("RetrieveCall", CONN("callToBeRetrieved")) },
    { { OF(RetrieveCallResponse) }, EMPTY("RetrieveCallResponse") },
    { { OF(ClearConnection), .conn = BOTH },
      CSTA("ClearConnection", CONN("connectionToBeCleared")) },
    { { OF(ClearConnection), .conn = { .call_id = "7" } },
      CSTA("ClearConnection",
           "<connectionToBeCleared><callID>7</callID></connectionToBeCleared>") },
    { { OF(ClearConnectionResponse) }, EMPTY("ClearConnectionResponse") },

    { { EVENT(ServiceInitiatedEvent), .subject = DEVICE("2001"),
        .local_state = CSTA_STATE_initiated, .cause = CSTA_CAUSE_makeCall },
      CSTA("ServiceInitiatedEvent", XREF CONN("initiatedConnection") ID("initiatingDevice", "2001")
                                        LCI("initiated") CAUSE("makeCall")) },
    { { EVENT(OriginatedEvent), .calling = DEVICE("2001"), .called = DEVICE("2002"),
        .originating = DEVICE("SEP1"), .local_state = CSTA_STATE_connected,
        .cause = CSTA_CAUSE_newCall },
      CSTA("OriginatedEvent",
           XREF CONN("originatedConnection") ID("callingDevice", "2001") ID("calledDevice", "2002")
               ID("originatingDevice", "SEP1") LCI("connected") CAUSE("newCall")) },
    { { EVENT(OriginatedEvent) },
      CSTA("OriginatedEvent",
           XREF CONN("originatedConnection") "<callingDevice><notKnown/></callingDevice>"
                                             "<calledDevice><notKnown/></calledDevice>") },
    { { EVENT(DeliveredEvent), .subject = DEVICE("2001"),
        .calling = { .kind = CSTA_DEVICE_RESTRICTED }, .called = DEVICE("2001"),
        .local_state = CSTA_STATE_alerting, .cause = CSTA_CAUSE_newCall },
      CSTA("DeliveredEvent",
           XREF CONN("connection")
               ID("alertingDevice", "2001") "<callingDevice><restricted/></callingDevice>" ID(
                   "calledDevice", "2001") "<lastRedirectionDevice><notRequired/></"
                                           "lastRedirectionDevice>" LCI("alerting")
                                               CAUSE("newCall")) },
    { { EVENT(EstablishedEvent), .subject = DEVICE("2002"), .calling = DEVICE("2001"),
        .called = { .kind = CSTA_DEVICE_NOT_REQUIRED }, /* no such thing in a CalledDeviceID */
        .redirected = DEVICE("2003"), .local_state = CSTA_STATE_connected,
        .cause = CSTA_CAUSE_normal },
      CSTA("EstablishedEvent",
           XREF CONN("establishedConnection") ID("answeringDevice", "2002")
               ID("callingDevice",
                  "2001") "<calledDevice><notKnown/></calledDevice>"
                          "<lastRedirectionDevice><numberDialed>2003</numberDialed>"
                          "</lastRedirectionDevice>" LCI("connected") CAUSE("normal")) },
    /* to phones; without a number the schema's own way to say so */
    { { OF(DoNotDisturbEvent), .subject = { CSTA_DEVICE_PLAIN, "2001" }, .on = true },
      CSTA("DoNotDisturbEvent", "<device>2001</device><doNotDisturbOn>true</doNotDisturbOn>") },
    { { OF(DoNotDisturbEvent), .subject = { CSTA_DEVICE_PLAIN, NULL } },
      CSTA("DoNotDisturbEvent",
           "<device><notKnown/></device><doNotDisturbOn>false</doNotDisturbOn>") },
    { { EVENT(HeldEvent), .subject = DEVICE("2001"), .local_state = CSTA_STATE_hold,
        .cause = CSTA_CAUSE_keyOperation },
      CSTA("HeldEvent", XREF CONN("heldConnection") ID("holdingDevice", "2001") LCI("hold")
                            CAUSE("keyOperation")) },
    { { EVENT(RetrievedEvent), .subject = DEVICE("2001"), .local_state = CSTA_STATE_connected,
        .cause = CSTA_CAUSE_normal },
      CSTA("RetrievedEvent", XREF CONN("retrievedConnection") ID("retrievingDevice", "2001")
                                 LCI("connected") CAUSE("normal")) },
    { { EVENT(ConnectionClearedEvent), .subject = DEVICE("2002"), .local_state = CSTA_STATE_null,
        .cause = CSTA_CAUSE_normalClearing },
      CSTA("ConnectionClearedEvent", XREF CONN("droppedConnection") ID("releasingDevice", "2002")
                                         LCI("null") CAUSE("normalClearing")) },
    { { EVENT(FailedEvent), .subject = DEVICE("2002"), .calling = DEVICE("2001"),
        .called = DEVICE("2002"), .redirected = { .kind = CSTA_DEVICE_NOT_SPECIFIED },
        .local_state = CSTA_STATE_fail, .cause = CSTA_CAUSE_busy },
      CSTA("FailedEvent",
           XREF CONN("failedConnection") ID("failingDevice", "2002") ID("callingDevice", "2001")
               ID("calledDevice", "2002") "<lastRedirectionDevice><notSpecified/>"
                                          "</lastRedirectionDevice>" LCI("fail") CAUSE("busy")) },

    { { OF(CSTAErrorCode), .error = { CSTA_ERROR_operation, "invalidDeviceID" } },
      CSTA("CSTAErrorCode", "<operation>invalidDeviceID</operation>") },
    { { OF(CSTAErrorCode),
        .error = { CSTA_ERROR_systemResourceAvailibility, "deviceOutOfService" } },
      CSTA("CSTAErrorCode",
           "<systemResourceAvailibility>deviceOutOfService</systemResourceAvailibility>") },
    { { OF(CSTAErrorCode), .error = { CSTA_ERROR_unspecified, NULL } },
      CSTA("CSTAErrorCode", "<unspecified/>") },

    { { .type = CSTA_StartApplicationSession,
        .application_id = "crosspoint-cti",
        .user = "CtiGW",
        .password = " s<cret ",
        .protocol_version = NS3,
        .session_duration_s = 180 },
      SESSION("StartApplicationSession",
              "<applicationInfo><applicationID>crosspoint-cti</applicationID>"
              "<applicationSpecificInfo><login xmlns=\"urn:crosspoint:login\"><user>CtiGW</user>"
              "<password> s&lt;cret </password></login></applicationSpecificInfo>"
              "</applicationInfo><requestedProtocolVersions><protocolVersion>" NS3
              "</protocolVersion></requestedProtocolVersions>"
              "<requestedSessionDuration>180</requestedSessionDuration>") },
    { { .type = CSTA_StartApplicationSessionPosResponse,
        .session_id = "s1",
        .protocol_version = NS3,
        .session_duration_s = 4294967295 },
      SESSION("StartApplicationSessionPosResponse",
              "<sessionID>s1</sessionID><actualProtocolVersion>" NS3 "</actualProtocolVersion>"
              "<actualSessionDuration>4294967295</actualSessionDuration>") },
    { { .type = CSTA_StartApplicationSessionNegResponse,
        .error = { .value = "invalidApplicationInfo" } },
      SESSION("StartApplicationSessionNegResponse",
              "<errorCode><definedError>invalidApplicationInfo</definedError></errorCode>") },
    { { .type = CSTA_ResetApplicationSessionTimer, .session_id = "s1", .session_duration_s = 180 },
      SESSION(
          "ResetApplicationSessionTimer",
          "<sessionID>s1</sessionID><requestedSessionDuration>180</requestedSessionDuration>") },
    { { .type = CSTA_ResetApplicationSessionTimerPosResponse, .session_duration_s = 180 },
      SESSION("ResetApplicationSessionTimerPosResponse",
              "<actualSessionDuration>180</actualSessionDuration>") },
    { { .type = CSTA_ResetApplicationSessionTimerNegResponse,
        .error = { .value = "invalidSessionID" } },
      SESSION("ResetApplicationSessionTimerNegResponse",
              "<errorCode><definedError>invalidSessionID</definedError></errorCode>") },
    { { .type = CSTA_StopApplicationSession, .session_id = "s1" },
      SESSION("StopApplicationSession", "<sessionID>s1</sessionID>") },
    { { .type = CSTA_StopApplicationSessionPosResponse },
      DECL "<StopApplicationSessionPosResponse xmlns=\"" NS354 "\"/>" },
    { { .type = CSTA_StopApplicationSessionNegResponse, .error = { .value = "invalidSessionID" } },
      SESSION("StopApplicationSessionNegResponse",
              "<errorCode><definedError>invalidSessionID</definedError></errorCode>") },
    { { 0 }, NULL },
    /* clang-format on */
};

static void check(struct csta_msg const *msg, char const *xml)
{
    struct buf out;

    buf_init(&out, 65536);
    assert_int_equal(csta_encode(msg, &out), 0);
    assert_string_equal(buf_text(&out), xml);
    buf_fini(&out);
}

static void test_documents(void **state)
{
    static struct vector const *const groups[] = { vectors_basic, vectors_call, vectors_device,
                                                   vectors_event };
    struct csta_set tested = { 0 };
    (void)state;

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (struct vector const *vector = groups[i]; vector->xml; vector++) {
            check(&vector->msg, vector->xml);
            csta_set_add(&tested, vector->msg.type);
        }
    }
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++)
        if (!csta_set_has(&tested, type))
            fail_msg("%s has no vector", csta_type_str(type));
}

static void test_features(void **state)
{
    static enum csta_type const offered[] = {
        CSTA_RetrieveCall,        CSTA_MakeCall,        CSTA_HoldCall,
        CSTA_ClearConnection,     CSTA_AnswerCall,      CSTA_SnapshotDevice,
        CSTA_MonitorStop,         CSTA_MonitorStart,    CSTA_SystemStatus,
        CSTA_GetCSTAFeatures,     CSTA_RetrievedEvent,  CSTA_ServiceInitiatedEvent,
        CSTA_HeldEvent,           CSTA_OriginatedEvent, CSTA_FailedEvent,
        CSTA_EstablishedEvent,    CSTA_DeliveredEvent,  CSTA_ConnectionClearedEvent,
        CSTA_RequestSystemStatus,
    };
    struct csta_msg msg = { OF(GetCSTAFeaturesResponse) };
    (void)state;

    csta_set_add(&msg.features, CSTA_MakeCall);
    check(&msg, CSTA("GetCSTAFeaturesResponse",
                     "<supportedServices><callControlServList><makeCall/></callControlServList>"
                     "</supportedServices><supportedEvents/>"));
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        csta_set_add(&msg.features, offered[i]);
    check(&msg,
          CSTA("GetCSTAFeaturesResponse",
               "<supportedServices><capExchangeServList><getCSTAFeatures/></capExchangeServList>"
               "<systemStatServList><requestSystemStatus/><systemStatus/></systemStatServList>"
               "<monitoringServList><monitorStart/><monitorStop/></monitoringServList>"
               "<snapshotServList><snapshotDevice/></snapshotServList>"
               "<callControlServList><answerCall/><clearConnection/><holdCall/><makeCall/>"
               "<retrieveCall/></callControlServList></supportedServices>"
               "<supportedEvents><callControlEvtsList><connectionCleared/><delivered/>"
               "<established/><failed/><held/><originated/><retrieved/><serviceInitiated/>"
               "</callControlEvtsList></supportedEvents>"));
}

static void test_editions(void **state)
{
    struct csta_msg msg = { .type = CSTA_MonitorStopResponse };
    (void)state;

    msg.edition = CSTA_ED2;
    check(&msg,
          DECL "<MonitorStopResponse xmlns=\"http://www.ecma.ch/standards/ecma-323/csta/ed2\"/>");
    msg.edition = CSTA_ED6;
    check(&msg, DECL "<MonitorStopResponse xmlns=\"http://www.ecma-international.org/standards/"
                     "ecma-323/csta/ed6\"/>");
}

/* A caller's mistake: an error, and nothing is left in the buffer. */
static void test_refused(void **state)
{
    static struct csta_snapshot_item stateless = { .conn = { .call_id = "1" } };
    /* clang-format off */
    static struct csta_msg const wrong[] = {
        { .type = CSTA_NONE, .edition = CSTA_ED3 },
        { .type = CSTA_TYPES, .edition = CSTA_ED3 },
        { .type = CSTA_MonitorStopResponse, .edition = 0 },
        { .type = CSTA_MonitorStopResponse, .edition = 1 },
        { .type = CSTA_MonitorStopResponse, .edition = 7 },
        { OF(DeflectCall), .conn = BOTH },
        { OF(ReconnectCall), .conn = BOTH },
        { OF(SingleStepTransferCall), .directory_number = "2003" },
        { OF(SetForwarding), .device = "2001", .forwarding = CSTA_FORWARDINGS },
        { OF(MakeCall), .directory_number = "2001" },
        { OF(MakeCall), .device = "", .directory_number = "2001" },
        { OF(MonitorStart) },
        { OF(AnswerCall) },
        { OF(AnswerCall), .conn = { .call_id = "", .device_id = "" } },
        { OF(DeliveredEvent), .conn = BOTH },
        { OF(DeliveredEvent), .monitor_xref = "m1" },
        { OF(DeliveredEvent), .monitor_xref = "m1", .conn = BOTH, .cause = CSTA_CAUSES },
        { OF(RequestSystemStatusResponse) },
        { OF(SnapshotDeviceResponse), .items = &stateless, .n_items = 1 },
        { OF(CSTAErrorCode) },
        { OF(CSTAErrorCode), .error = { CSTA_ERROR_operation, NULL } },
        { .type = CSTA_StartApplicationSession, .application_id = "a" },
        { .type = CSTA_StartApplicationSession, .protocol_version = "p" },
    };
    /* clang-format on */
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct buf out;
        buf_init(&out, 65536);
        buf_puts(&out, "before");
        if (csta_encode(&wrong[i], &out) != -EINVAL)
            fail_msg("row %zu was written: %s", i, buf_text(&out));
        assert_string_equal(buf_text(&out), "before");
        assert_true(buf_ok(&out));
        buf_fini(&out);
    }
}

static void test_no_room(void **state)
{
    struct csta_msg msg = { OF(MonitorStart), .device = "2001" };
    struct buf out;
    (void)state;

    buf_init(&out, 100);
    buf_puts(&out, "before");
    assert_int_equal(csta_encode(&msg, &out), -ENOMEM);
    assert_string_equal(buf_text(&out), "before");
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_features),
        cmocka_unit_test(test_editions),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests_name("csta_encode", tests, NULL, NULL);
}
