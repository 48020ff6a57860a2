/* SPDX-License-Identifier: Apache-2.0 */
/* Records of taps, and how two of them become one message. */
#include "capture_tapped.h"
#include "capture_look.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many records with the same bytes are looked at for the one that is meant. */
enum { CANDIDATES = 64 };

/* Parts of the text beside capture_message.id. */
enum { NOTES_BYTES = 2 * CAPTURE_TAPPED_NOTES + 8, OPENED_BYTES = CAPTURE_TAPPED_PROGRAM + 8 };
_Static_assert(TAP_ID + 1 + NOTES_BYTES + OPENED_BYTES <= CAPTURE_TAPPED_TEXT, "text");

/* --- life --- */

static char const *keep(char **at, char const *bytes, size_t len)
{
    char *kept = *at;

    memcpy(kept, bytes, len);
    kept[len] = '\0';
    *at += len + 1;
    return kept;
}

struct capture_tapped *capture_tapped_new(struct tap_record const *record, char const *program,
                                          unsigned file)
{
    size_t listener = strlen(record->listener), subject = strlen(record->subject);
    size_t id = strlen(record->id);
    size_t bytes =
        sizeof(struct capture_tapped) + listener + subject + id + record->len + 4 /* NULs */;
    struct capture_tapped *tapped = malloc(bytes);

    if (!tapped)
        return NULL;
    char *at = tapped->memory;
    *tapped = (struct capture_tapped){ .file = file, .record = *record, .bytes = bytes };
    tapped->record.listener = keep(&at, record->listener, listener);
    tapped->record.subject = keep(&at, record->subject, subject);
    tapped->record.id = keep(&at, record->id, id);
    tapped->record.bytes = keep(&at, record->bytes, record->len);
    strncat(tapped->program, program, sizeof tapped->program - 1);
    return tapped;
}

void capture_tapped_free(struct capture_tapped **ptapped)
{
    struct capture_tapped *tapped = *ptapped;

    *ptapped = NULL;
    if (!tapped)
        return;
    capture_tapped_free(&tapped->receiver);
    free(tapped->note);
    free(tapped);
}

void capture_tapped_note(struct capture_tapped *tapped, char const *note)
{
    size_t old = tapped->note ? strlen(tapped->note) : 0, len = strlen(note);

    if (!len || old + len + 3 > CAPTURE_TAPPED_NOTES)
        return;
    char *both = realloc(tapped->note, old + len + 3);
    if (!both)
        return;
    tapped->note = both;
    (void)snprintf(both + old, len + 3, "%s%s", old ? "; " : "", note);
}

/* --- halves --- */

void capture_tapped_halves_init(struct capture_tapped_halves *halves)
{
    for (int i = 0; i < TAP_DIRECTIONS; i++)
        htab_init(&halves->of[i]);
}

void capture_tapped_halves_fini(struct capture_tapped_halves *halves)
{
    for (int i = 0; i < TAP_DIRECTIONS; i++)
        htab_fini(&halves->of[i]);
}

/* One end need not know its own address: of a connection that was not open yet, or of a socket that
 * is bound to all. */
static bool may_be(struct net_addr const *a, struct net_addr const *b)
{
    if (a->sa.sa_family == AF_UNSPEC || b->sa.sa_family == AF_UNSPEC || net_addr_equal(a, b))
        return true;
    return net_addr_port(a) == net_addr_port(b) && (net_addr_is_any(a) || net_addr_is_any(b));
}

