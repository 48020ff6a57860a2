/* SPDX-License-Identifier: Apache-2.0 */
/* Classic pcap: see pcap_write.h. */
#include "pcap_write.h"
#include "buf.h"
#include "byte_order.h"

enum { MAGIC_US = 0xa1b2c3d4, MAJOR = 2, MINOR = 4, SNAP_LENGTH = 262144, SECOND_US = 1000000 };

void pcap_write_header(struct buf *out, unsigned link_type)
{
    byte_order_little(out, MAGIC_US, 4);
    byte_order_little(out, MAJOR, 2);
    byte_order_little(out, MINOR, 2);
    byte_order_little(out, 0, 8); /* time zone and accuracy: always 0 */
    byte_order_little(out, SNAP_LENGTH, 4);
    byte_order_little(out, link_type, 4);
}

void pcap_write_packet(struct buf *out, uint64_t time_us, void const *bytes, size_t len,
                       size_t wire_len)
{
    size_t kept = len < SNAP_LENGTH ? len : SNAP_LENGTH;

    byte_order_little(out, time_us / SECOND_US, 4);
    byte_order_little(out, time_us % SECOND_US, 4);
    byte_order_little(out, kept, 4);
    byte_order_little(out, wire_len > len ? wire_len : len, 4);
    buf_add(out, bytes, kept);
}
