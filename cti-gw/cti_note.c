/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of the gateway: see cti_note.h. */
#include "cti_note.h"
#include "cti_conf.h"
#include "session.h"
#include "text.h"

enum { NOTE_BYTES = 768 };

static void add_pair(struct text *note, char const *key, char const *value)
{
    text_puts(note, key);
    text_puts(note, "=\"");
    text_puts(note, value);
    text_puts(note, "\"");
}

void cti_note_session(struct session const *session, struct server_transaction *st,
                      char const *what)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    add_pair(&note, "session", session->id);
    add_pair(&note, " what", what);
    add_pair(&note, " user", session->user);
    add_pair(&note, " line", session->number);
    if (session->device)
        add_pair(&note, " device", session->device);
    add_pair(&note, " connection", session->gw->conf->connections.v[session->connection]);
    server_transaction_note(st, memory, text_len(&note));
}

void cti_note_refusal(struct server_transaction *st, char const *error, char const *why)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    add_pair(&note, "refused", error);
    add_pair(&note, " why", why);
    server_transaction_note(st, memory, text_len(&note));
}
