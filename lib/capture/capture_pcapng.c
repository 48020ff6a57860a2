/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of pcapng. Part of capture_records.h: exports capture_records_next_block() alone. */
#include "capture_bytes.h"
#include "capture_header.h"
#include "capture_records_part.h"
#include <errno.h>

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_PACKET = 6,
};
static uint32_t const block_section = 0x0a0d0d0a, byte_order = 0x1a2b3c4d;

/* A block is: type, length, body, length. A section needs 16 bytes more than that. */
enum { HEAD = 8, TAIL = 4, FRAME = HEAD + TAIL, SECTION_BODY = 16 };
enum { OPTION_COMMENT = 1, PACKET_FLAGS = 2 };
enum {
    INTERFACE_NAME = 2,
    INTERFACE_DESCRIPTION = 3,
    INTERFACE_RESOLUTION = 9,
    INTERFACE_OFFSET = 14
};

struct option {
    unsigned code;
    struct capture_span value;
};

static bool next_option(struct capture_span *rest, bool swapped, struct option *ret)
{
    size_t len;

    if (rest->len < 4)
        return false;
    ret->code = capture_bytes_u16(rest->at, swapped);
    len = capture_bytes_u16(rest->at + 2, swapped);
    if (ret->code == 0 || len > rest->len - 4)
        return false;
    ret->value = (struct capture_span){ rest->at + 4, len };
    len = 4 + ((len + 3) & ~(size_t)3);
    if (len > rest->len)
        len = rest->len;
    *rest = (struct capture_span){ rest->at + len, rest->len - len };
    return true;
}

/* Appends a text, which a NUL may end before its length does. */
static void join(char *text, size_t size, struct capture_span more)
{
    size_t at = strlen(text), len = strnlen(more.at, more.len);

    if (at && at + 2 < size) {
        memcpy(text + at, "; ", 3);
        at += 2;
    }
    if (len > size - 1 - at)
        len = size - 1 - at;
    memcpy(text + at, more.at, len);
    text[at + len] = '\0';
}

static int read_section(struct capture_records *records)
{
    struct capture_input *input = &records->input;
    char const *at;

    if (capture_input_fill(input, FRAME + SECTION_BODY) < FRAME + SECTION_BODY)
        return capture_records_fail(records, "the file ends within a section header");
    at = input->data + input->start;
    if (capture_bytes_u32(at + HEAD, false) == byte_order)
        records->swapped = false;
    else if (capture_bytes_u32(at + HEAD, true) == byte_order)
        records->swapped = true;
    else
        return capture_records_fail(records, "a section without a byte order");
    uint16_t major = capture_bytes_u16(at + HEAD + 4, records->swapped);
    if (major != 1)
        return capture_records_fail(records, "pcapng of version %u, not 1", major);
    records->n_interfaces = 0;
    return 0;
}

static int read_interface(struct capture_records *records, struct capture_span body)
{
    struct capture_interface *interface;
    struct capture_span options;
    struct option option;

    if (body.len < 8)
        return capture_records_fail(records, "an interface block of %zu bytes", body.len);
    if (records->n_interfaces == CAPTURE_INTERFACES_MAX)
        return capture_records_fail(records, "more than %d interfaces", CAPTURE_INTERFACES_MAX);
    interface = capture_records_add_interface(records);
    if (!interface)
        return -ENOMEM;
    interface->link_type = capture_bytes_u16(body.at, records->swapped);
    interface->snap_length = capture_bytes_u32(body.at + 4, records->swapped);
    options = (struct capture_span){ body.at + 8, body.len - 8 };
    while (next_option(&options, records->swapped, &option)) {
        if (option.code == INTERFACE_NAME && !*interface->name)
            join(interface->name, sizeof interface->name, option.value);
        else if (option.code == INTERFACE_DESCRIPTION)
            interface->decrypted = memmem(option.value.at, option.value.len, "decrypted", 9);
        else if (option.code == INTERFACE_RESOLUTION && option.value.len >= 1)
            interface->resolution = (uint8_t)option.value.at[0];
        else if (option.code == INTERFACE_OFFSET && option.value.len >= 8)
            interface->offset_s = (int64_t)capture_bytes_u64(option.value.at, records->swapped);
    }
    return 0;
}

/* In units of 10^-n or, with the high bit, 2^-n seconds. */
static uint64_t to_us(struct capture_interface const *interface, uint64_t time)
{
    unsigned n = interface->resolution & 0x7f;
    uint64_t offset_us = (uint64_t)interface->offset_s * 1000000;

    if (interface->resolution & 0x80)
        return (uint64_t)((unsigned __int128)time * 1000000 >> n) + offset_us;
    for (; n < 6; n++)
        time *= 10;
    for (; n > 6 && time; n--)
        time /= 10;
    return time + offset_us;
}

static void read_packet_options(struct capture_records *records, struct capture_span options,
                                struct capture_record *ret)
{
    struct option option;

    while (next_option(&options, records->swapped, &option)) {
        if (option.code == OPTION_COMMENT) {
            join(records->comment, sizeof records->comment, option.value);
            ret->comment = records->comment;
        } else if (option.code == PACKET_FLAGS && option.value.len >= 4) {
            unsigned way = capture_bytes_u32(option.value.at, records->swapped) & 3;
            ret->direction =
                way <= CAPTURE_OUTBOUND ? (enum capture_direction)way : CAPTURE_UNKNOWN_WAY;
        }
    }
}

/* The enhanced packet block and the older one differ in the first word alone: the interface, or
 * with its upper half a count of losses. */
static int read_packet(struct capture_records *records, struct capture_span body, bool is_old,
                       struct capture_record *ret)
{
    bool swapped = records->swapped;
    struct capture_interface const *interface;
    uint32_t index, len;
    size_t padded;

