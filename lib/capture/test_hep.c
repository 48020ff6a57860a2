/* SPDX-License-Identifier: Apache-2.0 */
/* HEP3 packets, byte by byte, and what becomes none. tshark decodes them in tests/interop/capture.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hep.h"
#include "hex_rig.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct capture_message example(enum tap_protocol protocol, char const *transport,
                                      char const *from, char const *to)
{
    struct capture_message m = { .time_us = UINT64_C(1700000000000007),
                                 .protocol = protocol,
                                 .transport = transport,
                                 .bytes = "abc",
                                 .len = 3 };

    net_addr_parse(&m.source, from, 0);
    net_addr_parse(&m.destination, to, 0);
    return m;
}

/* clang-format off */
static struct {
    enum tap_protocol protocol;
    char const *transport, *from, *to, *password, *correlation, *bytes;
} const rows[] = {
    { TAP_SIP, "udp", "192.0.2.1:5060", "192.0.2.2:5061", "key", "id@h",
      "48 45 50 33 00 79 00 00\n"
      "00 01 00 07 02 00 00 00\n"
      "02 00 07 11 00 00 00 03\n"
      "00 0a c0 00 02 01 00 00\n"
      "00 04 00 0a c0 00 02 02\n"
      "00 00 00 07 00 08 13 c4\n"
      "00 00 00 08 00 08 13 c5\n"
      "00 00 00 09 00 0a 65 53\n"
      "f1 00 00 00 00 0a 00 0a\n"
      "00 00 00 07 00 00 00 0b\n"
      "00 07 01 00 00 00 0c 00\n"
      "0a 00 00 07 d1 00 00 00\n"
      "0e 00 09 6b 65 79 00 00\n"
      "00 11 00 0a 69 64 40 68\n"
      "00 00 00 0f 00 09 61 62\n"
      "63\n" },
    { TAP_CSTA, "tls", "[2001:db8::1]:1", "[2001:db8::2]:2", "", "",
      "48 45 50 33 00 7e 00 00\n"
      "00 01 00 07 0a 00 00 00\n"
      "02 00 07 06 00 00 00 05\n"
      "00 16 20 01 0d b8 00 00\n"
      "00 00 00 00 00 00 00 00\n"
      "00 01 00 00 00 06 00 16\n"
      "20 01 0d b8 00 00 00 00\n"
      "00 00 00 00 00 00 00 02\n"
      "00 00 00 07 00 08 00 01\n"
      "00 00 00 08 00 08 00 02\n"
      "00 00 00 09 00 0a 65 53\n"
      "f1 00 00 00 00 0a 00 0a\n"
      "00 00 00 07 00 00 00 0b\n"
      "00 07 64 00 00 00 0c 00\n"
      "0a 00 00 07 d1 00 00 00\n"
      "0f 00 09 61 62 63\n" },
};
/* clang-format on */

static void test_packets(void **state)
{
    struct buf out, text;
    (void)state;

    buf_init(&out, 4096);
    buf_init(&text, 16384);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capture_message m =
            example(rows[i].protocol, rows[i].transport, rows[i].from, rows[i].to);

        buf_reset(&out);
        assert_int_equal(hep_write(&out, &m, 2001, rows[i].password, rows[i].correlation, HEP_MAX),
                         0);
        assert_string_equal(hex_rig_print(&out, &text), rows[i].bytes);
    }
    buf_fini(&text);
    buf_fini(&out);
}

static void test_packets_stand_behind_each_other(void **state)
{
    struct capture_message m = example(TAP_SIP, "tcp", "192.0.2.1:1", "192.0.2.2:2");
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX), 0);
    size_t len = out.len;
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX), 0);
    assert_int_equal(out.len, 2 * len);
    assert_memory_equal(out.data, out.data + len, len);
    assert_int_equal((unsigned char)out.data[len + 4] << 8 | (unsigned char)out.data[len + 5], len);
    buf_fini(&out);
}

static void test_what_becomes_none(void **state)
{
    struct capture_message m = example(TAP_SIP, "tcp", "192.0.2.1:1", "192.0.2.2:2");
    char *bytes = calloc(1, HEP_MAX + 1);
    struct buf out, small;
    (void)state;

    buf_init(&out, 1 << 20);
    buf_init(&small, 50);
    m.bytes = bytes;
    for (size_t len = 65150; len <= HEP_MAX + 1; len++) {
        m.len = len;
        buf_reset(&out);
        int error = hep_write(&out, &m, 1, "", "", HEP_MAX);
        /* 6 of the head; 7, 7, 10, 10, 8, 8, 10, 10, 7, 10 of the chunks, 6 before the bytes */
        assert_int_equal(error, len + 99 <= HEP_MAX ? 0 : -EMSGSIZE);
        assert_int_equal(out.len, error ? 0 : len + 99);
        if (error == 0)
            assert_int_equal((unsigned char)out.data[4] << 8 | (unsigned char)out.data[5], out.len);
    }
    m.len = 65500 - 99;
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX_UDP), 0);
    m.len = 65508 - 99;
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX_UDP), -EMSGSIZE);
    m.len = 10;
    assert_int_equal(hep_write(&small, &m, 1, "", "", HEP_MAX), -ENOMEM);
    memset(&m.source, 0, sizeof m.source);
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX), -EAFNOSUPPORT);
    net_addr_parse(&m.source, "::1", 1);
    assert_int_equal(hep_write(&out, &m, 1, "", "", HEP_MAX), -EAFNOSUPPORT);
    buf_fini(&small);
    buf_fini(&out);
    free(bytes);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_packets),
        cmocka_unit_test(test_packets_stand_behind_each_other),
        cmocka_unit_test(test_what_becomes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
