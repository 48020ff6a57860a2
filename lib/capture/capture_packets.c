/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a packet through the layers. */
#include "capture_packets.h"
#include "capture_bytes.h"
#include "capture_fragment.h"
#include "capture_hep.h"
#include "capture_link.h"
#include "capture_tcp.h"
#include "capture_upper.h"
#include <stdlib.h>

enum { UDP_HEADER = 8 };
static struct capture_tcp_limits const tcp_limits = { .max_connections = 16384,
                                                      .max_bytes = 64 << 20 };

struct capture_packets {
    struct capture_counts *counts;
    struct capture_record record;        /* the packet in work */
    struct capture_fragments *fragments; /* NULL until the first one */
    struct capture_tcp *tcp;
    bool has_message; /* of a packet that is one */
    bool has_stream;  /* the packet was of TCP, or the end came */
    struct capture_message message;
    struct capture_hep hep; /* of the message that was given last */
};

struct capture_packets *capture_packets_new(struct capture_counts *counts)
{
    struct capture_packets *packets = calloc(1, sizeof *packets);

    if (!packets)
        return NULL;
    packets->counts = counts;
    packets->tcp = capture_tcp_new(&tcp_limits, counts);
    if (!packets->tcp)
        capture_packets_free(&packets);
    return packets;
}

void capture_packets_free(struct capture_packets **ppackets)
{
    struct capture_packets *packets = *ppackets;

    if (!packets)
        return;
    capture_fragment_free(&packets->fragments);
    capture_tcp_free(&packets->tcp);
    free(packets);
    *ppackets = NULL;
}

static void count(struct capture_packets *packets, enum capture_count what)
{
    packets->counts->n[what]++;
}

/* What a message has from its packet. */
static void set_message(struct capture_packets *packets, struct capture_span bytes, bool cut)
{
    struct capture_record const *record = &packets->record;

    packets->message = (struct capture_message){
        .time_us = record->time_us,
        .number = record->number,
        .transport = "udp",
        .program = "",
        .peer = "",
        .cut = cut,
        .interface = record->interface ? record->interface : "",
        .subject = "",
        .id = "",
        .note = record->comment ? record->comment : "",
        .bytes = bytes.at,
        .len = bytes.len,
    };
}

/* CSTA or XMPP without a stream around it is told by its dissector's name, or by its root. */
static bool set_protocol(struct capture_message *message, enum capture_speech speech)
{
    switch (speech) {
    case CAPTURE_SPEECH_SIP:
        message->protocol = TAP_SIP;
        return true;
    case CAPTURE_SPEECH_CSTA:
    case CAPTURE_SPEECH_CSTA_BARE:
        message->protocol = TAP_CSTA;
        return true;
    case CAPTURE_SPEECH_XMPP:
        message->protocol = TAP_XMPP;
        return true;
    default:
        return false;
    }
}

/* The message in a HEP packet in place of that. */
static bool open_hep(struct capture_packets *packets)
{
    struct capture_message *message = &packets->message;
    struct capture_span packet = { message->bytes, message->len };
    struct capture_hep *hep = &packets->hep;
    enum capture_speech speech;

    if (!capture_hep_parse(packet, hep)) {
        count(packets, CAPTURE_HEP_BAD);
        return false;
    }
    speech = capture_frame_speech(hep->payload.at, hep->payload.len);
    if (speech == CAPTURE_SPEECH_OTHER && hep->payload.at[0] == '<')
        speech = CAPTURE_SPEECH_CSTA;
    message->bytes = hep->payload.at;
    message->len = hep->payload.len;
    message->transport = hep->protocol == CAPTURE_IP_TCP ? "tcp" : "udp";
    message->source = hep->source;
    message->destination = hep->destination;
    message->id = hep->id;
    if (hep->time_us)
        message->time_us = hep->time_us;
    return set_protocol(message, speech);
}

static void add_udp(struct capture_packets *packets, struct capture_ip const *ip)
{
    struct capture_span payload = ip->payload;
    enum capture_speech speech;
    bool cut = ip->cut;
    size_t said;

    if (payload.len < UDP_HEADER) {
        count(packets, CAPTURE_UDP_BAD);
        return;
    }
    said = capture_bytes_be16(payload.at + 4);
    if (said < UDP_HEADER || (said > payload.len && !cut)) {
        count(packets, CAPTURE_UDP_BAD);
        return;
    }
    if (said < payload.len)
        payload.len = said;
    payload = (struct capture_span){ payload.at + UDP_HEADER, payload.len - UDP_HEADER };
    speech = capture_frame_speech(payload.at, payload.len);
    if (speech != CAPTURE_SPEECH_SIP && speech != CAPTURE_SPEECH_HEP) {
        count(packets, CAPTURE_UDP_OTHER);
        return;
    }
    set_message(packets, payload, cut);
    packets->message.source = ip->source;
    packets->message.destination = ip->destination;
    net_addr_set_port(&packets->message.source, capture_bytes_be16(ip->payload.at));
    net_addr_set_port(&packets->message.destination, capture_bytes_be16(ip->payload.at + 2));
    packets->message.protocol = TAP_SIP;
    packets->has_message = speech == CAPTURE_SPEECH_SIP || open_hep(packets);
}

