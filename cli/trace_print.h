/* SPDX-License-Identifier: Apache-2.0 */
/* One message as one line of text or JSON, for programs and for people without a screen. Nothing
 * in it can make a terminal do anything. */
#pragma once

struct buf;
struct capture_message;

/** "05:49:40.123456  192.0.2.9:5060 -> 192.0.2.1:5060 (proxy)  udp  INVITE  Call-ID  note" */
void trace_print_line(struct capture_message const *message, struct buf *out);

/** The same as an object, with its bytes as "text". */
void trace_print_json(struct capture_message const *message, struct buf *out);

/** All that is known of it beside its bytes, a line for each. */
void trace_print_facts(struct capture_message const *message, struct buf *out);
