/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as HEP version 3 packets (Homer Encapsulation Protocol), for collectors over UDP or, one
 * behind the other, over TCP. */
#pragma once
#include "capture_message.h"

struct buf;

/* A packet says its length in 16 bits; over UDP the headers of IPv4 and UDP must fit, too. */
enum { HEP_MAX = 65535, HEP_MAX_UDP = 65507 };

/** Appends the packet of @p message. @p id: by which the collector knows us; @p password: "" none;
 *  @p correlation: what it belongs to, "" none. Returns 0; -EMSGSIZE if it would be longer than @p
 *  max, -EAFNOSUPPORT without addresses of one family, -ENOMEM: then nothing was appended. */
int hep_write(struct buf *out, struct capture_message const *message, uint32_t id,
              char const *password, char const *correlation, size_t max);
