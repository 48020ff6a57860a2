/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a message's rows, and the tables that messages of several groups share. */
#include "csta_rows.h"

struct csta_row const csta_rows_empty[] = { { 0 } };

/* ConnectionID: a choice list, so either order and either one missing. */
struct csta_row const csta_rows_conn[] = {
    ROW(ROW_TEXT, OPTIONAL, "callID", FIELD(struct csta_conn, char const *, call_id), ),
    ROW(ROW_TEXT, OPTIONAL, "deviceID", FIELD(struct csta_conn, char const *, device_id), ),
    { 0 },
};

#define ITEM(member_type, member) FIELD(struct csta_connection_item, member_type, member)
struct csta_row const csta_rows_connections[] = {
    ROW(ROW_CONN, OPTIONAL, "newConnection", ITEM(struct csta_conn, now), .rows = csta_rows_conn),
    ROW(ROW_CONN, OPTIONAL, "oldConnection", ITEM(struct csta_conn, before),
        .rows = csta_rows_conn),
    GROUP(OPTIONAL, "endpoint",
          ROW(ROW_TEXT, OPTIONAL, "deviceID", ITEM(char const *, endpoint), )),
    ROW(ROW_ENUM, OPTIONAL, "resultingConnectionInfo", ITEM(enum csta_connection_state, state),
        .spelling = &csta_spell_state),
    { 0 },
};

#define FLAG(element, bit) ROW(ROW_FLAG, OPTIONAL, element, 0, .value = bit)
struct csta_row const csta_rows_permitted[] = {
    GROUP(ALWAYS, "callControlServices", FLAG("acceptCall", CSTA_AcceptCall),
          FLAG("alternateCall", CSTA_AlternateCall), FLAG("answerCall", CSTA_AnswerCall),
          FLAG("clearCall", CSTA_ClearCall), FLAG("clearConnection", CSTA_ClearConnection),
          FLAG("conferenceCall", CSTA_ConferenceCall),
          FLAG("consultationCall", CSTA_ConsultationCall), FLAG("deflectCall", CSTA_DeflectCall),
          FLAG("dialDigits", CSTA_DialDigits), FLAG("directedPickupCall", CSTA_DirectedPickupCall),
          FLAG("holdCall", CSTA_HoldCall), FLAG("makeCall", CSTA_MakeCall),
          FLAG("reconnectCall", CSTA_ReconnectCall), FLAG("retrieveCall", CSTA_RetrieveCall),
          FLAG("singleStepConference", CSTA_SingleStepConferenceCall),
          FLAG("singleStepTransfer", CSTA_SingleStepTransferCall),
          FLAG("transferCall", CSTA_TransferCall)),
    GROUP(ALWAYS, "callAssociatedServices", FLAG("generateDigits", CSTA_GenerateDigits)),
    ROW(ROW_GROUP, ALWAYS, "mediaAttachementServices", 0, .rows = csta_rows_empty),
    ROW(ROW_GROUP, ALWAYS, "routeingServices", 0, .rows = csta_rows_empty),
    ROW(ROW_GROUP, ALWAYS, "voiceServices", 0, .rows = csta_rows_empty),
    { 0 },
};

/* The leaf of a monitor filter; true takes the event out. The schema has callcontrol beside
 * physicalDeviceFeature. */
#define CALL_CONTROL_FILTER(needed, element)                                                       \
    GROUP(needed, element, FLAG("callCleared", CSTA_CallClearedEvent),                             \
          FLAG("conferenced", CSTA_ConferencedEvent),                                              \
          FLAG("connectionCleared", CSTA_ConnectionClearedEvent),                                  \
          FLAG("delivered", CSTA_DeliveredEvent), FLAG("digitsDialed", CSTA_DigitsDialedEvent),    \
          FLAG("diverted", CSTA_DivertedEvent), FLAG("established", CSTA_EstablishedEvent),        \
          FLAG("failed", CSTA_FailedEvent), FLAG("held", CSTA_HeldEvent),                          \
          FLAG("networkReached", CSTA_NetworkReachedEvent), FLAG("offered", CSTA_OfferedEvent),    \
          FLAG("originated", CSTA_OriginatedEvent), FLAG("queued", CSTA_QueuedEvent),              \
          FLAG("retrieved", CSTA_RetrievedEvent),                                                  \
          FLAG("serviceInitiated", CSTA_ServiceInitiatedEvent),                                    \
          FLAG("transferred", CSTA_TransferedEvent))
