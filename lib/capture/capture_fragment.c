/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces in memory of fixed places: few packets are in pieces, and fewer at the same time. */
#include "capture_fragment.h"
#include "capture_counts.h"
#include <stdlib.h>
#include <string.h>

enum { PIECES_MAX = 64, PACKET_MAX = 65535 };

struct piece {
    uint32_t from, to;
};

struct place {
    bool used;
    struct capture_ip like; /* of the first that came; payload unused */
    uint64_t begun_us;
    struct piece pieces[PIECES_MAX]; /* in order, no two touch */
    size_t n_pieces;
    uint32_t total; /* 0 until the last fragment came */
    bool cut;
    char *bytes;
    size_t size;
};

struct capture_fragments {
    struct capture_counts *counts;
    struct place *whole; /* given to the caller */
    struct place places[CAPTURE_FRAGMENTS_MAX];
};

static void clear(struct place *place)
{
    free(place->bytes);
    *place = (struct place){ 0 };
}

struct capture_fragments *capture_fragment_new(struct capture_counts *counts)
{
    struct capture_fragments *fragments = calloc(1, sizeof *fragments);

    if (fragments)
        fragments->counts = counts;
    return fragments;
}

void capture_fragment_free(struct capture_fragments **pfragments)
{
    if (!*pfragments)
        return;
    for (size_t i = 0; i < CAPTURE_FRAGMENTS_MAX; i++)
        clear(&(*pfragments)->places[i]);
    free(*pfragments);
    *pfragments = NULL;
}

static bool belongs(struct place const *place, struct capture_ip const *ip)
{
    return place->used && place->like.id == ip->id && place->like.protocol == ip->protocol &&
           net_addr_same_host(&place->like.source, &ip->source) &&
           net_addr_same_host(&place->like.destination, &ip->destination);
}

static void lose(struct capture_fragments *fragments, struct place *place, enum capture_count why)
{
    fragments->counts->n[why]++;
    clear(place);
}

/* The place of @p ip, an unused one, or that of the oldest. */
static struct place *find(struct capture_fragments *fragments, uint64_t time_us,
                          struct capture_ip const *ip)
{
    struct place *oldest = &fragments->places[0];

    for (size_t i = 0; i < CAPTURE_FRAGMENTS_MAX; i++) {
        struct place *place = &fragments->places[i];

        if (place->used && time_us > place->begun_us &&
            time_us - place->begun_us > CAPTURE_FRAGMENT_TIMEOUT_S * 1000000ull)
            lose(fragments, place, CAPTURE_FRAGMENT_LOST);
        if (belongs(place, ip))
            return place;
        if (oldest->used && (!place->used || place->begun_us < oldest->begun_us))
            oldest = place;
    }
    if (oldest->used)
        lose(fragments, oldest, CAPTURE_FRAGMENT_LOST);
    oldest->used = true;
    oldest->like = *ip;
    oldest->begun_us = time_us;
    return oldest;
}

static bool reserve(struct place *place, size_t size)
{
    char *bytes;

    if (size <= place->size)
        return true;
    bytes = realloc(place->bytes, size);
    if (!bytes)
        return false;
    place->bytes = bytes;
    place->size = size;
    return true;
}

/* Is what @p piece holds already the same? */
static bool agrees(struct place const *place, struct piece piece, uint32_t from, uint32_t to,
                   char const *bytes)
{
    uint32_t first = from > piece.from ? from : piece.from, last = to < piece.to ? to : piece.to;

    return first >= last || memcmp(place->bytes + first, bytes + (first - from), last - first) == 0;
}

/* Adds from..to to the list and joins what touches. False if there is no room. */
static bool add_piece(struct place *place, uint32_t from, uint32_t to)
{
    struct piece *pieces = place->pieces;
    size_t at = 0, end;

    while (at < place->n_pieces && pieces[at].to < from)
        at++;
    for (end = at; end < place->n_pieces && pieces[end].from <= to; end++) {
        from = pieces[end].from < from ? pieces[end].from : from;
        to = pieces[end].to > to ? pieces[end].to : to;
    }
    if (end == at && place->n_pieces == PIECES_MAX)
        return false;
    memmove(&pieces[at + 1], &pieces[end], (place->n_pieces - end) * sizeof *pieces);
    place->n_pieces = place->n_pieces - (end - at) + 1;
    pieces[at] = (struct piece){ from, to };
    return true;
}

/* False: this fragment contradicts the others. */
static bool put(struct place *place, struct capture_ip const *ip)
{
    uint32_t from = ip->offset, to = from + (uint32_t)ip->payload.len;

    if (to > PACKET_MAX || (place->total && (ip->more ? to > place->total : to != place->total)) ||
        (ip->more && !ip->cut && ip->payload.len % 8) || !reserve(place, to))
        return false;
    if (!ip->more && place->n_pieces && place->pieces[place->n_pieces - 1].to > to)
        return false;
    for (size_t i = 0; i < place->n_pieces; i++)
        if (!agrees(place, place->pieces[i], from, to, ip->payload.at))
            return false;
    if (ip->payload.len)
        memcpy(place->bytes + from, ip->payload.at, ip->payload.len);
    if (!ip->more)
        place->total = to;
    place->cut = place->cut || ip->cut;
    return add_piece(place, from, to);
}

bool capture_fragment_add(struct capture_fragments *fragments, uint64_t time_us,
                          struct capture_ip *ip)
{
    struct place *place;

    if (fragments->whole)
        clear(fragments->whole);
    fragments->whole = NULL;
    place = find(fragments, time_us, ip);
    if (!put(place, ip)) {
        lose(fragments, place, CAPTURE_FRAGMENT_BAD);
        return false;
    }
    if (!place->total || place->n_pieces != 1 || place->pieces[0].from != 0 ||
        place->pieces[0].to != place->total)
        return false;
    *ip = place->like;
    ip->payload = (struct capture_span){ place->bytes, place->total };
    ip->cut = place->cut;
    ip->is_fragment = false;
    /* What belongs to it and comes later begins another. */
    place->used = false;
    fragments->whole = place;
    return true;
}

void capture_fragment_end(struct capture_fragments *fragments)
{
    for (size_t i = 0; i < CAPTURE_FRAGMENTS_MAX; i++)
        if (fragments->places[i].used)
            lose(fragments, &fragments->places[i], CAPTURE_FRAGMENT_LOST);
}
