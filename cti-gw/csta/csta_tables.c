/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of ECMA-323 and ECMA-354 as rows, children in the schema's order. */
#include "csta_tables.h"

/* Offset of a member, refused by the compiler if the member is not of the row's type. */
#define FIELD(owner, member_type, member)                                                          \
    (offsetof(owner, member) +                                                                     \
     0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((owner *)0)->member), member_type)   \
                         ? 1                                                                       \
                         : -1]))
#define MSG(member_type, member) FIELD(struct csta_msg, member_type, member)

/* clang-format off */
#define ROWS(...) (struct csta_row const[]){ __VA_ARGS__, { 0 } }
#define ROW(row_kind, needed, element, at, ...)                                                    \
    { .name = element, .kind = row_kind, .need = needed, .offset = at, __VA_ARGS__ }
/* clang-format on */
#define TEXT(needed, element, member) ROW(ROW_TEXT, needed, element, MSG(char const *, member), )
#define BOOL(needed, element, member) ROW(ROW_BOOL, needed, element, MSG(bool, member), )
#define UINT(needed, element, member) ROW(ROW_UINT, needed, element, MSG(uint32_t, member), )
#define ENUM(needed, element, member_type, member, spell)                                          \
    ROW(ROW_ENUM, needed, element, MSG(member_type, member), .spelling = &spell)
#define DEVICE(needed, element, member)                                                            \
    ROW(ROW_DEVICE, needed, element, MSG(struct csta_device, member), )
#define CONN(needed, element, member)                                                              \
    ROW(ROW_CONN, needed, element, MSG(struct csta_conn, member), .rows = conn)
#define GROUP(needed, element, ...) ROW(ROW_GROUP, needed, element, 0, .rows = ROWS(__VA_ARGS__))
#define CAPABILITY(element, leaf)                                                                  \
    ROW(ROW_CAPABILITY, OPTIONAL, element, MSG(struct csta_set, features), .value = leaf)

/* ConnectionID: a choice list, so either order and either one missing. */
static struct csta_row const conn[] = {
    ROW(ROW_TEXT, OPTIONAL, "callID", FIELD(struct csta_conn, char const *, call_id), ),
    ROW(ROW_TEXT, OPTIONAL, "deviceID", FIELD(struct csta_conn, char const *, device_id), ),
    { 0 },
};

/* Children that many messages share. */
#define XREF TEXT(REQUIRED, "monitorCrossRefID", monitor_xref)
#define LOCAL                                                                                      \
    ENUM(OPTIONAL, "localConnectionInfo", enum csta_connection_state, local_state, csta_spell_state)
#define CAUSE ENUM(OPTIONAL, "cause", enum csta_cause, cause, csta_spell_cause)
#define STATUS                                                                                     \
    ENUM(REQUIRED, "systemStatus", enum csta_system_status, system_status, csta_spell_status)
#define PARTIES                                                                                    \
    DEVICE(ALWAYS, "callingDevice", calling), DEVICE(ALWAYS, "calledDevice", called),              \
        ROW(ROW_REDIRECTION, ALWAYS, "lastRedirectionDevice",                                      \
            MSG(struct csta_device, redirected), )

/* How a Microsoft client names the line, in the two requests that it sends first. */
static struct csta_space const microsoft = {
    .uri = "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension",
    .prefix = "lcs",
};
#define LINE ROW(ROW_TEXT, OPTIONAL, "line", MSG(char const *, line), .space = &microsoft)
#define MICROSOFT_LINE                                                                             \
    GROUP(OPTIONAL, "extensions", GROUP(OPTIONAL, "privateData", GROUP(OPTIONAL, "private", LINE)))

/* How our gateway says who it is. */
static struct csta_space const login = { .uri = "urn:crosspoint:login" };
#define SECRET(element, member)                                                                    \
    ROW(ROW_SECRET, OPTIONAL, element, MSG(char const *, member), .space = &login)
#define LOGIN                                                                                      \
    ROW(ROW_GROUP, OPTIONAL, "login", 0, .space = &login,                                          \
        .rows = ROWS(SECRET("user", user), SECRET("password", password)))

/* The local state of a call in a snapshot is the first of its compound states. */
#define ITEM(member_type, member) FIELD(struct csta_snapshot_item, member_type, member)
#define ITEM_STATE(needed, element, spell)                                                         \
    ROW(ROW_ENUM, needed, element, ITEM(enum csta_connection_state, state), .spelling = &spell)
static struct csta_row const snapshot_item[] = {
    ROW(ROW_CONN, REQUIRED, "connectionIdentifier", ITEM(struct csta_conn, conn), .rows = conn),
    GROUP(OPTIONAL, "endpointDevice",
          ROW(ROW_TEXT, OPTIONAL, "deviceID", ITEM(char const *, endpoint), )),
    GROUP(REQUIRED, "localCallState",
          GROUP(ALWAYS, "compoundCallState",
                ITEM_STATE(REQUIRED, "localConnectionState", csta_spell_state)),
          ITEM_STATE(ACCEPTED, "simpleCallState", csta_spell_simple_state)),
    { 0 },
};
#define SNAPSHOT_ITEMS                                                                             \
    ROW(ROW_LIST, OPTIONAL, "snapshotDeviceResponseInfo", MSG(struct csta_snapshot_item *, items), \
        .rows = snapshot_item, .count_offset = MSG(size_t, n_items),                               \
        .item_size = sizeof(struct csta_snapshot_item))

