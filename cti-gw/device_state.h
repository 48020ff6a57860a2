/* SPDX-License-Identifier: Apache-2.0 */
/* Which phones are registered, as far as the switch says so: the device choice of the next sign-in
 * asks for it (guide-rcc 3). Heard on the monitors of clients and of phones; a device that nobody
 * watches stays what people have written down. */
#pragma once

struct csta_msg;
struct gateway;

/** An event of a monitor of line @p number, on its phone @p device or (NULL) as a whole. */
void device_state_take(struct gateway *gw, char const *number, char const *device,
                       struct csta_msg const *event);
