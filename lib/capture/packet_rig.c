/* SPDX-License-Identifier: Apache-2.0 */
/* Builds captures, and reads them through a file. */
#include "packet_rig.h"
#include "capture_file.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned const ports[] = { 5060, 5070 };

void packet_rig_number(struct buf *out, uint64_t value, unsigned bytes, bool big)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)(value >> 8 * (big ? bytes - 1 - i : i));

        buf_add(out, &byte, 1);
    }
}

static void pad(struct buf *out, size_t len)
{
    buf_add(out, "\0\0\0", -len & 3);
}

void packet_rig_pcap(struct rig_file *file, unsigned link_type)
{
    buf_init(&file->bytes, 64 << 20);
    packet_rig_number(&file->bytes, file->nanos ? 0xa1b23c4d : 0xa1b2c3d4, 4, file->big);
    packet_rig_number(&file->bytes, 2, 2, file->big);
    packet_rig_number(&file->bytes, 4, 2, file->big);
    packet_rig_number(&file->bytes, 0, 8, file->big);
    packet_rig_number(&file->bytes, 262144, 4, file->big);
    packet_rig_number(&file->bytes, link_type, 4, file->big);
}

void packet_rig_pcap_packet(struct rig_file *file, uint64_t time_us, struct buf const *packet)
{
    uint64_t fraction = time_us % 1000000;

    packet_rig_number(&file->bytes, time_us / 1000000, 4, file->big);
    packet_rig_number(&file->bytes, file->nanos ? fraction * 1000 + 999 : fraction, 4, file->big);
    packet_rig_number(&file->bytes, packet->len, 4, file->big);
    packet_rig_number(&file->bytes, packet->len, 4, file->big);
    buf_add(&file->bytes, packet->data, packet->len);
}

void packet_rig_block(struct rig_file *file, uint32_t type, void const *body, size_t len)
{
    packet_rig_number(&file->bytes, type, 4, file->big);
    packet_rig_number(&file->bytes, 12 + len + (-len & 3), 4, file->big);
    buf_add(&file->bytes, body, len);
    pad(&file->bytes, len);
    packet_rig_number(&file->bytes, 12 + len + (-len & 3), 4, file->big);
}

void packet_rig_section(struct rig_file *file)
{
    struct buf body;

    buf_init(&body, 64);
    packet_rig_number(&body, 0x1a2b3c4d, 4, file->big);
    packet_rig_number(&body, 1, 2, file->big);
    packet_rig_number(&body, 0, 2, file->big);
    packet_rig_number(&body, UINT64_MAX, 8, file->big);
    packet_rig_block(file, 0x0a0d0d0a, body.data, body.len);
    buf_fini(&body);
}

void packet_rig_interface(struct rig_file *file, unsigned link_type, struct buf const *options)
{
    struct buf body;

    buf_init(&body, 4096);
    packet_rig_number(&body, link_type, 2, file->big);
    packet_rig_number(&body, 0, 6, file->big);
    if (options)
        buf_add(&body, options->data, options->len);
    packet_rig_block(file, 1, body.data, body.len);
    buf_fini(&body);
}

void packet_rig_packet(struct rig_file *file, uint32_t interface, uint64_t time,
                       struct buf const *packet, struct buf const *options)
{
    struct buf body;

    buf_init(&body, 1 << 20);
    packet_rig_number(&body, interface, 4, file->big);
    packet_rig_number(&body, time >> 32, 4, file->big);
    packet_rig_number(&body, time, 4, file->big);
    packet_rig_number(&body, packet->len, 4, file->big);
    packet_rig_number(&body, packet->len, 4, file->big);
    buf_add(&body, packet->data, packet->len);
    pad(&body, packet->len);
    if (options)
        buf_add(&body, options->data, options->len);
    packet_rig_block(file, 6, body.data, body.len);
    buf_fini(&body);
}

void packet_rig_option(struct buf *out, unsigned code, void const *value, size_t len, bool big)
{
    packet_rig_number(out, code, 2, big);
    packet_rig_number(out, len, 2, big);
    buf_add(out, value, len);
    pad(out, len);
}

