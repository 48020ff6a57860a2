/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox on real loopback sockets: every size, in order, with its source. */
#include "transport_inbox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { LARGEST = 65507 };

static int make_socket(struct net_addr *ret_addr)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t len = sizeof *ret_addr;

    net_addr_parse(ret_addr, "127.0.0.1", 0);
    assert_int_equal(bind(fd, &ret_addr->sa, net_addr_len(ret_addr)), 0);
    assert_int_equal(getsockname(fd, &ret_addr->sa, &len), 0);
    return fd;
}

/* Every byte depends on its place and on the datagram. */
static void fill(char *bytes, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 31 + i / 256 + seed);
}

static void test_sizes(void **state)
{
    static size_t const lens[] = { 0,
                                   1,
                                   1200,
                                   TRANSPORT_INBOX_SMALL - 1,
                                   TRANSPORT_INBOX_SMALL,
                                   TRANSPORT_INBOX_SMALL + 1,
                                   5000,
                                   LARGEST };
    static char bytes[LARGEST];
    struct net_addr to, source;
    int receiver = make_socket(&to), sender = make_socket(&source);
    struct transport_inbox *box = transport_inbox_new(receiver, false);
    int const n = sizeof lens / sizeof *lens;

    (void)state;
    assert_int_equal(transport_inbox_read(box), 0);
    for (unsigned round = 0; round < 3; round++) {
        for (int i = 0; i < n; i++) {
            fill(bytes, lens[i], (unsigned)i + round);
            assert_int_equal(sendto(sender, bytes, lens[i], 0, &to.sa, net_addr_len(&to)), lens[i]);
        }
        assert_int_equal(transport_inbox_read(box), n);
        for (int i = 0; i < n; i++) {
            size_t len;
            struct net_addr from;
            char const *got = transport_inbox_bytes(box, i, &len);
            fill(bytes, lens[i], (unsigned)i + round);
            assert_int_equal(len, lens[i]);
            assert_int_equal(memcmp(got, bytes, len), 0);
            assert_int_equal(net_addr_from(&from, transport_inbox_header(box, i)->msg_name), 0);
            assert_true(net_addr_equal(&from, &source));
        }
    }
    transport_inbox_free(&box);
    assert_null(box);
    transport_inbox_free(&box);
    close(receiver);
    close(sender);
}

static void test_batches(void **state)
{
    struct net_addr to, source;
    int receiver = make_socket(&to), sender = make_socket(&source);
    struct transport_inbox *box = transport_inbox_new(receiver, false);

    (void)state;
    for (unsigned char i = 0; i < TRANSPORT_INBOX_BATCH + 3; i++)
        assert_int_equal(sendto(sender, &i, 1, 0, &to.sa, net_addr_len(&to)), 1);
    assert_int_equal(transport_inbox_read(box), TRANSPORT_INBOX_BATCH);
    assert_int_equal(transport_inbox_read(box), 3);
    for (int i = 0; i < 3; i++) {
        size_t len;
        assert_int_equal(*transport_inbox_bytes(box, i, &len), TRANSPORT_INBOX_BATCH + i);
    }
    assert_int_equal(transport_inbox_read(box), 0);
    transport_inbox_free(&box);
    close(receiver);
    close(sender);
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_batches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
