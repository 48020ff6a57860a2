/* SPDX-License-Identifier: Apache-2.0 */
/* Two tables of words. */
#include "rcc_words.h"
#include <string.h>

/* clang-format off */
static struct {
    int status;
    char const *words;
} const statuses[] = {
    { 400, "the gateway could not read the request" },
    { 403, "the user is unknown or not enabled for remote call control, or the line belongs to "
           "somebody else; or the proxy does not admit this host (crosspoint show acl)" },
    { 404, "nobody has this line, or no route leads to the gateway (crosspoint show routes)" },
    { 407, "somebody in between wants a login; this client has none" },
    { 408, "no answer in time; does the gateway run (crosspoint status)?" },
    { 415, "something else than the CTI gateway answered: no CSTA there" },
    { 422, "--expires is shorter than the gateway allows" },
    { 480, "the switch link may be down (crosspoint show cti)" },
    { 481, "the gateway does not know this session any more" },
    { 483, "the request went round in circles; look at the routes (crosspoint show routes)" },
    { 488, "something else than the CTI gateway answered: no CSTA there" },
    { 501, "the other side does not know this method" },
    { 502, "the next hop gave no usable answer" },
    { 503, "the switch link is down, or the next hop does not run (crosspoint show cti, "
           "crosspoint status)" },
    { 504, "the next hop gave no answer in time" },
};

static struct {
    char const *value, *words;
} const values[] = {
    { "serviceNotSupported", "the gateway or the switch does not offer this service" },
    { "invalidDeviceID", "the switch does not know this device or number" },
    { "invalidCallingDeviceID", "the switch does not know the calling line" },
    { "invalidCalledDeviceID", "the switch does not know the number called" },
    { "invalidConnectionID", "there is no such call on the line" },
    { "invalidCallID", "there is no such call" },
    { "invalidParameterValue", "a parameter is missing or wrong" },
    { "invalidMonitorCrossRefID", "there is no such monitor" },
    { "privilegeViolationSpecifiedDevice", "the user may not do this with this device" },
    { "privilegeViolationCallingDevice", "the user may not call from this line" },
    { "invalidConnectionState", "the call is in a state in which this cannot be done" },
    { "invalidCallingDeviceState", "the calling line is busy or its phone cannot be used now" },
    { "connectionOutOfService", "the phone is out of service" },
    { "deviceOutOfService", "the phone is out of service" },
};
/* clang-format on */

static char const *const categories[CSTA_ERROR_CATEGORIES] = {
    [CSTA_ERROR_operation] = "the request is wrong as it stands",
    [CSTA_ERROR_stateIncompatibility] = "the call or line is in a state in which this cannot be "
                                        "done",
    [CSTA_ERROR_systemResourceAvailibility] = "the switch did not answer or lacks a resource "
                                              "(crosspoint show cti)",
    [CSTA_ERROR_subscribedResourceAvailability] = "a limit of the switch is reached",
    [CSTA_ERROR_performanceManagement] = "too many requests at one time",
    [CSTA_ERROR_security] = "the switch refuses it for security",
    [CSTA_ERROR_privateData] = "the private data is wrong",
};

char const *rcc_words_status(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].status == status)
            return statuses[i].words;
    return "";
}

char const *rcc_words_error(struct csta_error const *error)
{
    for (size_t i = 0; error->value && i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i].value, error->value) == 0)
            return values[i].words;
    if (error->category < CSTA_ERROR_CATEGORIES && categories[error->category])
        return categories[error->category];
    return "the switch gives no reason";
}
