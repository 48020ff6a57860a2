/* SPDX-License-Identifier: Apache-2.0 */
/* The rules as an array, and the members that they speak of. */
#include "service_rules.h"
#include "cti_features.h"
#include "cti_monitor.h"
#include "device_list.h"
#include "system_status.h"

static struct service_rule const rules[CSTA_TYPES] = {
#define NOBODY                      SERVICE_NOBODY
#define DEVICE                      SERVICE_DEVICE
#define CONN                        SERVICE_CONN
#define HELD                        SERVICE_HELD
#define NUMBER                      SERVICE_NUMBER
#define MESSAGE                     SERVICE_MESSAGE
#define HERE(type, function)        [CSTA_##type] = { .here = function },
#define DRIVEN(type, owns, someone) [CSTA_##type] = { .own = owns, .others = someone },
#include "service_rules.def"
};

struct service_rule const *service_rules_of(enum csta_type type)
{
    return csta_is_service(type) ? &rules[type] : NULL;
}

char const **service_rules_member(struct csta_msg *msg, enum service_member member)
{
    switch (member) {
    case SERVICE_CONN:
        return &msg->conn.device_id;
    case SERVICE_HELD:
        return &msg->held.device_id;
    case SERVICE_NUMBER:
        return &msg->directory_number;
    case SERVICE_MESSAGE:
        return &msg->message_device;
    default:
        return &msg->device;
    }
}
