/* SPDX-License-Identifier: Apache-2.0 */
/* One interface that is captured, by libpcap: opened with privilege, filtered and read without. */
#pragma once
#include <pcap/pcap.h>

struct netcap_options;

struct netcap_device {
    char const *name;
    pcap_t *pcap; /* NULL: closed */
    unsigned link_type;
};

/** Opens it. 0, or a code of sysexits.h with the reason for people in @p fault. */
int netcap_device_open(struct netcap_device *device, char const *name,
                       struct netcap_options const *options, char *fault);
void netcap_device_close(struct netcap_device *device);

/** The longest that it may go unread, -1: until something comes. Of an interface that is down the
 *  kernel does not say when it is gone. */
int netcap_device_wait_ms(struct netcap_device const *device);

/** From now on only what @p filter lets pass comes, nothing that came before. Names in it are
 *  looked up now. As netcap_device_open(). */
int netcap_device_filter(struct netcap_device *device, char const *filter, char *fault);
