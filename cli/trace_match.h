/* SPDX-License-Identifier: Apache-2.0 */
/* Which dialogs are wanted: those with a message that holds a text. What was found out is kept with
 * the dialog, so each message is looked at once for each wish. */
#pragma once
#include "trace_store.h"

enum { TRACE_MATCH_TEXT = 128 };

struct trace_match {
    char text[TRACE_MATCH_TEXT]; /* "": all */
    uint64_t wish;               /* counts how often it has changed */
};

void trace_match_set(struct trace_match *match, char const *text);
bool trace_match_dialog(struct trace_match const *match, struct trace_dialog *dialog);

/** Does it hold @p text, in its bytes, its name, its parties or what was decided? */
bool trace_match_message(struct trace_message const *message, char const *text);
