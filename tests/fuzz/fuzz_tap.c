/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a ring file of any content, read as the taps of two programs. The first byte says
 * whether the rest is the whole file, or what stands in the ring of a file whose header is right.
 * Whatever comes out is text that is there, and not more of it than the file has bytes. */
#include "capture_taps.h"
#include "tap_layout.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void put(int fd, void const *bytes, size_t len, off_t offset)
{
    require(pwrite(fd, bytes, len, offset) == (ssize_t)len);
}

/* The ring is full, or has some room, and starts somewhere. */
static void put_ring(int fd, uint8_t shape, uint8_t const *data, size_t size)
{
    struct tap_layout_header header = { .version = TAP_LAYOUT_VERSION,
                                        .data_offset = TAP_LAYOUT_DATA };
    size_t used = size / TAP_LAYOUT_ALIGN * TAP_LAYOUT_ALIGN;

    memcpy(header.magic, TAP_LAYOUT_MAGIC, sizeof header.magic);
    header.data_bytes = used + (size_t)(shape >> 4) * TAP_LAYOUT_ALIGN;
    header.first = (uint64_t)(shape >> 1 & 7) * TAP_LAYOUT_ALIGN;
    header.next = header.first + used;
    memcpy(header.program, data, used < 4 ? used : 4);
    require(ftruncate(fd, (off_t)(TAP_LAYOUT_DATA + header.data_bytes)) == 0);
    put(fd, &header, sizeof header, 0);
    for (size_t i = 0; i < used; i += TAP_LAYOUT_ALIGN)
        put(fd, data + i, TAP_LAYOUT_ALIGN,
            (off_t)(TAP_LAYOUT_DATA + (header.first + i) % header.data_bytes));
}

static size_t weigh(struct capture_message const *message)
{
    unsigned sum = 0;
    char address[NET_ADDR_TEXT];

    for (size_t i = 0; i < message->len; i++)
        sum += (unsigned char)message->bytes[i];
    require(sum <= 255 * message->len);
    require(message->protocol < TAP_PROTOCOLS);
    net_addr_print(&message->source, address);
    net_addr_print(&message->destination, address);
    return message->len + strlen(message->transport) + strlen(message->interface) +
           strlen(message->subject) + strlen(message->id) + strlen(message->note);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    char path[64];
    char const *const paths[] = { path, path };
    struct capture_message message;
    size_t messages = 0;

    if (size < 1)
        return 0;
    int fd = memfd_create("ring", MFD_CLOEXEC);
    require(fd >= 0);
    if (data[0] & 1)
        put(fd, data + 1, size - 1, 0);
    else
        put_ring(fd, data[0], data + 1, size - 1);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct capture_source *source =
        capture_taps_open(&(struct capture_taps_options){ .programs = paths, .n = 2 });
    require(source != NULL);
    while (capture_source_next(source, &message) > 0) {
        require(weigh(&message) < 4 * size + 1000);
        require(++messages <= size);
    }
    capture_source_free(&source);
    close(fd);
    return 0;
}
