/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: see presence_note.h. */
#include "presence_note.h"
#include "text.h"
#include "transaction.h"

enum { NOTE_BYTES = 768 };

void presence_note(struct server_transaction *st, char const *what, char const *user,
                   char const *by, char const *rule)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    text_pair(&note, "what", what);
    text_puts(&note, " ");
    text_pair(&note, "user", user);
    text_puts(&note, " ");
    text_pair(&note, "by", by);
    if (rule) {
        text_puts(&note, " ");
        text_pair(&note, "rule", rule);
    }
    server_transaction_note(st, memory, text_len(&note));
}

void presence_note_refusal(struct server_transaction *st, char const *phrase, char const *why)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    text_pair(&note, "refused", phrase);
    text_puts(&note, " ");
    text_pair(&note, "why", why);
    server_transaction_note(st, memory, text_len(&note));
}
