/* SPDX-License-Identifier: Apache-2.0 */
/* From BackInService and OutOfService to the devices of the store. */
#include "device_state.h"
#include "csta.h"
#include "gateway.h"

void device_state_take(struct gateway *gw, char const *number, char const *device,
                       struct csta_msg const *event)
{
    bool is_back = event->type == CSTA_BackInServiceEvent;
    char const *phones[USERS_PHONES_MAX];
    size_t n = 1;

    if (!is_back && event->type != CSTA_OutOfServiceEvent)
        return;
    if (device)
        phones[0] = device;
    else
        n = users_line_phones(gw->directory.users, number, phones, USERS_PHONES_MAX);
    /* A line goes with the last of its phones, and comes back with any of them. */
    for (size_t i = 0; i < n && (!is_back || n == 1); i++)
        directory_register(&gw->directory, phones[i], is_back);
}