static bool is_same_message(struct capture_tapped const *one, struct capture_tapped const *other)
{
    struct tap_record const *a = &one->record, *b = &other->record;

    return one->file != other->file && a->protocol == b->protocol && a->len == b->len &&
           strcmp(a->transport, b->transport) == 0 && may_be(&a->local, &b->remote) &&
           may_be(&a->remote, &b->local) && memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct search {
    struct capture_tapped const *of;
    struct capture_tapped *best;
    uint64_t best_us; /* between the two */
    unsigned looked_at;
};

static bool consider(struct htab_entry const *entry, void const *key)
{
    struct search *search = (struct search *)key;
    struct capture_tapped *tapped =
        (struct capture_tapped *)((char *)entry - offsetof(struct capture_tapped, by_bytes));
    uint64_t a = tapped->record.wall_us, b = search->of->record.wall_us, us = a > b ? a - b : b - a;

    if ((!search->best || us < search->best_us) && is_same_message(tapped, search->of)) {
        search->best = tapped;
        search->best_us = us;
    }
    return ++search->looked_at >= CANDIDATES;
}

struct capture_tapped *capture_tapped_pair(struct capture_tapped_halves *halves,
                                           struct capture_tapped *tapped)
{
    struct tap_record const *record = &tapped->record;
    uint64_t hash = htab_hash(record->bytes, record->len, 0);
    struct search search = { .of = tapped };
    struct htab *others = &halves->of[record->direction == TAP_SENT ? TAP_RECEIVED : TAP_SENT];

    (void)htab_find(others, hash, consider, &search);
    if (!search.best) {
        (void)htab_insert(&halves->of[record->direction], &tapped->by_bytes, hash);
        return NULL;
    }
    htab_remove(others, &search.best->by_bytes);
    if (record->direction == TAP_SENT)
        tapped->receiver = search.best;
    else
        search.best->receiver = tapped;
    return search.best;
}

void capture_tapped_forget(struct capture_tapped_halves *halves, struct capture_tapped *tapped)
{
    htab_remove(&halves->of[tapped->record.direction], &tapped->by_bytes);
}

/* --- one message --- */

static char const *either(char const *first, struct capture_tapped const *other, char const *second)
{
    return *first || !other ? first : second;
}

static bool knows(struct net_addr const *addr)
{
    return addr->sa.sa_family != AF_UNSPEC && !net_addr_is_any(addr);
}

/* Of SIP the Call-ID, which it carries itself. */
static char const *read_id(struct capture_message const *message, char *text)
{
    struct capture_look look;

    capture_look(message, &look);
    return capture_look_print_span(look.call_id, text, TAP_ID + 1);
}

static char const *join_notes(char const *first, char const *second, char *text, size_t size)
{
    if (!first || !second)
        return first ? first : second ? second : "";
    (void)snprintf(text, size, "%s; %s", first, second);
    return text;
}

/* Of a connection that the program has opened itself. */
static char const *name_opened(struct capture_tapped const *tapped, char *text)
{
    (void)snprintf(text, OPENED_BYTES, "%s out", tapped->program);
    return text;
}

void capture_tapped_read(struct capture_tapped const *tapped, struct capture_message *ret,
                         char text[static CAPTURE_TAPPED_TEXT])
{
    struct tap_record const *record = &tapped->record;
    struct capture_tapped const *other = tapped->receiver;
    struct tap_record const *there = other ? &other->record : record;
    struct net_addr const *local = &record->local;

    if (other && !knows(local))
        local = &there->remote;
    *ret = (struct capture_message){
        .time_us = record->wall_us,
        .number = record->serial,
        .protocol = record->protocol,
        .transport = record->transport,
        .program = tapped->program,
        .sent = record->direction == TAP_SENT,
        .peer = other ? other->program : "",
        .cut = record->is_cut,
        .interface = either(record->listener, other, there->listener),
        .subject = either(record->subject, other, there->subject),
        .id = either(record->id, other, there->id),
        .bytes = record->bytes,
        .len = record->len,
    };
    ret->source = ret->sent ? *local : record->remote;
    ret->destination = ret->sent ? record->remote : *local;
    ret->note =
        join_notes(tapped->note, other ? other->note : NULL, text + TAP_ID + 1, NOTES_BYTES);
    if (!*ret->interface)
        ret->interface = name_opened(tapped, text + TAP_ID + 1 + NOTES_BYTES);
    if (!*ret->id && ret->protocol == TAP_SIP)
        ret->id = read_id(ret, text);
}
