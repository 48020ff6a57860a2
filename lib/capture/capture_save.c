/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and packets into files: see capture_save.h. */
#include "capture_save.h"
#include "buf.h"
#include "capture_look.h"
#include "packet_make.h"
#include "pcap_write.h"
#include "pcapng_write.h"
#include "upper_pdu.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { NAME_MAX_LEN = 160, INTERFACES_MAX = 256, CONNECTIONS_MAX = 16384 };
enum { RECORD_MAX = 1 << 20, COMMENT_MAX = 16384, ID_MAX = 256 };

struct interface {
    char name[NAME_MAX_LEN];
    unsigned link_type;
    uint64_t packets;
};

struct capture_save {
    enum capture_format format;
    unsigned link_type;
    struct packet_make *make;
    struct interface *interfaces;
    size_t n;
    struct buf record, comment;
};

struct capture_save *capture_save_new(enum capture_format format, unsigned link_type)
{
    struct capture_save *save = calloc(1, sizeof *save);

    if (!save)
        return NULL;
    save->format = format;
    save->link_type = link_type;
    buf_init(&save->record, RECORD_MAX);
    buf_init(&save->comment, COMMENT_MAX);
    save->make = packet_make_new(CONNECTIONS_MAX);
    save->interfaces = calloc(INTERFACES_MAX, sizeof *save->interfaces);
    if (!save->make || !save->interfaces)
        capture_save_free(&save);
    return save;
}

void capture_save_free(struct capture_save **psave)
{
    struct capture_save *save = *psave;

    *psave = NULL;
    if (!save)
        return;
    packet_make_free(&save->make);
    buf_fini(&save->record);
    buf_fini(&save->comment);
    free(save->interfaces);
    free(save);
}

void capture_save_begin(struct capture_save *save, char const *application, struct buf *out)
{
    struct utsname host;
    char os[sizeof host.sysname + sizeof host.release + 1];

    if (save->format == CAPTURE_PCAP) {
        pcap_write_header(out, save->link_type);
        return;
    }
    if (uname(&host) < 0)
        memset(&host, 0, sizeof host);
    snprintf(os, sizeof os, "%s %s", host.sysname, host.release);
    pcapng_write_section(out, host.machine, os, application);
}

/* The number of the interface, which is written if it is new. When there are too many, the last one
 * of its kind stands for all others: half of the places are for kinds that have not come yet.
 * Negative: not even that. */
static int find_interface(struct capture_save *save, char const *name, char const *description,
                          unsigned link_type, struct buf *out)
{
    int other = -ENOBUFS;

    for (size_t i = 0; i < save->n; i++) {
        if (save->interfaces[i].link_type != link_type)
            continue;
        if (strcmp(save->interfaces[i].name, name) == 0)
            return (int)i;
        other = (int)i;
    }
    if (save->n == INTERFACES_MAX || (save->n >= INTERFACES_MAX / 2 && other >= 0))
        return other;
    snprintf(save->interfaces[save->n].name, NAME_MAX_LEN, "%s", name);
    save->interfaces[save->n].link_type = link_type;
    pcapng_write_interface(out, name, description, link_type);
    return (int)save->n++;
}

static char const *protocol_name(enum tap_protocol protocol)
{
    return protocol == TAP_CSTA ? "CSTA" : protocol == TAP_XMPP ? "XMPP" : "SIP";
}

static int message_interface(struct capture_save *save, struct capture_message const *message,
                             unsigned link_type, struct buf *out)
{
    char const *program = *message->program ? message->program : "capture";
    char const *where = *message->interface ? message->interface : message->transport;
    char const *upper = link_type == PCAPNG_LINK_UPPER_PDU ? " upper" : "";
    char name[NAME_MAX_LEN], description[2 * NAME_MAX_LEN];

    snprintf(name, sizeof name, "%s %s %s%s", program, where, protocol_name(message->protocol),
             upper);
    snprintf(description, sizeof description, "%s of crosspoint-%s, %s %.*s",
             protocol_name(message->protocol), program,
             strcmp(message->transport, "tls") == 0 ? "decrypted, at" : "at", NAME_MAX_LEN, where);
    return find_interface(save, name, description, link_type, out);
}

static void add_comment(struct buf *out, char const *what, char const *value)
{
    if (*value)
        buf_printf(out, "%s%s%s", out->len ? "; " : "", what, value);
}

/* What was decided stands first: it is what people look for. A message of SIP says itself what it
 * belongs to. */
