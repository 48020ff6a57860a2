/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what over a control socket. */
#include "ctl_peer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OWN = 500, OTHER = 501, ADMINS = 900, STRANGERS = 901 };

static struct vector {
    char const *title;
    struct ctl_peer peer;
    bool may_read, may_write;
} const vectors[] = {
    { "root", { .uid = 0, .gid = 0 }, true, true },
    { "own user", { .uid = OWN, .gid = STRANGERS }, true, true },
    { "group", { .uid = OTHER, .gid = ADMINS }, true, false },
    { "second group",
      { .uid = OTHER, .gid = STRANGERS, .groups = { 7, ADMINS }, .n_groups = 2 },
      true,
      false },
    { "group that is not counted",
      { .uid = OTHER, .gid = STRANGERS, .groups = { 7, ADMINS }, .n_groups = 1 },
      false,
      false },
    { "stranger", { .uid = OTHER, .gid = STRANGERS }, false, false },
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *v = &vectors[i];
        if (ctl_peer_may(&v->peer, CTL_READ, OWN, ADMINS) != v->may_read ||
            ctl_peer_may(&v->peer, CTL_WRITE, OWN, ADMINS) != v->may_write)
            fail_msg("%s", v->title);
    }
}

static void test_ask(void **state)
{
    struct ctl_peer peer;
    int fds[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(ctl_peer_ask(&peer, fds[0]), 0);
    assert_int_equal(peer.uid, geteuid());
    assert_int_equal(peer.gid, getegid());
    assert_int_equal(peer.pid, getpid());
    close(fds[0]);
    close(fds[1]);
    assert_true(ctl_peer_ask(&peer, fds[0]) < 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
