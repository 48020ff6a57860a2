/* SPDX-License-Identifier: Apache-2.0 */
/* What message*.c call of each other. Nobody else includes this header. */
#pragma once
#include <sofia-sip/msg_types.h>
#include <sofia-sip/sip.h>
#include <stdbool.h>

/* --- message_fault.c --- */
/* Makes a message with repeated headers printable, unless they are a fault. 0 or -ENOMEM. */
int message_settle_repeated(msg_t *msg);
/* Is there nothing in it that would make sofia-sip abort? */
bool message_is_printable(sip_t const *sip);

/* --- message_disguise.c --- */
/* Bytes that SIP allows and sofia-sip's parser does not: a NUL behind a backslash, and two of the
 * characters of a method's name (RFC 4475 3.1.1.2). They are disguised while it parses. It makes
 * its strings from a copy of the bytes, so those that an untouched header is printed from may get
 * their own look back behind it. The first changes the @p header bytes of a header part, the second
 * gives the parsed methods their own names back. A disguised NUL remains SOH in parsed strings. */
void message_disguise(char *text, size_t header);
void message_undisguise(sip_t *sip);