/* Names of leaves differ from names of messages. */
#define SERVICES                                                                                   \
    GROUP(OPTIONAL, "capExchangeServList", CAPABILITY("getCSTAFeatures", CSTA_GetCSTAFeatures)),   \
        GROUP(OPTIONAL, "systemStatServList",                                                      \
              CAPABILITY("requestSystemStatus", CSTA_RequestSystemStatus),                         \
              CAPABILITY("systemStatus", CSTA_SystemStatus)),                                      \
        GROUP(OPTIONAL, "monitoringServList", CAPABILITY("monitorStart", CSTA_MonitorStart),       \
              CAPABILITY("monitorStop", CSTA_MonitorStop)),                                        \
        GROUP(OPTIONAL, "snapshotServList", CAPABILITY("snapshotDevice", CSTA_SnapshotDevice)),    \
        GROUP(OPTIONAL, "callControlServList", CAPABILITY("answerCall", CSTA_AnswerCall),          \
              CAPABILITY("clearConnection", CSTA_ClearConnection),                                 \
              CAPABILITY("holdCall", CSTA_HoldCall), CAPABILITY("makeCall", CSTA_MakeCall),        \
              CAPABILITY("retrieveCall", CSTA_RetrieveCall))
#define EVENTS                                                                                     \
    GROUP(OPTIONAL, "callControlEvtsList",                                                         \
          CAPABILITY("connectionCleared", CSTA_ConnectionClearedEvent),                            \
          CAPABILITY("delivered", CSTA_DeliveredEvent),                                            \
          CAPABILITY("established", CSTA_EstablishedEvent),                                        \
          CAPABILITY("failed", CSTA_FailedEvent), CAPABILITY("held", CSTA_HeldEvent),              \
          CAPABILITY("originated", CSTA_OriginatedEvent),                                          \
          CAPABILITY("retrieved", CSTA_RetrievedEvent),                                            \
          CAPABILITY("serviceInitiated", CSTA_ServiceInitiatedEvent))

#define CATEGORY(needed, element, category)                                                        \
    ROW(ROW_ERROR, needed, element, MSG(struct csta_error, error), .value = category),
#define ERROR_CATEGORY(category) CATEGORY(ONE_OF, #category, CSTA_ERROR_##category)
static struct csta_row const error_code[] = {
    CSTA_ERROR_CATEGORY_LIST(ERROR_CATEGORY)
    /* The schema's own spelling is the odd one. */
    CATEGORY(ACCEPTED, "systemResourceAvailability", CSTA_ERROR_systemResourceAvailibility){ 0 },
};
#define SESSION_ERROR GROUP(OPTIONAL, "errorCode", TEXT(OPTIONAL, "definedError", error.value))

static struct csta_row const empty[] = { { 0 } };

/* clang-format off */
static struct csta_row const *const tables[CSTA_TYPES] = {
    [CSTA_RequestSystemStatus] = ROWS(MICROSOFT_LINE),
    [CSTA_RequestSystemStatusResponse] = ROWS(STATUS),
    [CSTA_SystemStatus] = ROWS(STATUS),
    [CSTA_SystemStatusResponse] = empty,
    [CSTA_GetCSTAFeatures] = ROWS(MICROSOFT_LINE),
    [CSTA_GetCSTAFeaturesResponse] = ROWS(
        GROUP(ALWAYS, "supportedServices", SERVICES),
        GROUP(ALWAYS, "supportedEvents", EVENTS)),
    [CSTA_MonitorStart] = ROWS(
        GROUP(REQUIRED, "monitorObject",
              TEXT(REQUIRED, "deviceObject", device))),
    [CSTA_MonitorStartResponse] = ROWS(
        XREF,
        BOOL(OPTIONAL, "monitorExistingCalls", monitor_existing_calls)),
    [CSTA_MonitorStop] = ROWS(XREF),
    [CSTA_MonitorStopResponse] = empty,
    [CSTA_SnapshotDevice] = ROWS(TEXT(REQUIRED, "snapshotObject", device)),
    /* The form with a serviceCrossRefID, where the data follow in messages of their own, is not
     * understood. */
    [CSTA_SnapshotDeviceResponse] = ROWS(
        GROUP(REQUIRED, "crossRefIDorSnapshotData",
              GROUP(REQUIRED, "snapshotData", SNAPSHOT_ITEMS))),
    /* The schema lets calledDirectoryNumber out for multi-stage dialling; that needs DialDigits. */
    [CSTA_MakeCall] = ROWS(
        TEXT(REQUIRED, "callingDevice", device),
        TEXT(REQUIRED, "calledDirectoryNumber", directory_number),
        ENUM(OPTIONAL, "autoOriginate", enum csta_auto_originate, auto_originate,
             csta_spell_originate)),
    [CSTA_MakeCallResponse] = ROWS(CONN(REQUIRED, "callingDevice", conn)),
    [CSTA_AnswerCall] = ROWS(CONN(REQUIRED, "callToBeAnswered", conn)),
    [CSTA_AnswerCallResponse] = empty,
    [CSTA_HoldCall] = ROWS(CONN(REQUIRED, "callToBeHeld", conn)),
    [CSTA_HoldCallResponse] = empty,
    [CSTA_RetrieveCall] = ROWS(CONN(REQUIRED, "callToBeRetrieved", conn)),
    [CSTA_RetrieveCallResponse] = empty,
    [CSTA_ClearConnection] = ROWS(CONN(REQUIRED, "connectionToBeCleared", conn)),
    [CSTA_ClearConnectionResponse] = empty,

