/* SPDX-License-Identifier: Apache-2.0 */
/* System status, features, devices of the switching function, monitors, snapshots, errors. */
#include "csta_rows.h"

#define STATUS                                                                                     \
    ENUM(REQUIRED, "systemStatus", enum csta_system_status, system_status, csta_spell_status)
#define REGISTER(needed) TEXT(needed, "sysStatRegisterID", register_id)

/* How a Microsoft client names the line, in the two requests that it sends first. */
static struct csta_space const microsoft = {
    .uri = "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension",
    .prefix = "lcs",
};
#define LINE ROW(ROW_TEXT, OPTIONAL, "line", MSG(char const *, line), .space = &microsoft)
#define MICROSOFT_LINE                                                                             \
    GROUP(OPTIONAL, "extensions", GROUP(OPTIONAL, "privateData", GROUP(OPTIONAL, "private", LINE)))

#define FLAG(element, bit) ROW(ROW_FLAG, OPTIONAL, element, 0, .value = bit)
static struct csta_row const request_types[] = {
    FLAG("systemStatus", CSTA_SystemStatus),
    FLAG("requestSystemStatus", CSTA_RequestSystemStatus),
    { 0 },
};
static struct csta_row const statuses[] = {
    FLAG("initializing", CSTA_STATUS_initializing),
    FLAG("enabled", CSTA_STATUS_enabled),
    FLAG("normal", CSTA_STATUS_normal),
    FLAG("messagesLost", CSTA_STATUS_messagesLost),
    ROW(ROW_FLAG, ACCEPTED, "messageLost", 0, .value = CSTA_STATUS_messagesLost),
    FLAG("disabled", CSTA_STATUS_disabled),
    FLAG("partiallyDisabled", CSTA_STATUS_partiallyDisabled),
    FLAG("overloadImminent", CSTA_STATUS_overloadImminent),
    FLAG("overloadReached", CSTA_STATUS_overloadReached),
    FLAG("overloadRelieved", CSTA_STATUS_overloadRelieved),
    { 0 },
};

#define LISTED(member_type, member) FIELD(struct csta_listed_device, member_type, member)
static struct csta_row const listed_device[] = {
    ROW(ROW_TEXT, REQUIRED, "deviceID", LISTED(char const *, id), ),
    ROW(ROW_ENUM, OPTIONAL, "deviceCategory", LISTED(enum csta_device_category, category),
        .spelling = &csta_spell_listed),
    ROW(ROW_TEXT, OPTIONAL, "deviceModelName", LISTED(char const *, model), ),
    { 0 },
};

#define ITEM(member_type, member) FIELD(struct csta_snapshot_item, member_type, member)
#define ITEM_STATE(needed, element, spell)                                                         \
    ROW(ROW_ENUM, needed, element, ITEM(enum csta_connection_state, state), .spelling = &spell)
#define ITEM_PERMITTED                                                                             \
    ROW(ROW_GROUP, OPTIONAL, "servicesPermitted", ITEM(struct csta_set, permitted),                \
        .rows = csta_rows_permitted)
/* The local state of a call in a snapshot is the first of its compound states. */
static struct csta_row const call_of_device[] = {
    ROW(ROW_CONN, REQUIRED, "connectionIdentifier", ITEM(struct csta_conn, conn),
        .rows = csta_rows_conn),
    GROUP(OPTIONAL, "endpointDevice",
          ROW(ROW_TEXT, OPTIONAL, "deviceID", ITEM(char const *, endpoint), )),
    GROUP(REQUIRED, "localCallState",
          GROUP(ALWAYS, "compoundCallState",
                ITEM_STATE(REQUIRED, "localConnectionState", csta_spell_state)),
          ITEM_STATE(ACCEPTED, "simpleCallState", csta_spell_simple_state)),
    ITEM_PERMITTED,
    { 0 },
};
static struct csta_row const device_of_call[] = {
    ROW(ROW_DEVICE, ALWAYS, "deviceOnCall", ITEM(struct csta_device, device), ),
    ROW(ROW_CONN, OPTIONAL, "callIdentifier", ITEM(struct csta_conn, conn), .rows = csta_rows_conn),
    ITEM_STATE(OPTIONAL, "localConnectionInfo", csta_spell_state),
    ITEM_PERMITTED,
    { 0 },
};
/* The form with a serviceCrossRefID, where the data follow in messages of their own, is not
 * understood. */
#define SNAPSHOT(element, table)                                                                   \
    GROUP(REQUIRED, "crossRefIDorSnapshotData",                                                    \
          GROUP(REQUIRED, "snapshotData",                                                          \
                LIST(element, struct csta_snapshot_item, items, n_items, table)))

