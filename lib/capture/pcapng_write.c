/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of pcapng: see pcapng_write.h. */
#include "pcapng_write.h"
#include "buf.h"
#include "byte_order.h"
#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10
};
enum { MAGIC = 0x1a2b3c4d, MAJOR = 1, MINOR = 0, SECRETS_TLS = 0x544c534b };
enum { OPTION_END = 0, OPTION_COMMENT = 1 };
enum { SECTION_HARDWARE = 2, SECTION_OS = 3, SECTION_APPLICATION = 4 };
enum { INTERFACE_NAME = 2, INTERFACE_DESCRIPTION = 3, INTERFACE_RESOLUTION = 9 };
enum { PACKET_FLAGS = 2 };
enum { STATISTICS_START = 2, STATISTICS_END = 3, STATISTICS_RECEIVED = 4, STATISTICS_DROPPED = 5 };
enum { OPTION_MAX = 65000, MICROSECONDS = 6 };

static void pad(struct buf *out, size_t len)
{
    static char const zeros[4];

    buf_add(out, zeros, -len & 3);
}

/* The length is set by block_end(). */
static size_t block_begin(struct buf *out, uint32_t type)
{
    size_t start = out->len;

    byte_order_little(out, type, 4);
    byte_order_little(out, 0, 4);
    return start;
}

static void block_end(struct buf *out, size_t start)
{
    byte_order_little(out, 0, 4);
    if (!buf_ok(out))
        return;
    uint32_t len = (uint32_t)(out->len - start);
    for (unsigned i = 0; i < 4; i++) {
        char byte = (char)(len >> 8 * i);
        out->data[start + 4 + i] = byte;
        out->data[out->len - 4 + i] = byte;
    }
}

static void option(struct buf *out, unsigned code, void const *value, size_t len)
{
    byte_order_little(out, code, 2);
    byte_order_little(out, len, 2);
    buf_add(out, value, len);
    pad(out, len);
}

/* Bytes of the UTF-8 character at @p p (terminated), 0 if there is none: no overlong form, no
 * surrogate (RFC 3629). */
static size_t utf8_length(unsigned char const *p)
{
    static struct {
        unsigned char first, last, low, high; /* of the first byte, and of the second */
        size_t len;
    } const forms[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (*p < forms[i].first || *p > forms[i].last)
            continue;
        if (p[1] < forms[i].low || p[1] > forms[i].high)
            return 0;
        for (size_t k = 2; k < forms[i].len; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].len;
    }
    return 0;
}

static void option_text(struct buf *out, unsigned code, char const *value)
{
    struct buf text;

    if (!value || !*value)
        return;
    buf_init(&text, OPTION_MAX);
    for (unsigned char const *p = (unsigned char const *)value; *p && text.len < OPTION_MAX - 8;) {
        size_t n = *p >= 0x80 ? utf8_length(p) : *p >= ' ' && *p != 0x7f;

        if (n)
            buf_add(&text, p, n);
        else
            buf_printf(&text, "\\x%02x", *p);
        p += n ? n : 1;
    }
    option(out, code, buf_text(&text), text.len);
    buf_fini(&text);
}

static void option_time(struct buf *out, unsigned code, uint64_t time_us)
{
    byte_order_little(out, code, 2);
    byte_order_little(out, 8, 2);
    byte_order_little(out, time_us >> 32, 4);
    byte_order_little(out, time_us, 4);
}

static void option_number(struct buf *out, unsigned code, uint64_t number)
{
    byte_order_little(out, code, 2);
    byte_order_little(out, 8, 2);
    byte_order_little(out, number, 8);
}

void pcapng_write_section(struct buf *out, char const *hardware, char const *os,
                          char const *application)
{
    size_t start = block_begin(out, BLOCK_SECTION);

    byte_order_little(out, MAGIC, 4);
    byte_order_little(out, MAJOR, 2);
    byte_order_little(out, MINOR, 2);
    byte_order_little(out, UINT64_MAX, 8); /* length of the section: not known */
    option_text(out, SECTION_HARDWARE, hardware);
    option_text(out, SECTION_OS, os);
    option_text(out, SECTION_APPLICATION, application);
    option(out, OPTION_END, NULL, 0);
    block_end(out, start);
}

void pcapng_write_interface(struct buf *out, char const *name, char const *description,
                            unsigned link_type)
{
    size_t start = block_begin(out, BLOCK_INTERFACE);
    char resolution = MICROSECONDS;

    byte_order_little(out, link_type, 2);
    byte_order_little(out, 0, 2);
    byte_order_little(out, PCAPNG_SNAP_LENGTH, 4);
    option_text(out, INTERFACE_NAME, name);
    option_text(out, INTERFACE_DESCRIPTION, description);
    option(out, INTERFACE_RESOLUTION, &resolution, 1);
    option(out, OPTION_END, NULL, 0);
    block_end(out, start);
}

void pcapng_write_packet(struct buf *out, struct pcapng_packet const *packet)
{
    size_t start = block_begin(out, BLOCK_PACKET);
    size_t len = packet->len < PCAPNG_SNAP_LENGTH ? packet->len : PCAPNG_SNAP_LENGTH;

    byte_order_little(out, packet->interface, 4);
    byte_order_little(out, packet->time_us >> 32, 4);
    byte_order_little(out, packet->time_us, 4);
    byte_order_little(out, len, 4);
    byte_order_little(out, packet->wire_len > packet->len ? packet->wire_len : packet->len, 4);
    buf_add(out, packet->bytes, len);
    pad(out, len);
    option_text(out, OPTION_COMMENT, packet->comment);
    if (packet->direction != PCAPNG_UNKNOWN) {
        byte_order_little(out, PACKET_FLAGS, 2);
        byte_order_little(out, 4, 2);
        byte_order_little(out, packet->direction, 4);
    }
    option(out, OPTION_END, NULL, 0);
    block_end(out, start);
}

void pcapng_write_secrets(struct buf *out, void const *key_log, size_t len)
{
    size_t start = block_begin(out, BLOCK_SECRETS);

    byte_order_little(out, SECRETS_TLS, 4);
    byte_order_little(out, len, 4);
    buf_add(out, key_log, len);
    pad(out, len);
    block_end(out, start);
}

void pcapng_write_statistics(struct buf *out, struct pcapng_statistics const *statistics)
{
    size_t start = block_begin(out, BLOCK_STATISTICS);

    byte_order_little(out, statistics->interface, 4);
    byte_order_little(out, statistics->end_us >> 32, 4);
    byte_order_little(out, statistics->end_us, 4);
    option_time(out, STATISTICS_START, statistics->start_us);
    option_time(out, STATISTICS_END, statistics->end_us);
    option_number(out, STATISTICS_RECEIVED, statistics->received);
    option_number(out, STATISTICS_DROPPED, statistics->dropped);
    option(out, OPTION_END, NULL, 0);
    block_end(out, start);
}
