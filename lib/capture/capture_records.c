/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a file has, and packets of the classic one. */
#include "capture_records.h"
#include "capture_bytes.h"
#include "capture_records_part.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_HEADER = 24, PACKET_HEADER = 16, LINK_TYPE_MASK = 0xffff };

static uint32_t const magic_us = 0xa1b2c3d4, magic_ns = 0xa1b23c4d, magic_patched = 0xa1b2cd34,
                      magic_pcapng = 0x0a0d0d0a;

int capture_records_fail(struct capture_records *records, char const *format, ...)
{
    va_list args;

    if (records->input.starved)
        return -EAGAIN;
    int len = snprintf(records->error, sizeof records->error,
                       "offset %llu: ", (unsigned long long)records->input.offset);

    if (records->input.error) {
        snprintf(records->error + len, sizeof records->error - (size_t)len, "cannot be read: %s",
                 strerrordesc_np(records->input.error));
        return -EIO;
    }
    va_start(args, format);
    vsnprintf(records->error + len, sizeof records->error - (size_t)len, format, args);
    va_end(args);
    return -EPROTO;
}

struct capture_interface *capture_records_add_interface(struct capture_records *records)
{
    if (records->n_interfaces == records->room) {
        size_t room = records->room ? records->room * 2 : 4;
        struct capture_interface *more = realloc(records->interfaces, room * sizeof *more);

        if (!more)
            return NULL;
        records->interfaces = more;
        records->room = room;
    }
    struct capture_interface *added = &records->interfaces[records->n_interfaces++];

    *added = (struct capture_interface){ .resolution = 6 };
    return added;
}

/* Snap lengths above CAPTURE_PACKET_MAX are promised by some writers, longer packets are rare: they
 * are passed over. A length that no writer promised is damage. */
static int pass_over(struct capture_records *records, uint32_t len)
{
    struct capture_interface const *interface = &records->interfaces[0];

    if (len > interface->snap_length || len > INT32_MAX)
        return capture_records_fail(records, "a packet cannot have %u bytes", len);
    records->counts->n[CAPTURE_TOO_LONG]++;
    if (!capture_input_skip_record(&records->input, PACKET_HEADER + (uint64_t)len))
        return capture_records_fail(records, "the file ends within a packet");
    return 0;
}

static void count_packet(struct capture_records *records)
{
    records->number++;
    records->counts->n[CAPTURE_PACKETS]++;
}

static int next_pcap(struct capture_records *records, struct capture_record *ret)
{
    struct capture_input *input = &records->input;
    size_t there;

    for (;;) {
        there = capture_input_fill(input, PACKET_HEADER);
        if (there == 0 && !input->error && !input->starved)
            return 0;
        if (there < PACKET_HEADER)
            return capture_records_fail(records, "the file ends within the header of a packet");
        char const *header = input->data + input->start;
        uint32_t len = capture_bytes_u32(header + 8, records->swapped);

        if (len <= CAPTURE_PACKET_MAX)
            break;
        count_packet(records);
        int failed = pass_over(records, len);
        if (failed)
            return failed;
    }
    char const *header = input->data + input->start;
    uint64_t seconds = capture_bytes_u32(header, records->swapped);
    uint64_t fraction = capture_bytes_u32(header + 4, records->swapped);
    uint32_t len = capture_bytes_u32(header + 8, records->swapped);
    uint32_t wire = capture_bytes_u32(header + 12, records->swapped);

    there = capture_input_fill(input, PACKET_HEADER + len);
    if (there < PACKET_HEADER + len)
        return capture_records_fail(records, "the file ends within a packet: %zu bytes of %u",
                                    there - PACKET_HEADER, len);
    count_packet(records);
    *ret = (struct capture_record){
        .number = records->number,
        .time_us = seconds * 1000000 + (records->nanoseconds ? fraction / 1000 : fraction),
        .link_type = records->interfaces[0].link_type,
        .interface = "",
        .comment = "",
        .bytes = input->data + input->start + PACKET_HEADER,
        .len = len,
        .wire_len = wire,
        .cut = wire > len,
    };
    capture_input_skip(input, PACKET_HEADER + len);
    return 1;
}

/* Not one of those we read, but one whose name helps. */
static int refuse(struct capture_records *records, char const *magic, size_t len)
{
    if (len == 0)
        return capture_records_fail(records, "the file is empty");
    if (len >= 2 && memcmp(magic, "\x1f\x8b", 2) == 0)
        return capture_records_fail(records, "the file is compressed with gzip");
    if (len >= 4 && memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0)
        return capture_records_fail(records, "the file is compressed with zstd");
    if (len >= 4 && memcmp(magic, "snoo", 4) == 0)
        return capture_records_fail(records, "a snoop file is neither pcap nor pcapng");
    return capture_records_fail(records, "the file is neither pcap nor pcapng");
}

static int begin_pcap(struct capture_records *records)
{
    struct capture_input *input = &records->input;
    struct capture_interface *interface;
    char const *header;

    if (capture_input_fill(input, FILE_HEADER) < FILE_HEADER)
        return capture_records_fail(records, "the file ends within its header");
    header = input->data + input->start;
    uint16_t major = capture_bytes_u16(header + 4, records->swapped);
    if (major != 2)
        return capture_records_fail(records, "pcap of version %u, not 2", major);
    interface = capture_records_add_interface(records);
    if (!interface)
        return -ENOMEM;
    interface->snap_length = capture_bytes_u32(header + 16, records->swapped);
    interface->link_type = capture_bytes_u32(header + 20, records->swapped) & LINK_TYPE_MASK;
    capture_input_skip(input, FILE_HEADER);
    records->next = next_pcap;
    return 0;
}

/* Looks at the first bytes. */
static int begin(struct capture_records *records)
{
    size_t there = capture_input_fill(&records->input, 4);
    char const *at = records->input.data + records->input.start;

    if (there < 4)
        return refuse(records, at, there);
    if (capture_bytes_u32(at, false) == magic_pcapng) {
        records->next = capture_records_next_block;
        return 0;
    }
    for (int swapped = 0; swapped < 2; swapped++) {
        uint32_t magic = capture_bytes_u32(at, swapped);

        records->swapped = swapped;
        records->nanoseconds = magic == magic_ns;
        if (magic == magic_us || magic == magic_ns)
            return begin_pcap(records);
        if (magic == magic_patched)
            return capture_records_fail(records, "pcap with patched headers is not known");
    }
    return refuse(records, at, there);
}

int capture_records_next(struct capture_records *records, struct capture_record *ret)
{
    int got = records->failed;

    if (!got && !records->next)
        got = begin(records);
    if (!got)
        got = records->next(records, ret);
    if (got < 0 && got != -EAGAIN)
        records->failed = got;
    return got;
}

char const *capture_records_error(struct capture_records const *records)
{
    return records->error;
}

struct capture_records *capture_records_new(int fd, struct capture_counts *counts)
{
    struct capture_records *records = calloc(1, sizeof *records);

    if (records && capture_input_init(&records->input, fd) == 0) {
        records->counts = counts;
        return records;
    }
    free(records);
    return NULL;
}

void capture_records_free(struct capture_records **precords)
{
    if (!*precords)
        return;
    capture_input_fini(&(*precords)->input);
    free((*precords)->interfaces);
    free(*precords);
    *precords = NULL;
}