/* Most captures have no fragments and need no memory for them. */
static bool add_fragment(struct capture_packets *packets, struct capture_ip *ip)
{
    if (!packets->fragments)
        packets->fragments = capture_fragment_new(packets->counts);
    return packets->fragments &&
           capture_fragment_add(packets->fragments, packets->record.time_us, ip);
}

static void add_ip(struct capture_packets *packets, struct capture_span packet)
{
    struct capture_ip ip;

    if (!capture_ip_parse(packet, packets->record.cut, &ip)) {
        count(packets, CAPTURE_IP_BAD);
        return;
    }
    if (ip.is_fragment && !add_fragment(packets, &ip))
        return;
    if (ip.protocol == CAPTURE_IP_UDP) {
        add_udp(packets, &ip);
    } else if (ip.protocol == CAPTURE_IP_TCP) {
        capture_tcp_add(packets->tcp,
                        &(struct capture_stamp){ packets->record.time_us, packets->record.number },
                        &ip);
        packets->has_stream = true;
    } else {
        count(packets, CAPTURE_NOT_UDP_TCP);
    }
}

static void add_upper(struct capture_packets *packets, struct capture_span packet)
{
    struct capture_upper upper;
    struct capture_message *message = &packets->message;
    enum capture_speech speech;

    if (!capture_upper_parse(packet, &upper)) {
        count(packets, CAPTURE_UPPER_OTHER);
        return;
    }
    set_message(packets, upper.payload, packets->record.cut);
    speech = capture_header_is(upper.name, "sip")    ? CAPTURE_SPEECH_SIP
             : capture_header_is(upper.name, "xml")  ? CAPTURE_SPEECH_CSTA
             : capture_header_is(upper.name, "xmpp") ? CAPTURE_SPEECH_XMPP
                                                     : CAPTURE_SPEECH_OTHER;
    packets->has_message = set_protocol(message, speech) && message->len > 0;
    if (!packets->has_message)
        count(packets, CAPTURE_UPPER_OTHER);
    message->source = upper.source;
    message->destination = upper.destination;
    message->transport = packets->record.decrypted ? "tls" : upper.is_datagram ? "udp" : "tcp";
}

void capture_packets_add(struct capture_packets *packets, struct capture_record const *record)
{
    struct capture_span rest;

    packets->record = *record;
    packets->has_message = false;
    switch (capture_link_strip(record->link_type,
                               (struct capture_span){ record->bytes, record->len }, &rest)) {
    case CAPTURE_LINK_IP:
        add_ip(packets, rest);
        break;
    case CAPTURE_LINK_UPPER_PDU:
        add_upper(packets, rest);
        break;
    case CAPTURE_LINK_OTHER:
        count(packets, CAPTURE_NOT_IP);
        break;
    case CAPTURE_LINK_SHORT:
        count(packets, CAPTURE_LINK_BAD);
        break;
    case CAPTURE_LINK_STRANGE:
        count(packets, CAPTURE_LINK_UNKNOWN);
        break;
    }
}

void capture_packets_end(struct capture_packets *packets)
{
    if (packets->fragments)
        capture_fragment_end(packets->fragments);
    capture_tcp_end(packets->tcp);
    packets->record.comment = packets->record.interface = "";
    packets->has_stream = true;
}

/* The next message of the connections. */
static bool next_of_streams(struct capture_packets *packets)
{
    struct capture_tcp_message got;

    while (capture_tcp_next(packets->tcp, &got)) {
        set_message(packets, got.framed.message, got.framed.cut);
        packets->message.transport = "tcp";
        packets->message.time_us = got.stamp.time_us;
        /* The comment is another packet's. */
        if (got.stamp.number != packets->message.number)
            packets->message.note = "";
        packets->message.number = got.stamp.number;
        packets->message.source = got.source;
        packets->message.destination = got.destination;
        if (got.framed.speech == CAPTURE_SPEECH_HEP
                ? open_hep(packets)
                : set_protocol(&packets->message, got.framed.speech))
            return true;
    }
    return false;
}

bool capture_packets_next(struct capture_packets *packets, struct capture_message *ret)
{
    if (!packets->has_message && !(packets->has_stream && next_of_streams(packets))) {
        packets->has_stream = false;
        return false;
    }
    packets->has_message = false;
    *ret = packets->message;
    packets->counts->n[CAPTURE_MESSAGES]++;
    packets->counts->n[CAPTURE_MESSAGES_CUT] += ret->cut;
    return true;
}