static char const *comment(struct capture_save *save, struct capture_message const *message)
{
    char call_id[ID_MAX];
    struct capture_look look;

    buf_reset(&save->comment);
    add_comment(&save->comment, "", message->note);
    add_comment(&save->comment, "peer ", message->subject);
    if (*message->id) {
        add_comment(&save->comment, "id ", message->id);
    } else {
        capture_look(message, &look);
        add_comment(&save->comment, "id ",
                    capture_look_print_span(look.call_id, call_id, sizeof call_id));
    }
    if (message->cut)
        add_comment(&save->comment, "", "cut");
    return buf_text(&save->comment);
}

static enum pcapng_direction direction(struct capture_message const *message)
{
    if (!*message->program)
        return PCAPNG_UNKNOWN;
    return message->sent ? PCAPNG_OUTBOUND : PCAPNG_INBOUND;
}

static int write_record(struct capture_save *save, struct capture_message const *message,
                        unsigned link_type, bool is_first, struct buf *out)
{
    struct pcapng_packet packet = {
        .time_us = message->time_us,
        .direction = direction(message),
        .comment = is_first ? comment(save, message) : NULL,
        .bytes = save->record.data,
        .len = save->record.len,
    };

    if (save->format == CAPTURE_PCAP) {
        pcap_write_packet(out, message->time_us, packet.bytes, packet.len, packet.len);
        return 0;
    }
    int interface = message_interface(save, message, link_type, out);
    if (interface < 0)
        return interface;
    packet.interface = (uint32_t)interface;
    save->interfaces[interface].packets++;
    pcapng_write_packet(out, &packet);
    return 0;
}

static int write_packets(struct capture_save *save, struct capture_message const *message,
                         struct buf *out)
{
    bool is_first = true;
    int error = packet_make_begin(save->make, message);

    if (error < 0)
        return error;
    for (; error == 0 && packet_make_next(save->make, &save->record); is_first = false)
        error = buf_ok(&save->record)
                    ? write_record(save, message, PCAPNG_LINK_RAW_IP, is_first, out)
                    : -ENOMEM;
    return error;
}

static int write_upper(struct capture_save *save, struct capture_message const *message,
                       struct buf *out)
{
    buf_reset(&save->record);
    upper_pdu_write(&save->record, message);
    if (!buf_ok(&save->record) || save->record.len > PCAPNG_SNAP_LENGTH)
        return -EMSGSIZE;
    return write_record(save, message, PCAPNG_LINK_UPPER_PDU, true, out);
}

int capture_save_message(struct capture_save *save, struct capture_message const *message,
                         struct buf *out)
{
    bool can_packet = packet_make_can(message) && message->len;
    bool is_clear = message->protocol == TAP_SIP && strcmp(message->transport, "tls") != 0;
    int error;

    if (save->format == CAPTURE_PCAP && !can_packet)
        return -EAFNOSUPPORT;
    if (can_packet && (is_clear || save->format == CAPTURE_PCAP))
        error = write_packets(save, message, out);
    else
        error = write_upper(save, message, out);
    return error < 0 ? error : buf_ok(out) ? 0 : -ENOMEM;
}

int capture_save_packet(struct capture_save *save, struct capture_packet const *packet,
                        struct buf *out)
{
    struct pcapng_packet block = {
        .time_us = packet->time_us,
        .bytes = packet->bytes,
        .len = packet->len,
        .wire_len = packet->wire_len,
    };

    if (save->format == CAPTURE_PCAP) {
        if (packet->link_type != save->link_type)
            return -EAFNOSUPPORT;
        pcap_write_packet(out, packet->time_us, packet->bytes, packet->len, packet->wire_len);
    } else {
        int interface =
            find_interface(save, packet->interface, packet->description, packet->link_type, out);
        if (interface < 0)
            return interface;
        block.interface = (uint32_t)interface;
        save->interfaces[interface].packets++;
        pcapng_write_packet(out, &block);
    }
    return buf_ok(out) ? 0 : -ENOMEM;
}

bool capture_save_takes_secrets(struct capture_save const *save)
{
    return save->format == CAPTURE_PCAPNG;
}

void capture_save_secrets(struct capture_save *save, void const *key_log, size_t len,
                          struct buf *out)
{
    if (capture_save_takes_secrets(save) && len)
        pcapng_write_secrets(out, key_log, len);
}

void capture_save_end(struct capture_save *save, uint64_t start_us, uint64_t end_us,
                      uint64_t dropped, struct buf *out)
{
    for (size_t i = 0; save->format == CAPTURE_PCAPNG && i < save->n; i++) {
        struct pcapng_statistics statistics = {
            .interface = (uint32_t)i,
            .start_us = start_us,
            .end_us = end_us,
            .received = save->interfaces[i].packets,
            /* Which interface they came from nobody knows: they are told once. */
            .dropped = i == 0 ? dropped : 0,
        };
        pcapng_write_statistics(out, &statistics);
    }
}
