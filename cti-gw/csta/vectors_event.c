/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of the events. */
#include "vectors.h"

/* clang-format off */
#define PARTIES                                                                                    \
    .calling = DEVICE("2002"), .called = DEVICE("2001"), .redirected = DEVICE("2003")
#define PARTIES_XML                                                                                \
    ID("callingDevice", "2002") ID("calledDevice", "2001")                                         \
    "<lastRedirectionDevice><numberDialed>2003</numberDialed></lastRedirectionDevice>"
#define TRUNK .trunk = { .call_id = "t1" }
#define OLD_CALLS                                                                                  \
    CONN("primaryOldCall") "<secondaryOldCall><callID>b3-40</callID><deviceID>2001</deviceID>"     \
    "</secondaryOldCall>"
#define PERMITTED_XML                                                                              \
    "<servicesPermitted><callControlServices><answerCall>true</answerCall><deflectCall>true"       \
    "</deflectCall></callControlServices><callAssociatedServices/><mediaAttachementServices/>"     \
    "<routeingServices/><voiceServices/></servicesPermitted>"

#define CORRELATOR   "<correlatorData>c</correlatorData>"
#define DATA_OF_CALL .correlator = "c", .user_data = "u"

struct vector const vectors_event[] = {
    { { EVENT(DeliveredEvent), .subject = DEVICE("2001"), PARTIES, TRUNK,
        .local_state = CSTA_STATE_alerting, .cause = CSTA_CAUSE_newCall,
        .permitted = SET(AnswerCall, DeflectCall) },
      CSTA("DeliveredEvent",
           XREF CONN("connection") ID("alertingDevice", "2001") PARTIES_XML
           "<originatingNIDConnection><callID>t1</callID></originatingNIDConnection>"
           LCI("alerting") CAUSE("newCall") PERMITTED_XML) },
    { { EVENT(EstablishedEvent), .subject = DEVICE("2001"), PARTIES, TRUNK },
      CSTA("EstablishedEvent",
           XREF CONN("establishedConnection") ID("answeringDevice", "2001") PARTIES_XML
           "<originatinNIDConnection><callID>t1</callID></originatinNIDConnection>") },
    { { EVENT(DigitsDialedEvent), .subject = DEVICE("2001"), .digits = "20",
        .local_state = CSTA_STATE_initiated, .cause = CSTA_CAUSE_keyOperation },
      CSTA("DigitsDialedEvent",
           XREF CONN("dialingConnection") ID("dialingDevice", "2001")
           "<dialingSequence>20</dialingSequence>" LCI("initiated") CAUSE("keyOperation")) },
    { { EVENT(NetworkReachedEvent), .subject = DEVICE("trunk1"), PARTIES, TRUNK,
        .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_normal },
      CSTA("NetworkReachedEvent",
           XREF CONN("outboundConnection") ID("networkInterfaceUsed", "trunk1") PARTIES_XML
           "<originatingNIDConnection><callID>t1</callID></originatingNIDConnection>"
           LCI("connected") CAUSE("normal")) },
    { { EVENT(OfferedEvent), .subject = DEVICE("2001"), PARTIES,
        .local_state = CSTA_STATE_alerting, .cause = CSTA_CAUSE_newCall },
      CSTA("OfferedEvent", XREF CONN("offeredConnection") ID("offeredDevice", "2001") PARTIES_XML
                           LCI("alerting") CAUSE("newCall")) },
    { { EVENT(QueuedEvent), .subject = DEVICE("2001"), PARTIES, .number_queued = 2,
        .calls_in_front = 1, .local_state = CSTA_STATE_queued, .cause = CSTA_CAUSE_busy },
      CSTA("QueuedEvent", XREF CONN("queuedConnection") ID("queue", "2001") PARTIES_XML
                          "<numberQueued>2</numberQueued><callsInFront>1</callsInFront>"
                          LCI("queued") CAUSE("busy")) },
    { { EVENT(DivertedEvent), .subject = DEVICE("2001"), .destination = DEVICE("2004"), PARTIES,
        .local_state = CSTA_STATE_null, .cause = CSTA_CAUSE_redirected },
      CSTA("DivertedEvent", XREF CONN("connection") ID("divertingDevice", "2001")
                            ID("newDestination", "2004") PARTIES_XML LCI("null")
                            CAUSE("redirected")) },
    { { EVENT(TransferedEvent), .held = OTHER, .subject = DEVICE("2001"),
        .destination = DEVICE("2002"), .connections = vectors_connections, .n_connections = 2,
        .local_state = CSTA_STATE_null, .cause = CSTA_CAUSE_transfer },
      CSTA("TransferedEvent",
           XREF OLD_CALLS ID("transferringDevice", "2001") ID("transferredToDevice", "2002")
           "<transferredConnections>" CONNECTION_LIST "</transferredConnections>"
           LCI("null") CAUSE("transfer")) },
    { { EVENT(ConferencedEvent), .held = OTHER, .subject = DEVICE("2001"),
        .destination = DEVICE("2002"), .connections = vectors_connections, .n_connections = 2,
        .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_conference },
      CSTA("ConferencedEvent",
           XREF OLD_CALLS ID("conferencingDevice", "2001") ID("addedParty", "2002")
           "<conferenceConnections>" CONNECTION_LIST "</conferenceConnections>"
           LCI("connected") CAUSE("conference")) },
    { { EVENT(ConferencedEvent) },
      CSTA("ConferencedEvent",
           XREF CONN("primaryOldCall") "<conferencingDevice><notKnown/></conferencingDevice>"
           "<addedParty><notKnown/></addedParty><conferenceConnections/>") },
    { { EVENT(CallClearedEvent), .cause = CSTA_CAUSE_normalClearing },
      CSTA("CallClearedEvent", XREF CONN("clearedCall") CAUSE("normalClearing")) },

