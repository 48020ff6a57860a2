/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the ring file: written, checked and read. */
#include "tap_layout.h"
#include <string.h>

/* --- addresses --- */

static void write_addr(struct tap_layout_addr *at, struct net_addr const *addr)
{
    *at = (struct tap_layout_addr){ 0 };
    if (addr->sa.sa_family == AF_INET) {
        at->family = 4;
        at->port = ntohs(addr->in.sin_port);
        memcpy(at->address, &addr->in.sin_addr, 4);
    } else if (addr->sa.sa_family == AF_INET6) {
        at->family = 6;
        at->port = ntohs(addr->in6.sin6_port);
        at->scope = addr->in6.sin6_scope_id;
        memcpy(at->address, &addr->in6.sin6_addr, 16);
    }
}

static struct net_addr read_addr(struct tap_layout_addr const *at)
{
    struct net_addr addr = { .sa.sa_family = AF_UNSPEC };

    if (at->family == 4) {
        addr.in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(at->port) };
        memcpy(&addr.in.sin_addr, at->address, 4);
    } else if (at->family == 6) {
        addr.in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                          .sin6_port = htons(at->port),
                                          .sin6_scope_id = at->scope };
        memcpy(&addr.in6.sin6_addr, at->address, 16);
    }
    return addr;
}

/* --- writing --- */

static uint16_t length(char const *text, size_t max)
{
    return text ? (uint16_t)strnlen(text, max) : 0;
}

size_t tap_layout_measure(struct tap_record const *like, size_t len, struct tap_layout_message *ret)
{
    ret->listener = length(like->listener, TAP_LISTENER);
    ret->subject = length(like->subject, TAP_SUBJECT);
    ret->id = length(like->id, TAP_ID);
    ret->len = (uint32_t)len;
    return tap_layout_align(sizeof *ret + ret->listener + ret->subject + ret->id + len + 4);
}

static char *put(char *at, void const *bytes, size_t len)
{
    if (len)
        memcpy(at, bytes, len);
    at[len] = '\0';
    return at + len + 1;
}

void tap_layout_write(struct tap_layout_message *at, struct tap_layout_message const *measured,
                      struct tap_record const *like, void const *bytes)
{
    char *text = (char *)(at + 1);

    *at = *measured;
    at->record.direction = (uint8_t)like->direction;
    at->record.protocol = (uint8_t)like->protocol;
    memcpy(at->transport, like->transport, sizeof at->transport);
    at->is_cut = like->is_cut;
    write_addr(&at->local, &like->local);
    write_addr(&at->remote, &like->remote);
    text = put(text, like->listener, at->listener);
    text = put(text, like->subject, at->subject);
    text = put(text, like->id, at->id);
    put(text, bytes, at->len);
}

/* --- reading --- */

/* Is there a text of @p len bytes with its NUL in the first *@p room bytes at *@p at? Goes behind
 * it. */
static bool skip_text(char const **at, uint64_t *room, uint64_t len)
{
    if (len >= *room || (*at)[len])
        return false;
    *at += len + 1;
    *room -= len + 1;
    return true;
}

static bool check_message(struct tap_layout_message const *message)
{
    char const *text = (char const *)(message + 1);

    if (message->record.size < sizeof *message || message->record.direction >= TAP_DIRECTIONS ||
        message->record.protocol >= TAP_PROTOCOLS ||
        message->transport[sizeof message->transport - 1])
        return false;
    uint64_t room = message->record.size - sizeof *message;
    return skip_text(&text, &room, message->listener) &&
           skip_text(&text, &room, message->subject) && skip_text(&text, &room, message->id) &&
           skip_text(&text, &room, message->len);
}

static bool check_note(struct tap_layout_note const *note)
{
    char const *text = (char const *)(note + 1);
    uint64_t room = note->record.size;

    if (room < sizeof *note)
        return false;
    room -= sizeof *note;
    return skip_text(&text, &room, note->len);
}

bool tap_layout_check(struct tap_layout_record const *record, uint64_t limit)
{
    if (limit < TAP_LAYOUT_ALIGN || record->size < TAP_LAYOUT_ALIGN || record->size > limit ||
        record->size % TAP_LAYOUT_ALIGN)
        return false;
    if (record->kind == TAP_LAYOUT_FILLER)
        return true;
    if (record->kind == TAP_LAYOUT_MESSAGE)
        return check_message((struct tap_layout_message const *)record);
    return record->kind == TAP_LAYOUT_NOTE && check_note((struct tap_layout_note const *)record);
}

void tap_layout_read(struct tap_layout_message const *message, struct tap_record *ret)
{
    char const *text = (char const *)(message + 1);

    *ret = (struct tap_record){ .serial = message->record.serial,
                                .wall_us = message->record.time_us,
                                .direction = message->record.direction,
                                .protocol = message->record.protocol,
                                .local = read_addr(&message->local),
                                .remote = read_addr(&message->remote),
                                .is_cut = message->is_cut,
                                .len = message->len };
    memcpy(ret->transport, message->transport, sizeof ret->transport);
    ret->listener = text;
    ret->subject = ret->listener + message->listener + 1;
    ret->id = ret->subject + message->subject + 1;
    ret->bytes = ret->id + message->id + 1;
}

char const *tap_layout_text(struct tap_layout_note const *note)
{
    return (char const *)(note + 1);
}
