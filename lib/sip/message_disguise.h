/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that SIP allows and sofia-sip's parser does not: a NUL behind a backslash, and two of the
 * characters of a method's name (RFC 4475 3.1.1.2). They are disguised while it parses. It makes
 * its strings from a copy of the bytes, so those that an untouched header is printed from may get
 * their own look back behind it. For message.c alone. */
#pragma once
#include <sofia-sip/sip.h>
#include <stddef.h>

/** Changes the @p header bytes of a header part. */
void message_disguise(char *text, size_t header);

/** Gives the parsed methods their own names back. A disguised NUL remains SOH in parsed strings. */
void message_undisguise(sip_t *sip);
