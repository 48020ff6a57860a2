/* SPDX-License-Identifier: Apache-2.0 */
/* What crosspoint-netcap is to do: its arguments, or, with --serve, those that stand on its
 * standard input, one a line, up to an empty line. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { NETCAP_INTERFACES_MAX = 16, NETCAP_REQUEST_MAX = 16384, NETCAP_FAULT = 512 };

struct netcap_options {
    char const *interfaces[NETCAP_INTERFACES_MAX];
    unsigned n;
    char const *filter; /* "": every packet */
    char const *user;   /* whom it becomes that root has started */
    /* 0: no limit */
    uint64_t packets, bytes, seconds;
    unsigned snaplen, buffer_kib;
    bool quiet; /* tells only what went wrong */
    bool serve; /* the rest is to be read */
    bool help;
};

/** Reads @p argv. 0, or -1 with the reason for people in @p fault, "" if usage() says it all.
 *  Borrows what it points to. */
int netcap_options_parse(struct netcap_options *ret, int argc, char **argv,
                         char fault[static NETCAP_FAULT]);

/** Reads the request on @p fd, which has ten seconds to come, into @p text, which @p ret then
 *  points to. It may not name the user. As netcap_options_parse(). */
int netcap_options_read(struct netcap_options *ret, int fd, char text[static NETCAP_REQUEST_MAX],
                        char fault[static NETCAP_FAULT]);