void packet_rig_udp(struct buf *out, int side, char const *text, size_t len)
{
    packet_rig_number(out, ports[side], 2, true);
    packet_rig_number(out, ports[!side], 2, true);
    packet_rig_number(out, 8 + len, 2, true);
    packet_rig_number(out, 0, 2, true);
    buf_add(out, text, len);
}

void packet_rig_tcp(struct buf *out, int side, uint32_t seq, unsigned flags, char const *text,
                    size_t len)
{
    packet_rig_number(out, ports[side], 2, true);
    packet_rig_number(out, ports[!side], 2, true);
    packet_rig_number(out, seq, 4, true);
    packet_rig_number(out, 0, 4, true);
    packet_rig_number(out, 0x5000 | flags, 2, true);
    packet_rig_number(out, 0, 6, true);
    buf_add(out, text, len);
}

static void add_v4(struct buf *out, struct rig_ip const *ip, size_t len)
{
    packet_rig_number(out, 0x4500, 2, true);
    packet_rig_number(out, 20 + len, 2, true);
    packet_rig_number(out, ip->id, 2, true);
    packet_rig_number(out, (ip->more ? 0x2000 : 0) | ip->offset / 8, 2, true);
    packet_rig_number(out, 0x4000 | ip->protocol, 2, true);
    packet_rig_number(out, 0, 2, true);
    packet_rig_number(out, 0xc0000201 + (unsigned)ip->side, 4, true);
    packet_rig_number(out, 0xc0000201 + (unsigned)!ip->side, 4, true);
}

static void add_v6(struct buf *out, struct rig_ip const *ip, size_t len)
{
    bool is_fragment = ip->more || ip->offset;

    packet_rig_number(out, 0x60000000, 4, true);
    packet_rig_number(out, len + (is_fragment ? 8 : 0), 2, true);
    packet_rig_number(out, (is_fragment ? 44 : ip->protocol) << 8 | 64, 2, true);
    for (int i = 0; i < 2; i++) {
        packet_rig_number(out, 0x20010db800000000, 8, true);
        packet_rig_number(out, 1 + (uint64_t)(i ? !ip->side : ip->side), 8, true);
    }
    if (!is_fragment)
        return;
    packet_rig_number(out, ip->protocol << 8, 2, true);
    packet_rig_number(out, ip->offset | ip->more, 2, true);
    packet_rig_number(out, ip->id, 4, true);
}

void packet_rig_ip(struct buf *out, struct rig_ip const *ip, void const *payload, size_t len)
{
    if (ip->v6)
        add_v6(out, ip, len);
    else
        add_v4(out, ip, len);
    buf_add(out, payload, len);
}

void packet_rig_sip(struct buf *out, char const *text)
{
    struct rig_ip const ip = { .protocol = RIG_UDP };
    struct buf udp;

    buf_init(&udp, 65536);
    packet_rig_udp(&udp, 0, text, strlen(text));
    packet_rig_ip(out, &ip, udp.data, udp.len);
    buf_fini(&udp);
}

void packet_rig_read_part(struct rig_file const *file, size_t len,
                          struct capture_counts *ret_counts, char ret[static RIG_SUMMARY])
{
    int fd = memfd_create("capture", MFD_CLOEXEC), got;
    struct capture_source *source;
    struct capture_message message;
    struct text summary;

    if (fd < 0 || write(fd, buf_text(&file->bytes), len) != (ssize_t)len ||
        lseek(fd, 0, SEEK_SET) != 0 || capture_file_open_fd(fd, &source) < 0)
        abort();
    text_begin(&summary, ret, RIG_SUMMARY);
    while ((got = capture_source_next(source, &message)) > 0) {
        text_puts(&summary, "[");
        text_add(&summary, message.bytes, message.len);
        text_puts(&summary, message.cut ? "]~" : "]");
    }
    if (got < 0) {
        text_puts(&summary, "!");
        text_puts(&summary, capture_file_error(source));
    }
    *ret_counts = *capture_file_counts(source);
    capture_source_free(&source);
}

void packet_rig_read(struct rig_file *file, struct capture_counts *ret_counts,
                     char ret[static RIG_SUMMARY])
{
    packet_rig_read_part(file, file->bytes.len, ret_counts, ret);
    buf_fini(&file->bytes);
}