    if (body.len < 20)
        return capture_records_fail(records, "a packet block of %zu bytes", body.len);
    index = is_old ? capture_bytes_u16(body.at, swapped) : capture_bytes_u32(body.at, swapped);
    len = capture_bytes_u32(body.at + 12, swapped);
    if (index >= records->n_interfaces)
        return capture_records_fail(records, "a packet of interface %u, which is not there", index);
    if (len > body.len - 20)
        return capture_records_fail(records, "a packet of %u bytes in a block of %zu", len,
                                    body.len + FRAME);
    interface = &records->interfaces[index];
    records->last_us = to_us(interface, (uint64_t)capture_bytes_u32(body.at + 4, swapped) << 32 |
                                            capture_bytes_u32(body.at + 8, swapped));
    *ret = (struct capture_record){ .number = ++records->number,
                                    .time_us = records->last_us,
                                    .link_type = interface->link_type,
                                    .interface = interface->name,
                                    .comment = "",
                                    .bytes = body.at + 20,
                                    .len = len,
                                    .wire_len = capture_bytes_u32(body.at + 16, swapped),
                                    .cut = capture_bytes_u32(body.at + 16, swapped) > len,
                                    .decrypted = interface->decrypted };
    padded = 20 + (((size_t)len + 3) & ~(size_t)3);
    records->comment[0] = '\0';
    if (padded < body.len)
        read_packet_options(records, (struct capture_span){ body.at + padded, body.len - padded },
                            ret);
    return 1;
}

/* Without time or options; the length is what the snap length left of it. */
static int read_simple_packet(struct capture_records *records, struct capture_span body,
                              struct capture_record *ret)
{
    struct capture_interface const *interface = records->interfaces;
    uint32_t wire, len;

    if (body.len < 4)
        return capture_records_fail(records, "a packet block of %zu bytes", body.len);
    if (records->n_interfaces == 0)
        return capture_records_fail(records, "a packet of interface 0, which is not there");
    wire = len = capture_bytes_u32(body.at, records->swapped);
    if (interface->snap_length && len > interface->snap_length)
        len = interface->snap_length;
    if (len > body.len - 4)
        return capture_records_fail(records, "a packet of %u bytes in a block of %zu", len,
                                    body.len + FRAME);
    *ret = (struct capture_record){ .number = ++records->number,
                                    .time_us = records->last_us,
                                    .link_type = interface->link_type,
                                    .interface = interface->name,
                                    .comment = "",
                                    .bytes = body.at + 4,
                                    .len = len,
                                    .wire_len = wire,
                                    .cut = wire > len,
                                    .decrypted = interface->decrypted };
    return 1;
}

static int read_block(struct capture_records *records, uint32_t type, struct capture_span body,
                      struct capture_record *ret)
{
    switch (type) {
    case BLOCK_INTERFACE:
        return read_interface(records, body);
    case BLOCK_OLD_PACKET:
        return read_packet(records, body, true, ret);
    case BLOCK_SIMPLE_PACKET:
        return read_simple_packet(records, body, ret);
    case BLOCK_PACKET:
        return read_packet(records, body, false, ret);
    default:
        return 0;
    }
}

/* Only a packet is worth a word; a long block of names or secrets is nobody's loss. */
static int pass_over(struct capture_records *records, uint32_t type, uint32_t len)
{
    bool is_packet =
        type == BLOCK_PACKET || type == BLOCK_OLD_PACKET || type == BLOCK_SIMPLE_PACKET;

    if (type == BLOCK_INTERFACE)
        return capture_records_fail(records, "an interface block of %u bytes", len);
    if (is_packet) {
        records->number++;
        records->counts->n[CAPTURE_PACKETS]++;
        records->counts->n[CAPTURE_TOO_LONG]++;
    }
    if (!capture_input_skip_record(&records->input, len))
        return capture_records_fail(records, "the file ends within a block of %u bytes", len);
    return 0;
}

/* One block; 1 if it held a packet. */
static int next_block(struct capture_records *records, struct capture_record *ret)
{
    struct capture_input *input = &records->input;
    char const *at = input->data + input->start;
    uint32_t type = capture_bytes_u32(at, records->swapped), len;
    int got = 0;

    if (type == block_section) {
        got = read_section(records);
        if (got)
            return got;
        at = input->data + input->start;
    }
    len = capture_bytes_u32(at + 4, records->swapped);
    if (len < FRAME || len % 4 || (type == block_section && len < FRAME + SECTION_BODY))
        return capture_records_fail(records, "a block cannot have %u bytes", len);
    if (len > CAPTURE_INPUT_SIZE)
        return pass_over(records, type, len);
    if (capture_input_fill(input, len) < len)
        return capture_records_fail(records, "the file ends within a block of %u bytes", len);
    at = input->data + input->start;
    if (capture_bytes_u32(at + len - TAIL, records->swapped) != len)
        return capture_records_fail(records, "the two lengths of a block differ");
    got = read_block(records, type, (struct capture_span){ at + HEAD, len - FRAME }, ret);
    if (got < 0)
        return got;
    if (got > 0)
        records->counts->n[CAPTURE_PACKETS]++;
    capture_input_skip(input, len);
    if (got > 0 && ret->len > CAPTURE_PACKET_MAX) {
        records->counts->n[CAPTURE_TOO_LONG]++;
        return 0;
    }
    return got;
}

int capture_records_next_block(struct capture_records *records, struct capture_record *ret)
{
    int got = 0;

    while (got == 0) {
        size_t there = capture_input_fill(&records->input, HEAD);

        if (there == 0 && !records->input.error && !records->input.starved)
            return 0;
        if (there < HEAD)
            return capture_records_fail(records, "the file ends within the header of a block");
        got = next_block(records, ret);
    }
    return got;
}
