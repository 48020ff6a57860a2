/* SPDX-License-Identifier: Apache-2.0 */
/* Physical and logical device features: forwarding, do not disturb, message waiting, speaker. */
#include "csta_rows.h"

/* Phones that set their own features (as-feature-event) leave the device empty. */
#define OWN_DEVICE TEXT(OPTIONAL, "device", device)
#define DEVICE_ID  TEXT(REQUIRED, "device", device)
#define APPARATUS  TEXT(OPTIONAL, "auditoryApparatus", apparatus)

#define FORWARD(member_type, member) FIELD(struct csta_forward, member_type, member)
static struct csta_row const forward_item[] = {
    ROW(ROW_ENUM, OPTIONAL, "forwardingType", FORWARD(enum csta_forwarding, type),
        .spelling = &csta_spell_forwarding),
    ROW(ROW_BOOL, REQUIRED, "forwardStatus", FORWARD(bool, on), ),
    ROW(ROW_TEXT, OPTIONAL, "forwardDN", FORWARD(char const *, number), ),
    ROW(ROW_UINT, OPTIONAL, "ringCount", FORWARD(uint32_t, ring_count), ),
    { 0 },
};

#define ITEM(member_type, member)  FIELD(struct csta_apparatus, member_type, member)
#define ITEM_TEXT(element, member) ROW(ROW_TEXT, REQUIRED, element, ITEM(char const *, member), )
#define ITEM_ID                    ITEM_TEXT("auditoryApparatus", id)
#define ITEM_MUTE(element)         ROW(ROW_BOOL, REQUIRED, element, ITEM(bool, muted), )
static struct csta_row const speaker_item[] = { ITEM_ID, ITEM_MUTE("speakerMuteOn"), { 0 } };
static struct csta_row const microphone_item[] = { ITEM_ID, ITEM_MUTE("microphoneMuteOn"), { 0 } };
static struct csta_row const item_volume[] = {
    ROW(ROW_UINT, REQUIRED, "volAbs", ITEM(uint32_t, volume), ),
    { 0 },
};
static struct csta_row const volume_item[] = {
    ITEM_ID,
    ROW(ROW_WRAPPED, REQUIRED, "speakerVolume", 0, .rows = item_volume, .value = CSTA_ED2),
    { 0 },
};
#define ITEMS(list, element, table)                                                                \
    GROUP(REQUIRED, list, LIST(element, struct csta_apparatus, apparatuses, n_apparatuses, table))

static struct csta_row const volume[] = {
    UINT(REQUIRED, "volAbs", volume),
    { 0 },
};

/* clang-format off */
struct csta_row const *const csta_rows_device[CSTA_TYPES] = {
    [CSTA_GetForwarding] = ROWS(OWN_DEVICE),
    [CSTA_GetForwardingResponse] = ROWS(
        GROUP(REQUIRED, "forwardingList",
              LIST("forwardListItem", struct csta_forward, forwards, n_forwards, forward_item))),
    /* Without a type the switch's own default is meant. */
    [CSTA_SetForwarding] = ROWS(
        OWN_DEVICE,
        ENUM(OPTIONAL, "forwardingType", enum csta_forwarding, forwarding, csta_spell_forwarding),
        BOOL(REQUIRED, "activateForward", on),
        TEXT(OPTIONAL, "forwardDN", directory_number),
        UINT(OPTIONAL, "ringCount", ring_count)),
    [CSTA_SetForwardingResponse] = csta_rows_empty,
    [CSTA_GetDoNotDisturb] = ROWS(OWN_DEVICE),
    [CSTA_GetDoNotDisturbResponse] = ROWS(BOOL(REQUIRED, "doNotDisturbOn", on)),
    [CSTA_SetDoNotDisturb] = ROWS(OWN_DEVICE, BOOL(REQUIRED, "doNotDisturbOn", on)),
    [CSTA_SetDoNotDisturbResponse] = csta_rows_empty,

    [CSTA_GetMessageWaitingIndicator] = ROWS(DEVICE_ID),
    [CSTA_GetMessageWaitingIndicatorResponse] = ROWS(
        BOOL(REQUIRED, "messageWaitingOn", on),
        TEXT(OPTIONAL, "deviceForMessage", message_device),
        BOOL(OPTIONAL, "lampIsPresent", lamp_is_present)),
    [CSTA_SetMessageWaitingIndicator] = ROWS(
        DEVICE_ID,
        BOOL(REQUIRED, "messageWaitingOn", on),
        TEXT(OPTIONAL, "deviceForMessage", message_device)),
    [CSTA_SetMessageWaitingIndicatorResponse] = csta_rows_empty,

    [CSTA_GetSpeakerMute] = ROWS(DEVICE_ID, APPARATUS),
    [CSTA_GetSpeakerMuteResponse] = ROWS(
        ITEMS("speakerMuteList", "speakerMuteItem", speaker_item)),
    [CSTA_SetSpeakerMute] = ROWS(DEVICE_ID, APPARATUS, BOOL(REQUIRED, "speakerMuteOn", on)),
    [CSTA_SetSpeakerMuteResponse] = csta_rows_empty,
    [CSTA_GetSpeakerVolume] = ROWS(DEVICE_ID, APPARATUS),
    [CSTA_GetSpeakerVolumeResponse] = ROWS(
        ITEMS("speakerVolumeList", "speakerVolumeItem", volume_item)),
    [CSTA_SetSpeakerVolume] = ROWS(
        DEVICE_ID,
        APPARATUS,
        ROW(ROW_WRAPPED, REQUIRED, "speakerVolume", 0, .rows = volume, .value = CSTA_ED2)),
    [CSTA_SetSpeakerVolumeResponse] = csta_rows_empty,
    [CSTA_GetMicrophoneMute] = ROWS(DEVICE_ID, APPARATUS),
    [CSTA_GetMicrophoneMuteResponse] = ROWS(
        ITEMS("microphoneMuteList", "microphoneMuteItem", microphone_item)),
    [CSTA_SetMicrophoneMute] = ROWS(DEVICE_ID, APPARATUS, BOOL(REQUIRED, "microphoneMuteOn", on)),
    [CSTA_SetMicrophoneMuteResponse] = csta_rows_empty,
};
/* clang-format on */
