/* SPDX-License-Identifier: Apache-2.0 */
/* SIP messages on sofia-sip's parser: parse, copy, edit, print, and the few look-ups that every
 * program needs. Untouched headers keep their bytes (MSG_DO_EXTRACT_COPY). A msg_t is reference
 * counted by sofia-sip (msg_ref_create, msg_destroy); *borrowed* means: keep it with a reference.
 */
#pragma once
#include <sofia-sip/msg_types.h>
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;

/** The class of every message that is parsed or made: the headers that somebody here reads are
 *  taken apart, all others are sip_unknown. A header that a program is to read gets its line in
 *  message_class.c. Safe from any thread. */
msg_mclass_t const *message_class(void);

/** Parses exactly one message of @p len bytes. Returns a message (caller owns) even if some headers
 *  are wrong (see message_fault), or NULL when it is not SIP at all or out of memory. */
msg_t *message_parse(void const *bytes, size_t len);

/** message_fault()'s text for a version other than SIP/2.0: answer 505 then, not 400. */
#define MESSAGE_FAULT_VERSION "SIP version"

/** That for one that is longer than may be: answer 413. */
#define MESSAGE_FAULT_SIZE "message too large"

/** Flags of a msg_t: message_parse() gave it a stand-in start line, so that it can be refused; it
 *  came on a stream without Content-Length; it has more header lines or list items than may be
 *  parsed and was cut; its body is longer than may be and was not read. Each makes message_fault()
 * say so. */
enum {
    MESSAGE_BAD_START_LINE = 1 << 8,
    MESSAGE_NO_LENGTH = 1 << 9,
    MESSAGE_TOO_MUCH = 1 << 10,
    MESSAGE_TOO_LARGE = 1 << 11,
};

/** NULL if @p msg is sound enough to act on; else the reason, a static text ("missing CSeq", "two
 *  Call-ID"...), for a 400 or for dropping a response. RFC 3261 §16.3 step 1, §20 table 2. */
char const *message_fault(msg_t *msg);

/** Prints the message as it goes on the wire, appended to @p out. Returns 0 or a negative errno:
 *  -EINVAL for one that message_fault() refuses because of repeated headers. */
int message_print(msg_t *msg, struct buf *out);

/** As message_print(), with @p lines (whole header lines, each with its CRLF) between the start
 * line and the headers, as if they stood on top; @p msg does not get them. */
int message_print_under(msg_t *msg, char const *lines, struct buf *out);

/** Deep copy that may be edited without touching the original; body and untouched headers are
 *  shared by reference. NULL when out of memory, or where message_print() would say -EINVAL. */
msg_t *message_copy(msg_t *msg);

/** New response to @p request: Via, From, To, Call-ID, CSeq, Record-Route (for 1xx/2xx that make a
 *  dialog) copied; @p to_tag added to To if it has none (may be NULL for 100). */
msg_t *message_response(msg_t *request, int status, char const *phrase, char const *to_tag);

/** Replaces or removes (NULL) the body; Content-Length follows. @p type e.g.
 * "application/csta+xml". */
int message_set_body(msg_t *msg, char const *type, void const *bytes, size_t len);

/** Appends a header written as text ("Supported: timer"), or puts it on top of its kind. Never with
 *  bytes from outside unless they were parsed: CR or LF inside is -EINVAL. */
int message_add(msg_t *msg, char const *header_line);
int message_add_first(msg_t *msg, char const *header_line);

/** Makes @p text one that can stand in a quoted-string as it is: what would need an escape, and
 *  what is not ASCII, becomes '?'. */
void message_make_quotable(char *text);

/** Puts the header lines that message_print_under() would print on top of their kinds. Returns 0 or
 *  a negative errno. */
int message_add_lines(msg_t *msg, char const *lines);

/** Removes every header named @p name (any spelling of it). */
void message_remove(msg_t *msg, char const *name);

/** To be called after a parsed header was changed in place (Max-Forwards counted down, a Via
 *  parameter added): drops its bytes, and those of the headers that stood on the same line, so that
 *  message_print() prints them anew. */
void message_edited(msg_t *msg, void *header);

/** As message_edited() for a header whose one number was changed to @p number (Max-Forwards): new
 *  digits take the place of the old ones. */
void message_edited_number(msg_t *msg, void *header, uint32_t number);

/** First value of a header without a sofia-sip class, e.g. "Session-ID"; NULL if absent. Borrowed.
 */
char const *message_unknown(sip_t const *sip, char const *name);

/** Has it a Via line that did not parse? message_response() copies such lines as they are. */
bool message_has_bad_via(sip_t const *sip);

/** A branch made by RFC 3261 rules (magic cookie)? */
bool message_has_branch(sip_via_t const *via);

/** Writes to @p ret, as far as there is room, a header line Unsupported of the option tags that
 *  @p require names and @p served (up to NULL) does not. Returns whether there are any: RFC 3261
 *  8.2.2.3 wants 420 then. */
bool message_unsupported(sip_require_t const *require, char const *const *served, char *ret,
                         size_t size);

/** How the body is coded (Content-Encoding); NULL: not at all. Borrowed from @p sip. */
char const *message_coding(sip_t const *sip);

/** Content-Type without parameters in lower case, "" if there is no body. Borrowed from @p sip. */
char const *message_content_type(sip_t const *sip);
