/* SPDX-License-Identifier: Apache-2.0 */
/* Wishes about dialogs. */
#include "trace_match.h"
#include "trace_state.h"
#include "trace_text.h"
#include <string.h>

void trace_match_set(struct trace_match *match, char const *text)
{
    size_t len = strnlen(text, TRACE_MATCH_TEXT - 1);

    memcpy(match->text, text, len);
    match->text[len] = '\0';
    match->wish++;
}

static bool holds(char const *where, char const *text)
{
    return trace_text_holds(where, strlen(where), text);
}

bool trace_match_message(struct trace_message const *message, char const *text)
{
    struct capture_message const *m = &message->message;
    char label[CAPTURE_LABEL];
    struct capture_look look;

    if (trace_text_holds(m->bytes, m->len, text) || holds(m->note, text) || holds(m->id, text) ||
        holds(m->program, text) || holds(m->peer, text) || holds(m->subject, text))
        return true;
    capture_look(m, &look);
    return holds(capture_look_print(&look, label), text);
}

bool trace_match_dialog(struct trace_match const *match, struct trace_dialog *dialog)
{
    struct trace_message *message;

    if (!*match->text || holds(trace_state_str(dialog->state), match->text))
        return true;
    if (dialog->match_wish != match->wish) {
        dialog->match_wish = match->wish;
        dialog->match_seen = 0;
        dialog->match = false;
    }
    /* Newest first, down to what was looked at already. */
    TAILQ_FOREACH_REVERSE(message, &dialog->messages, trace_messages, in_dialog)
    {
        if (dialog->match || message->serial <= dialog->match_seen)
            break;
        dialog->match = trace_match_message(message, match->text);
    }
    if (!TAILQ_EMPTY(&dialog->messages))
        dialog->match_seen = TAILQ_LAST(&dialog->messages, trace_messages)->serial;
    return dialog->match;
}
