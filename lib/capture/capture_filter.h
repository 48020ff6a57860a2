/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages are wanted: every condition that is given must hold. For messages of any source;
 * used by capture jobs, crosspoint ladder and crosspoint trace. Not thread-safe, pure. */
#pragma once
#include "capture_look.h"

enum { CAPTURE_FILTER_FAULT = 256 };

struct capture_filter;

/* NULL or "": any. Upper and lower case are one, but of call_id and text. */
struct capture_filter_options {
    char const *user;       /* of From or To: the part before @, or all of it */
    char const *call_id;    /* with all that belongs to it */
    char const *method;     /* of requests and their responses */
    char const *peer;       /* either end: "192.0.2.1", "192.0.2.0/24", "192.0.2.1:5060", "proxy" */
    char const *service;    /* CSTA service, with its response; event; stanza */
    char const *text;       /* bytes that the message holds */
    char const *expression; /* see capture_expression.h */
    char const *const *programs; /* that peer may name */
    size_t n_programs;
};

/** Copies what it needs. NULL with the reason for people in @p fault, which begins with the name of
 *  the option: "peer: ..."; the expression is called "filter". */
struct capture_filter *capture_filter_new(struct capture_filter_options const *options,
                                          char fault[static CAPTURE_FILTER_FAULT]);
void capture_filter_free(struct capture_filter **pfilter);

/** Whether it wants @p message. @p look is capture_look() of it, or NULL: then it looks itself. A
 *  @p filter that is NULL wants all. */
bool capture_filter_match(struct capture_filter const *filter,
                          struct capture_message const *message, struct capture_look const *look);