#define CATEGORY(needed, element, category)                                                        \
    ROW(ROW_ERROR, needed, element, MSG(struct csta_error, error), .value = category),
#define ERROR_CATEGORY(category) CATEGORY(ONE_OF, #category, CSTA_ERROR_##category)
static struct csta_row const error_code[] = {
    CSTA_ERROR_CATEGORY_LIST(ERROR_CATEGORY)
    /* The schema's own spelling is the odd one. */
    CATEGORY(ACCEPTED, "systemResourceAvailability", CSTA_ERROR_systemResourceAvailibility){ 0 },
};

/* clang-format off */
struct csta_row const *const csta_rows_system[CSTA_TYPES] = {
    [CSTA_RequestSystemStatus] = ROWS(REGISTER(OPTIONAL), MICROSOFT_LINE),
    [CSTA_RequestSystemStatusResponse] = ROWS(STATUS),
    [CSTA_SystemStatus] = ROWS(REGISTER(OPTIONAL), STATUS),
    [CSTA_SystemStatusResponse] = csta_rows_empty,
    [CSTA_SystemRegister] = ROWS(
        SET(REQUIRED, "requestTypes", request_types, request_types),
        SET(OPTIONAL, "requestedStatusFilter", muted_statuses, statuses)),
    [CSTA_SystemRegisterResponse] = ROWS(
        REGISTER(REQUIRED),
        SET(OPTIONAL, "actualStatusFilter", muted_statuses, statuses)),

    [CSTA_GetCSTAFeatures] = ROWS(MICROSOFT_LINE),
    [CSTA_GetCSTAFeaturesResponse] = ROWS(
        ROW(ROW_GROUP, ALWAYS, "supportedServices", 0, .rows = csta_rows_services),
        ROW(ROW_GROUP, ALWAYS, "supportedEvents", 0, .rows = csta_rows_events)),
    [CSTA_GetSwitchingFunctionDevices] = ROWS(
        TEXT(OPTIONAL, "requestedDeviceID", device),
        ENUM(OPTIONAL, "requestedDeviceCategory", enum csta_requested_category,
             requested_category, csta_spell_requested)),
    [CSTA_GetSwitchingFunctionDevicesResponse] = ROWS(
        TEXT(REQUIRED, "serviceCrossRefID", service_xref)),
    [CSTA_SwitchingFunctionDevices] = ROWS(
        TEXT(REQUIRED, "serviceCrossRefID", service_xref),
        UINT(OPTIONAL, "segmentID", segment),
        BOOL(REQUIRED, "lastSegment", last_segment),
        GROUP(REQUIRED, "deviceList",
              LIST("device", struct csta_listed_device, devices, n_devices, listed_device))),

    [CSTA_MonitorStart] = ROWS(
        GROUP(REQUIRED, "monitorObject",
              CONN(ONE_OF, "callObject", conn),
              TEXT(ONE_OF, "deviceObject", device)),
        SET(OPTIONAL, "requestedMonitorFilter", filter, csta_rows_filter)),
    [CSTA_MonitorStartResponse] = ROWS(
        XREF,
        SET(OPTIONAL, "actualMonitorFilter", filter, csta_rows_filter),
        BOOL(OPTIONAL, "monitorExistingCalls", monitor_existing_calls)),
    [CSTA_MonitorStop] = ROWS(XREF),
    [CSTA_MonitorStopResponse] = csta_rows_empty,
    [CSTA_ChangeMonitorFilter] = ROWS(
        XREF,
        SET(REQUIRED, "requestedFilterList", filter, csta_rows_filter)),
    [CSTA_ChangeMonitorFilterResponse] = ROWS(
        SET(ALWAYS, "actualFilterList", filter, csta_rows_filter)),

    [CSTA_SnapshotDevice] = ROWS(TEXT(REQUIRED, "snapshotObject", device)),
    [CSTA_SnapshotDeviceResponse] = ROWS(SNAPSHOT("snapshotDeviceResponseInfo", call_of_device)),
    [CSTA_SnapshotCall] = ROWS(CONN(REQUIRED, "snapshotObject", conn)),
    [CSTA_SnapshotCallResponse] = ROWS(
        SNAPSHOT("snapshotCallResponseInfo", device_of_call),
        DEVICE(OPTIONAL, "callingDevice", calling),
        DEVICE(OPTIONAL, "calledDevice", called)),

    [CSTA_CSTAErrorCode] = error_code,
};
/* clang-format on */
