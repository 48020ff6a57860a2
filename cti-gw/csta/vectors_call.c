/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of call control, and of what the gateway answers about itself. */
#include "vectors.h"

#define RESULT(name, element)                                                                      \
    {                                                                                              \
        { OF(name), .conn = { "b3-42", "2001" }, .connections = vectors_connections,               \
          .n_connections = 2 },                                                                    \
            CSTA(#name,                                                                            \
                 "<" element "><callID>b3-42</callID><deviceID>2001</deviceID></" element ">"      \
                 "<connections>" CONNECTION_LIST "</connections>")                                 \
    }
#define NOTHING(name)                                                                              \
    {                                                                                              \
        { OF(name) }, EMPTY(#name)                                                                 \
    }

/* clang-format off */
struct csta_connection_item vectors_connections[2] = {
    { .now = { "b3-42", "2002" }, .before = { "b3-41", "2002" }, .endpoint = "2002",
      .state = CSTA_STATE_connected },
    { .now = { "b3-42", "2003" } },
};

static struct csta_snapshot_item on_call[] = {
    { .device = DEVICE("2001"), .conn = BOTH, .state = CSTA_STATE_hold,
      .permitted = SET(RetrieveCall, GenerateDigits) },
    { .device = { .kind = CSTA_DEVICE_RESTRICTED } },
};

static struct csta_listed_device devices[] = {
    { "2001", CSTA_CATEGORY_station, "SEP1" },
    { .id = "2002" },
};

struct vector const vectors_call[] = {
    { { OF(RequestSystemStatus), .register_id = "r1" },
      CSTA("RequestSystemStatus", "<sysStatRegisterID>r1</sysStatRegisterID>") },
    { { OF(SystemStatus), .register_id = "r1", .system_status = CSTA_STATUS_disabled },
      CSTA("SystemStatus", "<sysStatRegisterID>r1</sysStatRegisterID>"
                           "<systemStatus>disabled</systemStatus>") },
    { { OF(SystemRegister), .request_types = SET(SystemStatus, RequestSystemStatus),
        .muted_statuses = { .bits = { 1 << CSTA_STATUS_normal | 1 << CSTA_STATUS_messagesLost } } },
      CSTA("SystemRegister",
           "<requestTypes><systemStatus>true</systemStatus><requestSystemStatus>true"
           "</requestSystemStatus></requestTypes><requestedStatusFilter><normal>true</normal>"
           "<messagesLost>true</messagesLost></requestedStatusFilter>") },
    { { OF(SystemRegister) }, CSTA("SystemRegister", "<requestTypes/>") },
    { { OF(SystemRegisterResponse), .register_id = "r1" },
      CSTA("SystemRegisterResponse", "<sysStatRegisterID>r1</sysStatRegisterID>") },

    { { OF(GetSwitchingFunctionDevices), .device = "2001",
        .requested_category = CSTA_REQUESTED_groupHunt },
      CSTA("GetSwitchingFunctionDevices", "<requestedDeviceID>2001</requestedDeviceID>"
           "<requestedDeviceCategory>groupHunt</requestedDeviceCategory>") },
    { { OF(GetSwitchingFunctionDevicesResponse), .service_xref = "s1" },
      CSTA("GetSwitchingFunctionDevicesResponse", "<serviceCrossRefID>s1</serviceCrossRefID>") },
    { { OF(SwitchingFunctionDevices), .service_xref = "s1", .segment = 1, .devices = devices,
        .n_devices = 2 },
      CSTA("SwitchingFunctionDevices",
           "<serviceCrossRefID>s1</serviceCrossRefID><segmentID>1</segmentID><lastSegment>false"
           "</lastSegment><deviceList><device><deviceID>2001</deviceID><deviceCategory>station"
           "</deviceCategory><deviceModelName>SEP1</deviceModelName></device><device><deviceID>"
           "2002</deviceID></device></deviceList>") },
    { { OF(SwitchingFunctionDevices), .service_xref = "s1", .last_segment = true },
      CSTA("SwitchingFunctionDevices", "<serviceCrossRefID>s1</serviceCrossRefID><lastSegment>true"
                                       "</lastSegment><deviceList/>") },

    { { OF(MonitorStart), .device = "2001", .filter = SET(HeldEvent, ForwardingEvent) },
      CSTA("MonitorStart", "<monitorObject><deviceObject>2001</deviceObject></monitorObject>"
           "<requestedMonitorFilter><callcontrol><held>true</held></callcontrol>"
           "<logicalDeviceFeature><forwarding>true</forwarding></logicalDeviceFeature>"
           "</requestedMonitorFilter>") },
    { { OF(MonitorStartResponse), .monitor_xref = "m1", .filter = SET(HeldEvent, HeldEvent),
        .monitor_existing_calls = true },
      CSTA("MonitorStartResponse", XREF "<actualMonitorFilter><callcontrol><held>true</held>"
           "</callcontrol></actualMonitorFilter><monitorExistingCalls>true"
           "</monitorExistingCalls>") },
    { { OF(ChangeMonitorFilter), .monitor_xref = "m1",
        .filter = SET(MessageWaitingEvent, OutOfServiceEvent) },
      CSTA("ChangeMonitorFilter", XREF "<requestedFilterList><physicalDeviceFeature>"
           "<messageWaiting>true</messageWaiting></physicalDeviceFeature><maintenance>"
           "<outOfService>true</outOfService></maintenance></requestedFilterList>") },
    { { OF(ChangeMonitorFilter), .monitor_xref = "m1" },
      CSTA("ChangeMonitorFilter", XREF "<requestedFilterList/>") },
    { { OF(ChangeMonitorFilterResponse), .filter = SET(TransferedEvent, NetworkReachedEvent) },
      CSTA("ChangeMonitorFilterResponse", "<actualFilterList><callcontrol><networkReached>true"
           "</networkReached><transferred>true</transferred></callcontrol></actualFilterList>") },

    { { OF(SnapshotCall), .conn = BOTH }, CSTA("SnapshotCall", CONN("snapshotObject")) },
    { { OF(SnapshotCallResponse), .items = on_call, .n_items = 2, .calling = DEVICE("2001"),
        .called = DEVICE("2002") },
      CSTA("SnapshotCallResponse",
           "<crossRefIDorSnapshotData><snapshotData>"
           "<snapshotCallResponseInfo><deviceOnCall><deviceIdentifier>2001</deviceIdentifier>"
           "</deviceOnCall>" CONN("callIdentifier") LCI("hold")
           "<servicesPermitted><callControlServices><retrieveCall>true</retrieveCall>"
           "</callControlServices><callAssociatedServices><generateDigits>true</generateDigits>"
           "</callAssociatedServices><mediaAttachementServices/><routeingServices/>"
           "<voiceServices/></servicesPermitted></snapshotCallResponseInfo>"
           "<snapshotCallResponseInfo><deviceOnCall><restricted/></deviceOnCall>"
           "</snapshotCallResponseInfo></snapshotData></crossRefIDorSnapshotData>"
           ID("callingDevice", "2001") ID("calledDevice", "2002")) },

    { { OF(MakeCall), .device = "2001", .auto_originate = CSTA_ORIGINATE_prompt },
      CSTA("MakeCall", "<callingDevice>2001</callingDevice>"
                       "<autoOriginate>prompt</autoOriginate>") },
    { { OF(MakeCall), .device = "2001", .directory_number = "2002",
        .auto_originate = CSTA_ORIGINATE_doNotPrompt, .correlator = "c0ffee", .user_data = "u<1" },
      CSTA("MakeCall", "<callingDevice>2001</callingDevice>"
           "<calledDirectoryNumber>2002</calledDirectoryNumber>"
           "<autoOriginate>doNotPrompt</autoOriginate><correlatorData>c0ffee</correlatorData>"
           "<userData>u&lt;1</userData>") },
    { { OF(ClearConnection), .conn = BOTH, .correlator = "c", .user_data = "u" },
      CSTA("ClearConnection", CONN("connectionToBeCleared") DATA) },
    { { OF(SingleStepTransferCall), .conn = BOTH, .directory_number = "2003", .correlator = "c",
        .user_data = "u" },
      CSTA("SingleStepTransferCall",
           CONN("activeCall") "<transferredTo>2003</transferredTo>" DATA) },
    { { OF(AcceptCall), .conn = BOTH }, CSTA("AcceptCall", CONN("callToBeAccepted")) },
    NOTHING(AcceptCallResponse),
    { { OF(ClearCall), .conn = BOTH }, CSTA("ClearCall", CONN("callToBeCleared")) },
    NOTHING(ClearCallResponse),
    { { OF(AlternateCall), .conn = BOTH, .held = OTHER },
      CSTA("AlternateCall", HELD CONN("activeCall")) },
    NOTHING(AlternateCallResponse),
    { { OF(ReconnectCall), .conn = BOTH, .held = OTHER },
      CSTA("ReconnectCall", CONN("activeCall") HELD) },
    NOTHING(ReconnectCallResponse),
    { { OF(ConsultationCall), .conn = BOTH, .directory_number = "2002" },
      CSTA("ConsultationCall",
           CONN("existingCall") "<consultedDevice>2002</consultedDevice>") },
    { { OF(ConsultationCall), .conn = BOTH, .directory_number = "2002",
        .consult_options = CSTA_CONSULT_transferOnly },
      CSTA("ConsultationCall", CONN("existingCall") "<consultedDevice>2002</consultedDevice>"
           "<consultOptions>transferOnly</consultOptions>") },
    { { OF(ConsultationCallResponse), .conn = BOTH },
      CSTA("ConsultationCallResponse", CONN("initiatedCall")) },
    { { OF(TransferCall), .conn = BOTH, .held = OTHER },
      CSTA("TransferCall", HELD CONN("activeCall")) },
    RESULT(TransferCallResponse, "transferredCall"),
    { { OF(TransferCallResponse), .conn = BOTH },
      CSTA("TransferCallResponse", CONN("transferredCall")) },
    { { OF(SingleStepTransferCall), .conn = BOTH, .directory_number = "2003" },
      CSTA("SingleStepTransferCall",
           CONN("activeCall") "<transferredTo>2003</transferredTo>") },
    RESULT(SingleStepTransferCallResponse, "transferredCall"),
    { { OF(ConferenceCall), .conn = BOTH, .held = OTHER },
      CSTA("ConferenceCall", HELD CONN("activeCall")) },
    RESULT(ConferenceCallResponse, "conferenceCall"),
    { { OF(SingleStepConferenceCall), .conn = BOTH, .directory_number = "2003",
        .participation = CSTA_PARTICIPATION_silent },
      CSTA("SingleStepConferenceCall", CONN("activeCall") "<deviceToJoin>2003</deviceToJoin>"
           "<participationType>silent</participationType>") },
    RESULT(SingleStepConferenceCallResponse, "conferencedCall"),
    { { OF(DeflectCall), .conn = BOTH, .directory_number = "2003" },
      CSTA("DeflectCall", CONN("callToBeDiverted") "<newDestination>2003</newDestination>") },
    { { .type = CSTA_DeflectCall, .edition = CSTA_ED5, .conn = BOTH, .directory_number = "2003" },
      IN("http://www.ecma-international.org/standards/ecma-323/csta/ed5", "DeflectCall",
         CONN("callToBeDiverted") "<newDestination><device>2003</device></newDestination>") },
    NOTHING(DeflectCallResponse),
    { { OF(DirectedPickupCall), .conn = BOTH, .device = "2003" },
      CSTA("DirectedPickupCall",
           CONN("callToBePickedUp") "<requestingDevice>2003</requestingDevice>") },
    NOTHING(DirectedPickupCallResponse),
    { { OF(DialDigits), .conn = BOTH, .digits = "2002" },
      CSTA("DialDigits",
           CONN("diallingConnection") "<diallingSequence>2002</diallingSequence>") },
    NOTHING(DialDigitsResponse),
    { { OF(GenerateDigits), .conn = BOTH, .digits = "1234#", .digit_mode = CSTA_DIGITS_dTMF,
        .tone_ms = 100, .pause_ms = 50 },
      CSTA("GenerateDigits",
           CONN("connectionToSendDigits") "<digitMode>dTMF</digitMode>"
           "<charactersToSend>1234#</charactersToSend><toneDuration>100</toneDuration>"
           "<pauseDuration>50</pauseDuration>") },
    NOTHING(GenerateDigitsResponse),
    { { 0 }, NULL },
};
/* clang-format on */