    [CSTA_ServiceInitiatedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "initiatedConnection", conn),
        DEVICE(ALWAYS, "initiatingDevice", subject),
        LOCAL, CAUSE),
    [CSTA_OriginatedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "originatedConnection", conn),
        DEVICE(ALWAYS, "callingDevice", calling),
        DEVICE(ALWAYS, "calledDevice", called),
        DEVICE(OPTIONAL, "originatingDevice", originating),
        LOCAL, CAUSE),
    [CSTA_DeliveredEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "connection", conn),
        DEVICE(ALWAYS, "alertingDevice", subject),
        PARTIES, LOCAL, CAUSE),
    [CSTA_EstablishedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "establishedConnection", conn),
        DEVICE(ALWAYS, "answeringDevice", subject),
        PARTIES, LOCAL, CAUSE),
    [CSTA_HeldEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "heldConnection", conn),
        DEVICE(ALWAYS, "holdingDevice", subject),
        LOCAL, CAUSE),
    [CSTA_RetrievedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "retrievedConnection", conn),
        DEVICE(ALWAYS, "retrievingDevice", subject),
        LOCAL, CAUSE),
    [CSTA_ConnectionClearedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "droppedConnection", conn),
        DEVICE(ALWAYS, "releasingDevice", subject),
        LOCAL, CAUSE),
    [CSTA_FailedEvent] = ROWS(
        XREF,
        CONN(REQUIRED, "failedConnection", conn),
        DEVICE(ALWAYS, "failingDevice", subject),
        PARTIES, LOCAL, CAUSE),

    [CSTA_CSTAErrorCode] = error_code,

    [CSTA_StartApplicationSession] = ROWS(
        GROUP(REQUIRED, "applicationInfo",
              TEXT(REQUIRED, "applicationID", application_id),
              GROUP(OPTIONAL, "applicationSpecificInfo", LOGIN)),
        GROUP(REQUIRED, "requestedProtocolVersions",
              TEXT(REQUIRED, "protocolVersion", protocol_version)),
        UINT(OPTIONAL, "requestedSessionDuration", session_duration_s)),
    [CSTA_StartApplicationSessionPosResponse] = ROWS(
        TEXT(REQUIRED, "sessionID", session_id),
        TEXT(REQUIRED, "actualProtocolVersion", protocol_version),
        UINT(OPTIONAL, "actualSessionDuration", session_duration_s)),
    [CSTA_StartApplicationSessionNegResponse] = ROWS(SESSION_ERROR),
    [CSTA_ResetApplicationSessionTimer] = ROWS(
        TEXT(REQUIRED, "sessionID", session_id),
        UINT(OPTIONAL, "requestedSessionDuration", session_duration_s)),
    [CSTA_ResetApplicationSessionTimerPosResponse] = ROWS(
        UINT(OPTIONAL, "actualSessionDuration", session_duration_s)),
    [CSTA_ResetApplicationSessionTimerNegResponse] = ROWS(SESSION_ERROR),
    [CSTA_StopApplicationSession] = ROWS(TEXT(REQUIRED, "sessionID", session_id)),
    [CSTA_StopApplicationSessionPosResponse] = empty,
    [CSTA_StopApplicationSessionNegResponse] = ROWS(SESSION_ERROR),
};
/* clang-format on */

struct csta_row const *csta_rows(enum csta_type type)
{
    return tables[type];
}

static bool device_is_present(struct csta_device const *device)
{
    if (device->kind == CSTA_DEVICE_IDENTIFIER)
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
        return *(bool const *)member;
    case ROW_UINT:
        return *(uint32_t const *)member != 0;
    case ROW_ENUM:
        return *(unsigned const *)member != 0;
    case ROW_GROUP:
    case ROW_CONN:
        return group_is_present(row, member);
    case ROW_DEVICE:
    case ROW_REDIRECTION:
        return device_is_present(member);
    case ROW_LIST:
        return *(size_t const *)((char const *)base + row->count_offset) > 0;
    case ROW_CAPABILITY:
        return csta_set_has(member, row->value);
    case ROW_ERROR:
        return ((struct csta_error const *)member)->category == row->value;
    default:
        return false;
    }
}
