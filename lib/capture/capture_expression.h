/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of pcap-filter(7) on messages of any source: libpcap judges a head of IP and UDP or
 * TCP that is made from the addresses and the transport of a message; TLS counts as TCP.
 *
 * Only words about addresses, ports, transport and length are known, for a message has nothing
 * else; and only numbers, because libpcap would ask DNS for a name, and wait. */
#pragma once
#include "capture_message.h"

enum { CAPTURE_EXPRESSION_FAULT = 192 };

struct capture_expression;

/** Compiles @p text. NULL with the reason for people in @p fault. */
struct capture_expression *capture_expression_new(char const *text,
                                                  char fault[static CAPTURE_EXPRESSION_FAULT]);
void capture_expression_free(struct capture_expression **pexpression);

/** False also for a message without addresses. */
bool capture_expression_match(struct capture_expression const *expression,
                              struct capture_message const *message);
