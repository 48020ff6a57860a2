/* SPDX-License-Identifier: Apache-2.0 */
/* Services about a line and its phones, as scripts (services_rig.h). */
#include "services_rig.h"

#define ELEMENT(name, text)     "<" name ">" text "</" name ">"
#define GET(what, device)       "<Get" what " NS>" ELEMENT("device", device) "</Get" what ">"
#define SET(what, device, more) "<Set" what " NS>" ELEMENT("device", device) more "</Set" what ">"
#define FORWARD(device, type, on, more)                                                            \
    SET("Forwarding", device, ELEMENT("forwardingType", type) ELEMENT("activateForward", on) more)
#define TO(number)    ELEMENT("forwardDN", number)
#define APPARATUS(id) ELEMENT("auditoryApparatus", id)
#define VOLUME(value) ELEMENT("speakerVolume", ELEMENT("volAbs", value))

/* clang-format off */
static struct services_rig_script const scripts[] = {
    { "forwarding", {
        { GET("Forwarding", "2001"), ELEMENT("forwardingType", "forwardImmediate")
          ELEMENT("forwardStatus", "false"), "" },
        { FORWARD("2001", "forwardBusy", "true", TO("tel:2003;phone-context=dialstring")),
          "<SetForwardingResponse", "Forwarding" },
        { GET("Forwarding", "2001"), ELEMENT("forwardingType", "forwardBusy")
          ELEMENT("forwardStatus", "true") TO("2003"), "" },
        { FORWARD("2001", "forwardBusy", "false", ""), "<SetForwardingResponse", "Forwarding" },
        { GET("Forwarding", "2001"), ELEMENT("forwardStatus", "false") TO("2003"), "" },
        { FORWARD("2001", "forwardNoAnsExt", "true", TO("+39021") ELEMENT("ringCount", "3")),
          "<SetForwardingResponse", "Forwarding" },
        { GET("Forwarding", "2001"), ELEMENT("forwardingType", "forwardNoAnsExt")
          ELEMENT("forwardStatus", "true") TO("+39021") ELEMENT("ringCount", "3"), "" },
        { SET("Forwarding", "2001", ELEMENT("activateForward", "true") TO("2002")),
          "<SetForwardingResponse", "Forwarding" },
        { "phone 2001 forward off", NULL, "Forwarding" },
        { "phone 2001 forward-dnd 2003", NULL, "Forwarding" },
    } },
    { "forwarding errors", {
        { GET("Forwarding", "7777"), OPERATION("invalidDeviceID"), "" },
        { FORWARD("7777", "forwardBusy", "true", TO("2003")), OPERATION("invalidDeviceID"), "" },
        { FORWARD("2001", "forwardBusy", "true", ""), OPERATION("invalidForwardingDestination"),
          "" },
        { FORWARD("2001", "forwardBusy", "true", TO("2001")),
          OPERATION("invalidForwardingDestination"), "" },
        { FORWARD("2001", "forwardBusy", "true", TO("99")),
          OPERATION("invalidForwardingDestination"), "" },
        { FORWARD("2001", "forwardBusy", "true", TO("bob")),
          OPERATION("invalidForwardingDestination"), "" },
        { FORWARD("2001", "forwardNoAns", "true", TO("2002") ELEMENT("ringCount", "101")),
          OPERATION("invalidParameterValue"), "" },
    } },
    { "do not disturb", {
        { GET("DoNotDisturb", "2001"), ELEMENT("doNotDisturbOn", "false"), "" },
        { SET("DoNotDisturb", "2001", ELEMENT("doNotDisturbOn", "true")),
          "<SetDoNotDisturbResponse", "DoNotDisturb" },
        { GET("DoNotDisturb", "2001"), ELEMENT("doNotDisturbOn", "true"), "" },
        { "phone 2001 dnd off", NULL, "DoNotDisturb" },
        { GET("DoNotDisturb", "2001"), ELEMENT("doNotDisturbOn", "false"), "" },
        { SET("DoNotDisturb", "7777", ELEMENT("doNotDisturbOn", "true")),
          OPERATION("invalidDeviceID"), "" },
        { GET("DoNotDisturb", "7777"), OPERATION("invalidDeviceID"), "" },
    } },
    { "message waiting", {
        { SET("MessageWaitingIndicator", "2001", ELEMENT("messageWaitingOn", "true")),
          "<SetMessageWaitingIndicatorResponse", "MessageWaiting" },
        { GET("MessageWaitingIndicator", "2001"), ELEMENT("messageWaitingOn", "true")
          ELEMENT("lampIsPresent", "true"), "" },
        { "phone 2001 message off", NULL, "MessageWaiting" },
        { GET("MessageWaitingIndicator", "2001"), ELEMENT("messageWaitingOn", "false"), "" },
        { GET("MessageWaitingIndicator", "7777"), OPERATION("invalidDeviceID"), "" },
        { SET("MessageWaitingIndicator", "7777", ELEMENT("messageWaitingOn", "true")),
          OPERATION("invalidDeviceID"), "" },
    } },
    { "speakers and microphones, each phone of a line for itself", {
        { SET("SpeakerMute", "SEPA", APPARATUS("2") ELEMENT("speakerMuteOn", "true")),
          "<SetSpeakerMuteResponse", "" },
        { GET("SpeakerMute", "SEPA"), APPARATUS("2") ELEMENT("speakerMuteOn", "true"), "" },
        { GET("SpeakerMute", "SEPA"), APPARATUS("1") ELEMENT("speakerMuteOn", "false"), "" },
        { GET("SpeakerMute", "SEPB"), APPARATUS("2") ELEMENT("speakerMuteOn", "false"), "" },
        { SET("MicrophoneMute", "2004", ELEMENT("microphoneMuteOn", "true")),
          "<SetMicrophoneMuteResponse", "" },
        { GET("MicrophoneMute", "SEPA"), APPARATUS("3") ELEMENT("microphoneMuteOn", "true"), "" },
        { SET("SpeakerVolume", "2001", APPARATUS("1") VOLUME("70")),
          "<SetSpeakerVolumeResponse", "" },
        { GET("SpeakerVolume", "2001"), APPARATUS("1") VOLUME("70"), "" },
        { "phone 2001 volume 20", NULL, "" },
        { GET("SpeakerVolume", "2001"), APPARATUS("3") VOLUME("20"), "" },
        { SET("SpeakerVolume", "2001", VOLUME("101")), OPERATION("invalidParameterValue"),
          "" },
        { SET("SpeakerVolume", "2001", APPARATUS("9") VOLUME("10")),
          OPERATION("invalidParameterValue"), "" },
        { GET("SpeakerMute", "7777"), OPERATION("invalidDeviceID"), "" },
        { SET("MicrophoneMute", "7777", ELEMENT("microphoneMuteOn", "true")),
          OPERATION("invalidDeviceID"), "" },
    } },
};
/* clang-format on */

int main(void)
{
    return services_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