    { { OF(ForwardingEvent), .monitor_xref = "m1", .subject = DEVICE("2001"),
        .forwarding = CSTA_FORWARD_forwardBusyInt, .on = true, .directory_number = "2003",
        .ring_count = 2 },
      CSTA("ForwardingEvent",
           XREF ID("device", "2001") "<forwardingType>forwardBusyInt</forwardingType>"
           "<forwardStatus>true</forwardStatus><forwardTo>2003</forwardTo>"
           "<ringCount>2</ringCount>") },
    { { OF(DoNotDisturbEvent), .monitor_xref = "m1", .subject = DEVICE("2001") },
      CSTA("DoNotDisturbEvent",
           XREF ID("device", "2001") "<doNotDisturbOn>false</doNotDisturbOn>") },
    { { OF(MessageWaitingEvent), .monitor_xref = "m1", .subject = DEVICE("2001"),
        .message_device = "2002", .on = true },
      CSTA("MessageWaitingEvent",
           XREF ID("targetDevice", "2001") "<deviceForMessage>2002</deviceForMessage>"
           "<messageWaitingOn>true</messageWaitingOn>") },
    { { OF(HookswitchEvent), .monitor_xref = "m1", .subject = DEVICE("2001"), .apparatus = "h1",
        .on = true },
      CSTA("HookswitchEvent", XREF ID("device", "2001") "<hookswitch>h1</hookswitch>"
                              "<hookswitchOnHook>true</hookswitchOnHook>") },
    { { OF(BackInServiceEvent), .monitor_xref = "m1", .subject = DEVICE("2001"),
        .cause = CSTA_CAUSE_normal },
      CSTA("BackInServiceEvent", XREF ID("device", "2001") CAUSE("normal")) },
    { { OF(OutOfServiceEvent), .monitor_xref = "m1", .subject = DEVICE("2001"),
        .cause = CSTA_CAUSE_destOutOfOrder },
      CSTA("OutOfServiceEvent", XREF ID("device", "2001") CAUSE("destOutOfOrder")) },
    /* correlatorData and userData stand between localConnectionInfo and cause */
    { { EVENT(ServiceInitiatedEvent), .subject = DEVICE("2001"), .correlator = "c",
        .local_state = CSTA_STATE_initiated, .cause = CSTA_CAUSE_makeCall },
      CSTA("ServiceInitiatedEvent", XREF CONN("initiatedConnection") ID("initiatingDevice", "2001")
           LCI("initiated") CORRELATOR CAUSE("makeCall")) },
    { { EVENT(OriginatedEvent), .calling = DEVICE("2001"), .called = DEVICE("2002"),
        .correlator = "c", .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_newCall },
      CSTA("OriginatedEvent", XREF CONN("originatedConnection") ID("callingDevice", "2001")
           ID("calledDevice", "2002") LCI("connected") CORRELATOR CAUSE("newCall")) },
    { { EVENT(DeliveredEvent), .subject = DEVICE("2001"), PARTIES, DATA_OF_CALL,
        .local_state = CSTA_STATE_alerting, .cause = CSTA_CAUSE_newCall },
      CSTA("DeliveredEvent", XREF CONN("connection") ID("alertingDevice", "2001") PARTIES_XML
           LCI("alerting") DATA CAUSE("newCall")) },
    { { EVENT(EstablishedEvent), .subject = DEVICE("2001"), PARTIES, DATA_OF_CALL,
        .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_normal },
      CSTA("EstablishedEvent", XREF CONN("establishedConnection") ID("answeringDevice", "2001")
           PARTIES_XML LCI("connected") DATA CAUSE("normal")) },
    { { EVENT(NetworkReachedEvent), .subject = DEVICE("T"), PARTIES, DATA_OF_CALL,
        .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_normal },
      CSTA("NetworkReachedEvent", XREF CONN("outboundConnection") ID("networkInterfaceUsed", "T")
           PARTIES_XML LCI("connected") DATA CAUSE("normal")) },
    { { EVENT(DivertedEvent), .subject = DEVICE("2001"), .destination = DEVICE("2004"), PARTIES,
        DATA_OF_CALL, .local_state = CSTA_STATE_null, .cause = CSTA_CAUSE_redirected },
      CSTA("DivertedEvent", XREF CONN("connection") ID("divertingDevice", "2001")
           ID("newDestination", "2004") PARTIES_XML LCI("null") DATA CAUSE("redirected")) },
    { { EVENT(FailedEvent), .subject = DEVICE("2001"), PARTIES, DATA_OF_CALL,
        .local_state = CSTA_STATE_fail, .cause = CSTA_CAUSE_busy },
      CSTA("FailedEvent", XREF CONN("failedConnection") ID("failingDevice", "2001") PARTIES_XML
           LCI("fail") DATA CAUSE("busy")) },
    { { EVENT(HeldEvent), .subject = DEVICE("2001"), .correlator = "c",
        .local_state = CSTA_STATE_hold, .cause = CSTA_CAUSE_normal },
      CSTA("HeldEvent", XREF CONN("heldConnection") ID("holdingDevice", "2001") LCI("hold")
           CORRELATOR CAUSE("normal")) },
    { { EVENT(RetrievedEvent), .subject = DEVICE("2001"), .correlator = "c",
        .local_state = CSTA_STATE_connected, .cause = CSTA_CAUSE_normal },
      CSTA("RetrievedEvent", XREF CONN("retrievedConnection") ID("retrievingDevice", "2001")
           LCI("connected") CORRELATOR CAUSE("normal")) },
    { { EVENT(ConnectionClearedEvent), .subject = DEVICE("2001"), DATA_OF_CALL,
        .local_state = CSTA_STATE_null, .cause = CSTA_CAUSE_normalClearing },
      CSTA("ConnectionClearedEvent", XREF CONN("droppedConnection") ID("releasingDevice", "2001")
           LCI("null") DATA CAUSE("normalClearing")) },
    { { EVENT(CallClearedEvent), DATA_OF_CALL, .cause = CSTA_CAUSE_normalClearing },
      CSTA("CallClearedEvent", XREF CONN("clearedCall") DATA CAUSE("normalClearing")) },
    { { EVENT(TransferedEvent), .held = OTHER, .subject = DEVICE("2001"),
        .destination = DEVICE("2002"), DATA_OF_CALL, .local_state = CSTA_STATE_null,
        .cause = CSTA_CAUSE_transfer },
      CSTA("TransferedEvent", XREF OLD_CALLS ID("transferringDevice", "2001")
           ID("transferredToDevice", "2002") "<transferredConnections/>" LCI("null") DATA
           CAUSE("transfer")) },
    { { EVENT(ConferencedEvent), .held = OTHER, .subject = DEVICE("2001"),
        .destination = DEVICE("2002"), DATA_OF_CALL, .local_state = CSTA_STATE_connected,
        .cause = CSTA_CAUSE_conference },
      CSTA("ConferencedEvent", XREF OLD_CALLS ID("conferencingDevice", "2001")
           ID("addedParty", "2002") "<conferenceConnections/>" LCI("connected") DATA
           CAUSE("conference")) },
    { { 0 }, NULL },
};
/* clang-format on */
