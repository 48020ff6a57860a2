/* SPDX-License-Identifier: Apache-2.0 */
/* The table of branches is sound; Max-Breadth is read and shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "branch.h"
#include "branch_message.h"
#include "fsm.h"
#include "message.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static void test_table(void **state)
{
    char fault[200];
    (void)state;
    if (fsm_lint(&branch_fsm, fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

static msg_t *request(char const *header)
{
    char text[600];
    (void)snprintf(text, sizeof text,
                   "MESSAGE sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\n"
                   "From: <sip:a@a.test>;tag=1\r\nTo: <sip:bob@b.test>\r\nCall-ID: 1\r\n"
                   "CSeq: 1 MESSAGE\r\n%sContent-Length: 0\r\n\r\n",
                   header);
    return message_parse(text, strlen(text));
}

static void test_max_breadth(void **state)
{
    static struct {
        char const *header;
        unsigned breadth;
    } const rows[] = {
        { "", 60 },
        { "Max-Breadth: 1\r\n", 1 },
        { "max-breadth:60\r\n", 60 },
        { "Max-Breadth: 0\r\n", 0 },
        { "Max-Breadth: 61\r\n", 60 },
        { "Max-Breadth: 99999999999999999999\r\n", 60 },
        { "Max-Breadth: -1\r\n", 60 },
        { "Max-Breadth: many\r\n", 60 },
        { "Max-Breadth: 7 of them\r\n", 60 },
        { "Max-Breadth:\r\n", 60 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_t *msg = request(rows[i].header);
        assert_non_null(msg);
        assert_int_equal(branch_message_take_breadth(msg, 60), rows[i].breadth);
        assert_null(message_unknown(sip_object(msg), "Max-Breadth"));
        msg_destroy(msg);
    }
}

static void test_share(void **state)
{
    (void)state;
    for (unsigned breadth = 1; breadth <= 60; breadth++) {
        for (unsigned n = 1; n <= breadth; n++) {
            unsigned left = breadth;
            for (unsigned waiting = n; waiting > 0; waiting--) {
                unsigned share = branch_message_share(left, waiting);
                assert_in_range(share, breadth / n, breadth / n + 1);
                left -= share;
            }
            assert_int_equal(left, 0); /* RFC 5393 §5.3.1: nothing is lost */
        }
    }
    assert_int_equal(branch_message_share(2, 5), 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_max_breadth),
        cmocka_unit_test(test_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
