/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a capture file of any content. Every message that comes out must be bytes that can
 * be read, with texts that are there, and must have a printable name; and there are not more of
 * them than the file has bytes. */
#include "capture_file.h"
#include "capture_look.h"
#include "capture_source.h"
#include <errno.h>
#include <stdbool.h>
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

static void check_printable(char const *text)
{
    for (; *text; text++)
        require(*text >= ' ' && *text <= '~');
}

static void check_message(struct capture_message const *message)
{
    char label[CAPTURE_LABEL], party[CAPTURE_PARTY], address[NET_ADDR_TEXT];
    struct capture_look look;
    unsigned sum = 0;

    require(message->len > 0 && message->number > 0);
    for (size_t i = 0; i < message->len; i++)
        sum += (unsigned char)message->bytes[i];
    require(sum != 0 || message->protocol != TAP_SIP);
    sum += (unsigned)(strlen(message->transport) + strlen(message->program) +
                      strlen(message->peer) + strlen(message->interface) +
                      strlen(message->subject) + strlen(message->id) + strlen(message->note));
    net_addr_print(&message->source, address);
    net_addr_print(&message->destination, address);
    capture_look(message, &look);
    check_printable(capture_look_print(&look, label));
    require(*label);
    check_printable(capture_look_print_party(capture_look_sender(&look), party));
    check_printable(capture_look_print_party(capture_look_receiver(&look), party));
}

static void check_counts(struct capture_source const *source, uint64_t messages)
{
    struct capture_counts const *counts = capture_file_counts(source);
    char text[2048];

    require(counts->n[CAPTURE_MESSAGES] == messages);
    require(counts->n[CAPTURE_MESSAGES_CUT] <= messages);
    check_printable(capture_counts_print(counts, text, sizeof text));
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    int fd = memfd_create("capture", MFD_CLOEXEC), got;
    struct capture_source *source;
    struct capture_message message;
    uint64_t messages = 0;

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    require(capture_file_open_fd(fd, &source) == 0);
    while ((got = capture_source_next(source, &message)) > 0) {
        check_message(&message);
        messages++;
        /* Each takes bytes of the file of its own. */
        require(messages <= size);
    }
    require(got == 0 || got == -EPROTO);
    require((got < 0) == (*capture_file_error(source) != '\0'));
    require(capture_source_next(source, &message) == got);
    check_counts(source, messages);
    capture_source_free(&source);
    return 0;
}
