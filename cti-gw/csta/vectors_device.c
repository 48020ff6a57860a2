/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of the features of a device. */
#include "vectors.h"

#define ON_2001 "<device>2001</device>"
#define ONE     "<auditoryApparatus>1</auditoryApparatus>"
#define NOTHING(name)                                                                              \
    {                                                                                              \
        { OF(name) }, EMPTY(#name)                                                                 \
    }

/* clang-format off */
static struct csta_forward forwards[] = {
    { CSTA_FORWARD_forwardImmediate, true, "tel:+39335000111", 0 },
    { CSTA_FORWARD_forwardNoAnsExt, false, NULL, 4 },
};

static struct csta_apparatus apparatuses[] = {
    { "1", true, 70 },
    { "2", false, 0 },
};
#define LIST .apparatuses = apparatuses, .n_apparatuses = 2
#define MUTES(element)                                                                             \
    "<" element "MuteList><" element "MuteItem>" ONE "<" element "MuteOn>true</" element "MuteOn>" \
    "</" element "MuteItem><" element "MuteItem><auditoryApparatus>2</auditoryApparatus>"          \
    "<" element "MuteOn>false</" element "MuteOn></" element "MuteItem></" element "MuteList>"

struct vector const vectors_device[] = {
    { { OF(GetForwarding), .device = "2001" }, CSTA("GetForwarding", ON_2001) },
    { { OF(GetForwardingResponse), .forwards = forwards, .n_forwards = 2 },
      CSTA("GetForwardingResponse",
           "<forwardingList><forwardListItem><forwardingType>forwardImmediate</forwardingType>"
           "<forwardStatus>true</forwardStatus><forwardDN>tel:+39335000111</forwardDN>"
           "</forwardListItem><forwardListItem><forwardingType>forwardNoAnsExt</forwardingType>"
           "<forwardStatus>false</forwardStatus><ringCount>4</ringCount></forwardListItem>"
           "</forwardingList>") },
    { { OF(GetForwardingResponse) }, CSTA("GetForwardingResponse", "<forwardingList/>") },
    { { OF(SetForwarding), .device = "2001", .forwarding = CSTA_FORWARD_forwardNoAns, .on = true,
        .directory_number = "2003", .ring_count = 3 },
      CSTA("SetForwarding", ON_2001 "<forwardingType>forwardNoAns</forwardingType>"
           "<activateForward>true</activateForward><forwardDN>2003</forwardDN>"
           "<ringCount>3</ringCount>") },
    { { OF(SetForwarding), .device = "2001", .forwarding = CSTA_FORWARD_forwardDNDInt },
      CSTA("SetForwarding", ON_2001 "<forwardingType>forwardDNDInt</forwardingType>"
                            "<activateForward>false</activateForward>") },
    NOTHING(SetForwardingResponse),
    { { OF(GetDoNotDisturb), .device = "2001" }, CSTA("GetDoNotDisturb", ON_2001) },
    { { OF(GetDoNotDisturbResponse) },
      CSTA("GetDoNotDisturbResponse", "<doNotDisturbOn>false</doNotDisturbOn>") },
    { { OF(SetDoNotDisturb), .device = "2001", .on = true },
      CSTA("SetDoNotDisturb", ON_2001 "<doNotDisturbOn>true</doNotDisturbOn>") },
    NOTHING(SetDoNotDisturbResponse),

    { { OF(GetMessageWaitingIndicator), .device = "2001" },
      CSTA("GetMessageWaitingIndicator", ON_2001) },
    { { OF(GetMessageWaitingIndicatorResponse), .on = true, .message_device = "2001",
        .lamp_is_present = true },
      CSTA("GetMessageWaitingIndicatorResponse", "<messageWaitingOn>true</messageWaitingOn>"
           "<deviceForMessage>2001</deviceForMessage><lampIsPresent>true</lampIsPresent>") },
    { { OF(SetMessageWaitingIndicator), .device = "2001", .message_device = "2002" },
      CSTA("SetMessageWaitingIndicator", ON_2001 "<messageWaitingOn>false</messageWaitingOn>"
                                         "<deviceForMessage>2002</deviceForMessage>") },
    NOTHING(SetMessageWaitingIndicatorResponse),

    { { OF(GetSpeakerMute), .device = "2001", .apparatus = "1" },
      CSTA("GetSpeakerMute", ON_2001 ONE) },
    { { OF(GetSpeakerMuteResponse), LIST }, CSTA("GetSpeakerMuteResponse", MUTES("speaker")) },
    { { OF(SetSpeakerMute), .device = "2001", .apparatus = "1", .on = true },
      CSTA("SetSpeakerMute", ON_2001 ONE "<speakerMuteOn>true</speakerMuteOn>") },
    NOTHING(SetSpeakerMuteResponse),
    { { OF(GetSpeakerVolume), .device = "2001" }, CSTA("GetSpeakerVolume", ON_2001) },
    { { OF(GetSpeakerVolumeResponse), LIST },
      CSTA("GetSpeakerVolumeResponse",
           "<speakerVolumeList><speakerVolumeItem>" ONE "<speakerVolume><volAbs>70</volAbs>"
           "</speakerVolume></speakerVolumeItem><speakerVolumeItem><auditoryApparatus>2"
           "</auditoryApparatus><speakerVolume><volAbs>0</volAbs></speakerVolume>"
           "</speakerVolumeItem></speakerVolumeList>") },
    { { OF(SetSpeakerVolume), .device = "2001", .apparatus = "1", .volume = 0 },
      CSTA("SetSpeakerVolume",
           ON_2001 ONE "<speakerVolume><volAbs>0</volAbs></speakerVolume>") },
    NOTHING(SetSpeakerVolumeResponse),
    { { OF(GetMicrophoneMute), .device = "2001" }, CSTA("GetMicrophoneMute", ON_2001) },
    { { OF(GetMicrophoneMuteResponse), LIST },
      CSTA("GetMicrophoneMuteResponse", MUTES("microphone")) },
    { { OF(SetMicrophoneMute), .device = "2001" },
      CSTA("SetMicrophoneMute", ON_2001 "<microphoneMuteOn>false</microphoneMuteOn>") },
    NOTHING(SetMicrophoneMuteResponse),
    { { 0 }, NULL },
};
/* clang-format on */
