/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of hops are sets, in their order, and bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "route_hops.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static struct route_decision decision;
static su_home_t home[1];

/* A hop is "NEXT_HOP|REQUEST_URI|GROUP"; either URI may be empty. */
static void add(char const *text)
{
    char next[100], uri[100];
    size_t first = strcspn(text, "|"), second = strcspn(text + first + 1, "|");
    struct route_hop *hop = &decision.hops[decision.n_hops++];
    (void)snprintf(next, sizeof next, "%.*s", (int)first, text);
    (void)snprintf(uri, sizeof uri, "%.*s", (int)second, text + first + 1);
    *hop = (struct route_hop){ .name = text, .group = (unsigned)(text[first + second + 2] - '0') };
    hop->uri = *next ? url_make(home, next) : NULL;
    hop->request_uri = *uri ? url_make(home, uri) : NULL;
}

static void test_trim(void **state)
{
    static struct {
        char const *hops[6];
        unsigned max;
        bool cut;
        char const *left; /* as groups */
        unsigned first_group;
    } const rows[] = {
        { { "||0" }, 20, false, "0", 1 },
        { { "|sip:a@b|0", "|sip:c@b|0", "|sip:a@b|1" }, 20, false, "00", 2 },
        { { "|sip:a@b|0", "|sip:a@B|1", "|sip:d@b|2" }, 20, false, "02", 1 },
        { { "|sip:a@b|0", "|sip:a@b;transport=tcp|0" }, 20, false, "00", 2 },
        { { "sip:x|sip:a@b|0", "sip:y|sip:a@b|1" }, 20, false, "01", 1 },
        { { "sip:x|sip:a@b|0", "sip:x|sip:a@c|0" }, 20, false, "00", 2 },
        { { "sip:x||0", "sip:x||1", "sip:y||2", "sip:x||3" }, 20, false, "02", 1 },
        { { "sip:x||0", "sip:y||1", "sip:z||2" }, 2, true, "01", 1 },
        { { "sip:x||0", "sip:y||1", "sip:x||2" }, 2, false, "01", 1 },
        { { "sip:x||0", "sip:x||1", "sip:y||2" }, 1, true, "0", 1 },
    };
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        char left[8] = "";
        su_home_init(home);
        decision.n_hops = 0;
        for (size_t i = 0; i < 6 && rows[row].hops[i]; i++)
            add(rows[row].hops[i]);
        assert_int_equal(route_hops_trim(&decision, rows[row].max), rows[row].cut);
        for (unsigned i = 0; i < decision.n_hops; i++)
            left[i] = (char)('0' + decision.hops[i].group);
        assert_string_equal(left, rows[row].left);
        assert_int_equal(route_hops_first_group(&decision), rows[row].first_group);
        su_home_deinit(home);
    }
}

/* Two ways through different edges are two targets (RFC 3327). */
static void test_path_counts(void **state)
{
    (void)state;
    su_home_init(home);
    decision.n_hops = 0;
    add("|sip:a@b|0");
    add("|sip:a@b|0");
    decision.hops[1].route_set = sip_route_make(home, "<sip:edge;lr>");
    assert_false(route_hops_trim(&decision, 20));
    assert_int_equal(decision.n_hops, 2);
    su_home_deinit(home);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_path_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
