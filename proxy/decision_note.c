/* SPDX-License-Identifier: Apache-2.0 */
/* Notes for the tap: see decision_note.h. */
#include "decision_note.h"
#include "acl.h"
#include "route_decide.h"
#include "text.h"
#include "transaction.h"
#include "worker.h"
#include <sofia-sip/sip_header.h>

enum { NOTE_BYTES = 768 };

static void add_uri(struct text *note, url_t const *uri)
{
    text_puts(note, " next=\"");
    text_puts(note, uri->url_scheme ? uri->url_scheme : "sip");
    text_puts(note, ":");
    text_puts(note, uri->url_host ? uri->url_host : "?");
    if (uri->url_port) {
        text_puts(note, ":");
        text_puts(note, uri->url_port);
    }
    text_puts(note, "\"");
}

/* The first hop; those that follow are only counted. */
static void add_hops(struct text *note, struct route_decision const *decision, sip_t const *sip)
{
    struct route_hop const *hop = decision->hops;
    url_t const *uri = hop->uri;

    if (!uri)
        uri = sip->sip_route ? sip->sip_route->r_url : sip->sip_request->rq_url;
    if (hop->name) {
        text_puts(note, " ");
        text_pair(note, "to", hop->name);
    }
    add_uri(note, uri);
    if (decision->n_hops > 1) {
        text_puts(note, " more=");
        text_number(note, decision->n_hops - 1, 1);
    }
}

void decision_note(struct worker const *worker, struct server_transaction *st,
                   struct route_decision const *decision)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;
    struct text note;

    if (!server_transaction_origin(st)->tap_serial)
        return;
    text_begin(&note, memory, sizeof memory);
    text_pair(&note, "acl", worker->admitted_by);
    text_puts(&note, " ");
    text_pair(&note, "rule", decision->rule_name);
    text_puts(&note, " ");
    text_pair(&note, "why", decision->reason);
    if (decision->verdict == ROUTE_FORWARD)
        add_hops(&note, decision, sip_object(server_transaction_request(st)));
    server_transaction_note(st, memory, text_len(&note));
}

static size_t print_refusal(char memory[static NOTE_BYTES], struct refusal_row const *row)
{
    struct text note;

    text_begin(&note, memory, NOTE_BYTES);
    text_puts(&note, "refused=");
    text_number(&note, (uint64_t)row->status, 3);
    text_puts(&note, " ");
    text_pair(&note, "reason", row->reason);
    text_puts(&note, " ");
    text_pair(&note, "phrase", row->phrase);
    return text_len(&note);
}

void decision_note_refusal(struct server_transaction *st, struct refusal_row const *row)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;

    server_transaction_note(st, memory, print_refusal(memory, row));
}

void decision_note_stranger(struct worker const *worker, struct origin const *from)
{
    char memory[NOTE_BYTES] TEXT_UNINITIALIZED;

    transport_note(stack_transport(worker->stack), from, memory,
                   print_refusal(memory, refusal_row(REFUSAL_acl)));
}
