/* SPDX-License-Identifier: Apache-2.0 */
/* What our writer makes of messages, our reader takes for the same messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "capture_file.h"
#include "capture_save.h"
#include "pcapng_write.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYE "BYE sip:a@b SIP/2.0\r\nContent-Length: 2\r\n\r\nxx"
#define CSTA(name)                                                                                 \
    "<" name " xmlns='http://www.ecma-international.org/standards/ecma-323/csta/ed3'/>"

struct row {
    enum tap_protocol protocol;
    char const *transport, *bytes;
};

static struct row const rows[] = {
    { TAP_SIP, "udp", BYE },           { TAP_SIP, "tcp", BYE },
    { TAP_SIP, "tcp", BYE },           { TAP_SIP, "tls", BYE },
    { TAP_CSTA, "tcp", CSTA("Hold") }, { TAP_CSTA, "tcp", CSTA("HeldEvent") },
    { TAP_CSTA, "tls", "<Hold/>" },    { TAP_XMPP, "tcp", "<message to='a@b'/>" },
    { TAP_XMPP, "tls", "<iq/>" },
};

/* Each protocol has ports of its own, as it has connections of its own. */
static struct capture_message message_of(struct row const *row, size_t number)
{
    struct capture_message message = { .time_us = 1700000000000000 + number,
                                       .protocol = row->protocol,
                                       .transport = row->transport,
                                       .program = "proxy",
                                       .peer = "",
                                       .interface = row->transport,
                                       .subject = "",
                                       .id = "",
                                       .note = "route=x",
                                       .bytes = row->bytes,
                                       .len = strlen(row->bytes) };

    bool is_tls = strcmp(row->transport, "tls") == 0;

    net_addr_parse(&message.source, "192.0.2.1",
                   (uint16_t)((is_tls ? 6060 : 5060) + row->protocol));
    net_addr_parse(&message.destination, "[2001:db8::1]", 5080);
    if (row->protocol != TAP_SIP)
        net_addr_parse(&message.destination, "192.0.2.2", 5080);
    else
        net_addr_parse(&message.source, "[2001:db8::2]", is_tls ? 6060 : 5060);
    return message;
}

static int write_rows(enum capture_format format)
{
    struct capture_save *save = capture_save_new(format, PCAPNG_LINK_RAW_IP);
    int fd = memfd_create("capture", MFD_CLOEXEC);
    struct buf out;

    assert_non_null(save);
    buf_init(&out, 1 << 20);
    capture_save_begin(save, "test", &out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct capture_message message = message_of(&rows[i], i);

        assert_int_equal(capture_save_message(save, &message, &out), 0);
    }
    capture_save_end(save, 0, 0, 0, &out);
    assert_int_equal(write(fd, out.data, out.len), out.len);
    lseek(fd, 0, SEEK_SET);
    buf_fini(&out);
    capture_save_free(&save);
    return fd;
}

static void assert_same(struct capture_message const *got, struct capture_message const *wanted,
                        enum capture_format format)
{
    assert_int_equal(got->protocol, wanted->protocol);
    assert_int_equal(got->time_us, wanted->time_us);
    assert_true(net_addr_equal(&got->source, &wanted->source));
    assert_true(net_addr_equal(&got->destination, &wanted->destination));
    assert_int_equal(got->len, wanted->len);
    assert_memory_equal(got->bytes, wanted->bytes, got->len);
    assert_false(got->cut);
    /* A pcap file shows what was encrypted as if it had not been. */
    if (format == CAPTURE_PCAPNG) {
        assert_string_equal(got->transport, wanted->transport);
        assert_string_equal(got->note, wanted->note);
    }
}

static void test_round(void **state)
{
    char complaint[1024];

    (void)state;
    for (int format = CAPTURE_PCAPNG; format <= CAPTURE_PCAP; format++) {
        struct capture_source *source;
        struct capture_message got;

        assert_int_equal(capture_file_open_fd(write_rows((enum capture_format)format), &source), 0);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct capture_message wanted = message_of(&rows[i], i);

            /* Without a namespace, bare CSTA cannot be told from anything else. */
            if (format == CAPTURE_PCAP && strcmp(rows[i].bytes, "<Hold/>") == 0)
                continue;
            assert_int_equal(capture_source_next(source, &got), 1);
            assert_same(&got, &wanted, (enum capture_format)format);
        }
        assert_int_equal(capture_source_next(source, &got), 0);
        capture_counts_print(capture_file_counts(source), complaint, sizeof complaint);
        if (format == CAPTURE_PCAPNG)
            assert_string_equal(complaint, "");
        capture_source_free(&source);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