struct csta_row const csta_rows_filter[] = {
    CALL_CONTROL_FILTER(OPTIONAL, "callcontrol"),
    CALL_CONTROL_FILTER(ACCEPTED, "callControl"),
    GROUP(OPTIONAL, "physicalDeviceFeature", FLAG("hookswitch", CSTA_HookswitchEvent),
          FLAG("messageWaiting", CSTA_MessageWaitingEvent)),
    GROUP(OPTIONAL, "logicalDeviceFeature", FLAG("doNotDisturb", CSTA_DoNotDisturbEvent),
          FLAG("forwarding", CSTA_ForwardingEvent)),
    GROUP(OPTIONAL, "maintenance", FLAG("backInService", CSTA_BackInServiceEvent),
          FLAG("outOfService", CSTA_OutOfServiceEvent)),
    { 0 },
};

/* What GetCSTAFeatures shows. Names of leaves differ from names of messages. */
#define LEAF(element, type)                                                                        \
    ROW(ROW_CAPABILITY, OPTIONAL, element, MSG(struct csta_set, features), .value = CSTA_##type)
struct csta_row const csta_rows_services[] = {
    GROUP(OPTIONAL, "capExchangeServList", LEAF("getCSTAFeatures", GetCSTAFeatures),
          LEAF("getSwitchingFunctionDevices", GetSwitchingFunctionDevices),
          LEAF("switchingFunctionDevices", SwitchingFunctionDevices)),
    GROUP(OPTIONAL, "systemStatServList", LEAF("systemRegister", SystemRegister),
          LEAF("requestSystemStatus", RequestSystemStatus), LEAF("systemStatus", SystemStatus)),
    GROUP(OPTIONAL, "monitoringServList", LEAF("changeMonitorFilter", ChangeMonitorFilter),
          LEAF("monitorStart", MonitorStart), LEAF("monitorStop", MonitorStop)),
    GROUP(OPTIONAL, "snapshotServList", LEAF("snapshotCall", SnapshotCall),
          LEAF("snapshotDevice", SnapshotDevice)),
    GROUP(OPTIONAL, "callControlServList", LEAF("acceptCall", AcceptCall),
          LEAF("alternateCall", AlternateCall), LEAF("answerCall", AnswerCall),
          LEAF("clearCall", ClearCall), LEAF("clearConnection", ClearConnection),
          LEAF("conferenceCall", ConferenceCall), LEAF("consultationCall", ConsultationCall),
          LEAF("deflectCall", DeflectCall), LEAF("dialDigits", DialDigits),
          LEAF("directedPickupCall", DirectedPickupCall), LEAF("holdCall", HoldCall),
          LEAF("makeCall", MakeCall), LEAF("reconnectCall", ReconnectCall),
          LEAF("retrieveCall", RetrieveCall),
          LEAF("singleStepConference", SingleStepConferenceCall),
          LEAF("singleStepTransfer", SingleStepTransferCall), LEAF("transferCall", TransferCall)),
    GROUP(OPTIONAL, "callAssociatedServList", LEAF("generateDigits", GenerateDigits)),
    GROUP(OPTIONAL, "physDevServList",
          LEAF("getMessageWaitingIndicator", GetMessageWaitingIndicator),
          LEAF("getMicrophoneMute", GetMicrophoneMute), LEAF("getSpeakerMute", GetSpeakerMute),
          LEAF("getSpeakerVolume", GetSpeakerVolume),
          LEAF("setMessageWaitingIndicator", SetMessageWaitingIndicator),
          LEAF("setMicrophoneMute", SetMicrophoneMute), LEAF("setSpeakerMute", SetSpeakerMute),
          LEAF("setSpeakerVolume", SetSpeakerVolume)),
    GROUP(OPTIONAL, "logicalServList", LEAF("getDoNotDisturb", GetDoNotDisturb),
          LEAF("getForwarding", GetForwarding), LEAF("setDoNotDisturb", SetDoNotDisturb),
          LEAF("setForwarding", SetForwarding)),
    { 0 },
};
struct csta_row const csta_rows_events[] = {
    GROUP(OPTIONAL, "callControlEvtsList", LEAF("callCleared", CallClearedEvent),
          LEAF("conferenced", ConferencedEvent), LEAF("connectionCleared", ConnectionClearedEvent),
          LEAF("delivered", DeliveredEvent), LEAF("digitsDialed", DigitsDialedEvent),
          LEAF("diverted", DivertedEvent), LEAF("established", EstablishedEvent),
          LEAF("failed", FailedEvent), LEAF("held", HeldEvent),
          LEAF("netwReached", NetworkReachedEvent), LEAF("offered", OfferedEvent),
          LEAF("originated", OriginatedEvent), LEAF("queued", QueuedEvent),
          LEAF("retrieved", RetrievedEvent), LEAF("serviceInitiated", ServiceInitiatedEvent),
          LEAF("transferred", TransferedEvent)),
    GROUP(OPTIONAL, "physDevEvtsList", LEAF("hookswitch", HookswitchEvent),
          LEAF("messageWaiting", MessageWaitingEvent)),
    GROUP(OPTIONAL, "logicalEvtsList", LEAF("doNotDisturb", DoNotDisturbEvent),
          LEAF("forwarding", ForwardingEvent)),
    GROUP(OPTIONAL, "deviceMaintEvtsList", LEAF("backInService", BackInServiceEvent),
          LEAF("outOfService", OutOfServiceEvent)),
    { 0 },
};

struct csta_row const *csta_rows(enum csta_type type)
{
    static struct csta_row const *const *const groups[] = {
        csta_rows_system, csta_rows_call, csta_rows_device, csta_rows_event, csta_rows_session,
    };
    struct csta_row const *rows = NULL;

    for (size_t i = 0; !rows && i < sizeof groups / sizeof groups[0]; i++)
        rows = groups[i][type];
    return rows;
}

static bool device_is_present(struct csta_device const *device)
{
    if (device->kind == CSTA_DEVICE_IDENTIFIER || device->kind == CSTA_DEVICE_PLAIN)
        return device->id && device->id[0];
    return device->kind != CSTA_DEVICE_ABSENT;
}

static bool group_is_present(struct csta_row const *row, char const *base)
{
    for (struct csta_row const *inner = row->rows; inner->name; inner++)
        if (csta_row_is_present(inner, base))
            return true;
    return false;
}

bool csta_row_is_present(struct csta_row const *row, void const *base)
{
    void const *member = (char const *)base + row->offset;

    switch (row->kind) {
    case ROW_TEXT:
    case ROW_SECRET: {
        char const *text = *(char const *const *)member;
        return text && text[0];
    }
    case ROW_BOOL:
        return row->need == REQUIRED || *(bool const *)member;
    case ROW_UINT:
        return row->need == REQUIRED || *(uint32_t const *)member != 0;
    case ROW_ENUM:
        return *(unsigned const *)member != 0;
    case ROW_GROUP:
    case ROW_CONN:
    case ROW_WRAPPED:
        return group_is_present(row, member);
    case ROW_DEVICE:
    case ROW_REDIRECTION:
        return device_is_present(member);
    case ROW_LIST:
        return *(size_t const *)((char const *)base + row->count_offset) > 0;
    case ROW_CAPABILITY:
    case ROW_FLAG:
        return csta_set_has(member, row->value);
    case ROW_ERROR:
        return ((struct csta_error const *)member)->category == row->value;
    default:
        return false;
    }
}
