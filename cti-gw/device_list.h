/* SPDX-License-Identifier: Apache-2.0 */
/* GetSwitchingFunctionDevices: the lines, and the phones they stand on, that this user may control.
 * The answer names a list, which follows in SwitchingFunctionDevices. */
#pragma once

struct service_request;

void device_list_tell(struct service_request *r);
