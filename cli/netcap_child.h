/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-netcap as a child: packets of an interface as a source of messages. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct capture_source;

struct netcap_child_options {
    char const *interface;
    char const *filter;  /* of libpcap, on packets; NULL: all */
    char const *seconds; /* NULL: no limit */
    bool waits;          /* next() does */
};

struct netcap_child {
    pid_t pid;                     /* 0: none */
    struct capture_source *source; /* see capture_file.h */
};

/** Starts it, and waits until it has opened the interface. Returns the exit code: else it has
 *  complained, and there is nothing to close. */
int netcap_child_open(struct netcap_child *child, struct netcap_child_options const *options);

/** Ends it; of one that was never opened nothing happens. Returns its exit code. */
int netcap_child_close(struct netcap_child *child);
