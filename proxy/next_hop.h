/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops as people write them: a host name, an IP address, or the name of a DNS SRV record
 * (guide part 2, 1.6), with port and transport as keys of their own. */
#pragma once
#include "origin.h"
#include <stdbool.h>

enum { NEXT_HOP_HOST = 256, NEXT_HOP_ANY_TRANSPORT = -1 };

/** NULL if @p text is a next hop or empty, else why it is none (a cfg_check_fn). */
char const *next_hop_check(char const *text);

/** Is it an IP address, with or without brackets? */
bool next_hop_is_address(char const *text);

/** Transport of the SRV record that @p text names ("_sip._tcp.example.test"), or
 *  NEXT_HOP_ANY_TRANSPORT if it is no such name. */
int next_hop_service(char const *text);

/** NULL, or why the keys contradict each other (static text). @p port 0: by SRV where it is a name,
 *  else the default one. @p transport may be NEXT_HOP_ANY_TRANSPORT. */
char const *next_hop_fault(char const *text, unsigned port, int transport);

/** The host as it stands in a URI: IPv6 in brackets, without the service and transport that the
 * name of an SRV record begins with. */
char const *next_hop_host(char const *text, char ret[static NEXT_HOP_HOST]);
