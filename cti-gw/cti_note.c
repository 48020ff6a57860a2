/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of the gateway: see cti_note.h. */
#include "cti_note.h"
#include "cti_conf.h"
#include "session.h"
#include "text.h"

enum { NOTE_BYTES = 768 };

void cti_note_session(struct session const *session, struct server_transaction *st,
                      char const *what)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    text_pair(&note, "session", session->id);
    text_pair(&note, " what", what);
    text_pair(&note, " user", session->user);
    text_pair(&note, " line", session->number);
    if (session->device)
        text_pair(&note, " device", session->device);
    text_pair(&note, " connection", session->gw->conf->connections.v[session->connection]);
    server_transaction_note(st, memory, text_len(&note));
}

void cti_note_refusal(struct server_transaction *st, char const *error, char const *why)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    text_begin(&note, memory, sizeof memory);
    text_pair(&note, "refused", error);
    text_pair(&note, " why", why);
    server_transaction_note(st, memory, text_len(&note));
}
