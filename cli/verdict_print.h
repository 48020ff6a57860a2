/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts as people read them, for commands that try something step by step (probe_print.c,
 * domain_print.c): each step with its time, under it what was seen, cause and remedy. What came
 * from others is escaped. All append to a buffer. */
#pragma once
#include <jansson.h>

struct buf;

/** Member @p name of @p object, "" if it has none. Borrowed. */
char const *verdict_print_text(json_t const *object, char const *name);

/** {step, verdict, ms}: its line. */
void verdict_print_step(json_t const *step, struct buf *out);

/** What stands below: a name in a column and its value; "": nothing. */
void verdict_print_fact(struct buf *out, char const *name, char const *value);

/** {detail, cause, remedy} of a step. */
void verdict_print_finding(json_t const *step, struct buf *out);

/** A step of questions to the DNS, with its finding. */
void verdict_print_dns(json_t const *dns, struct buf *out);

/** What a handshake showed: {shown, shown_more, trust_anchor, asks_for_certificate, accepts,
 *  our_certificate}. */
void verdict_print_certificates(json_t const *tls, struct buf *out);

/** The verdict on all, behind an empty line. */
void verdict_print_end(json_t const *answer, struct buf *out);
