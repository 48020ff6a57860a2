/* SPDX-License-Identifier: Apache-2.0 */
/* The server that `rcc doctor` is asked about, where it is a name: its addresses, as the proxy's
 * own DNS servers tell them. Blocks until they have answered or given up. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** Is @p text a host name, perhaps with :PORT? */
bool doctor_server_is_name(char const *text);

/** Addresses of @p name as a list of texts "192.0.2.7:5060", its port in each; caller owns. NULL:
 *  none, and @p why says why. @p dns_servers as the key proxy.dns_servers has them, "": those of
 *  this host. */
json_t *doctor_server_find(char const *name, char const *dns_servers, char *why, size_t size);
