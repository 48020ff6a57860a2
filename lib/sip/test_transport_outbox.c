/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox against a double of sendmmsg(2) that takes as many datagrams as a script says. */
#include "transport_outbox.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_BYTES = 1000, WAITERS = 4 };

/* What the socket does, call by call: takes so many, or fails with -errno; after the last, all. */
struct script {
    int const *takes;
    char sent[8192];
};

static struct script script;

int sendmmsg(int fd, struct mmsghdr *headers, unsigned n, int flags)
{
    int takes = script.takes && *script.takes ? *script.takes++ : (int)n;

    assert_int_equal(fd, 7);
    assert_true(flags & MSG_DONTWAIT);
    assert_true(n > 0 && n <= TRANSPORT_OUTBOX_BATCH);
    if (takes < 0) {
        errno = -takes;
        return -1;
    }
    for (int i = 0; i < takes; i++) {
        struct msghdr const *header = &headers[i].msg_hdr;
        struct net_addr const *to = header->msg_name;
        size_t at = strlen(script.sent);
        snprintf(script.sent + at, sizeof script.sent - at, "%.*s@%u ",
                 (int)header->msg_iov[0].iov_len, (char const *)header->msg_iov[0].iov_base,
                 net_addr_port(to));
    }
    return takes;
}

struct box_rig {
    struct transport_outbox box;
    struct transport_waiters failed;
    struct transport_waiter waiters[WAITERS];
};

void transport_forget(struct transport_waiter *waiter)
{
    if (waiter->linked)
        LIST_REMOVE(waiter, link);
    waiter->linked = false;
}

static void rig_start(struct box_rig *rig, int const *takes)
{
    memset(rig, 0, sizeof *rig);
    script = (struct script){ .takes = takes };
    LIST_INIT(&rig->failed);
    assert_int_equal(transport_outbox_init(&rig->box, 7, MAX_BYTES), 0);
}

static int add(struct box_rig *rig, char const *text, struct transport_waiter *waiter)
{
    struct net_addr to;

    net_addr_parse(&to, "192.0.2.1", (uint16_t)(5000 + strlen(text)));
    return transport_outbox_add(&rig->box, &to, NULL, text, strlen(text), waiter);
}

static size_t failures(struct box_rig const *rig)
{
    struct transport_waiter const *waiter;
    size_t n = 0;

    LIST_FOREACH(waiter, &rig->failed, link)
    n++;
    return n;
}

static void test_order_and_batches(void **state)
{
    struct box_rig rig;
    char text[8], expected[8192] = "";

    (void)state;
    rig_start(&rig, NULL);
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), 0);
    for (int i = 0; i < 2 * TRANSPORT_OUTBOX_BATCH + 1; i++) {
        size_t at = strlen(expected);
        snprintf(text, sizeof text, "%03d", i);
        assert_int_equal(add(&rig, text, NULL), 0);
        snprintf(expected + at, sizeof expected - at, "%03d@5003 ", i);
    }
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), 0);
    assert_string_equal(script.sent, expected);
    assert_int_equal(transport_outbox_count(&rig.box), 0);
    transport_outbox_fini(&rig.box, &rig.failed);
}

/* The socket refuses the second of four: the others leave, in order, and only its waiter hears. */
static void test_one_fails_alone(void **state)
{
    static int const takes[] = { 1, -ENETUNREACH, 0 };
    struct box_rig rig;

    (void)state;
    rig_start(&rig, takes);
    assert_int_equal(add(&rig, "a", &rig.waiters[0]), 0);
    assert_int_equal(add(&rig, "bb", &rig.waiters[1]), 0);
    assert_int_equal(add(&rig, "ccc", NULL), 0);
    assert_int_equal(add(&rig, "dddd", &rig.waiters[2]), 0);
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), 0);
    assert_string_equal(script.sent, "a@5001 ccc@5003 dddd@5004 ");
    assert_int_equal(failures(&rig), 1);
    assert_ptr_equal(LIST_FIRST(&rig.failed), &rig.waiters[1]);
    assert_int_equal(rig.waiters[1].error, -ENETUNREACH);
    assert_true(rig.waiters[1].linked);
    assert_false(rig.waiters[0].linked);
    assert_false(rig.waiters[2].linked);
    transport_forget(&rig.waiters[1]);
    assert_int_equal(failures(&rig), 0);
    transport_outbox_fini(&rig.box, &rig.failed);
}

/* A full socket keeps the rest; what comes meanwhile goes behind it, also when the front is used
 * again. */
static void test_full_socket(void **state)
{
    static int const takes[] = { 1, -EAGAIN, -EAGAIN, 0 };
    struct box_rig rig;
    char big[MAX_BYTES - 5 + 1];

    (void)state;
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    rig_start(&rig, takes);
    assert_int_equal(add(&rig, big, NULL), 0);
    assert_int_equal(add(&rig, "bb", &rig.waiters[0]), 0);
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), -EAGAIN);
    assert_int_equal(transport_outbox_count(&rig.box), 1);
    assert_int_equal(add(&rig, "ccc", &rig.waiters[1]), 0);
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), -EAGAIN);
    assert_int_equal(add(&rig, "dddd", &rig.waiters[2]), 0);
    transport_forget(&rig.waiters[1]);
    script.sent[0] = '\0';
    assert_int_equal(transport_outbox_flush(&rig.box, &rig.failed), 0);
    assert_string_equal(script.sent, "bb@5002 ccc@5003 dddd@5004 ");
    assert_false(rig.waiters[0].linked);
    assert_int_equal(failures(&rig), 0);
    transport_outbox_fini(&rig.box, &rig.failed);
}

static void test_bounds(void **state)
{
    static int const takes[] = { -EAGAIN, 0 };
    struct box_rig rig;
    char big[MAX_BYTES + 2];

    (void)state;
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    rig_start(&rig, takes);
    assert_int_equal(add(&rig, big, &rig.waiters[0]), -ENOBUFS);
    assert_false(rig.waiters[0].linked);
    assert_int_equal(add(&rig, big + 1, NULL), 0);
    assert_int_equal(add(&rig, "y", NULL), -ENOBUFS);
    transport_outbox_fini(&rig.box, &rig.failed);

    rig_start(&rig, NULL);
    for (int i = 0; i < TRANSPORT_OUTBOX_DATAGRAMS; i++)
        assert_int_equal(add(&rig, "", NULL), 0);
    assert_int_equal(add(&rig, "", NULL), -ENOBUFS);
    transport_outbox_fini(&rig.box, &rig.failed);
}

static void test_end_tells(void **state)
{
    struct box_rig rig;

    (void)state;
    rig_start(&rig, NULL);
    assert_int_equal(add(&rig, "a", NULL), 0);
    assert_int_equal(add(&rig, "bb", &rig.waiters[0]), 0);
    transport_outbox_fini(&rig.box, &rig.failed);
    assert_int_equal(failures(&rig), 1);
    assert_int_equal(rig.waiters[0].error, -ECANCELED);
    transport_outbox_fini(&rig.box, &rig.failed); /* a second time */
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_order_and_batches), cmocka_unit_test(test_one_fails_alone),
        cmocka_unit_test(test_full_socket),       cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_end_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
