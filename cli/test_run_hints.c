/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners and hints out of `show config`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "run_hints.h"

static json_t *config(char const *rows)
{
    return json_pack("{s:[sss],s:o}", "columns", "key", "value", "from", "rows",
                     json_loads(rows, 0, NULL));
}

static void test_listeners(void **state)
{
    json_t *proxy = config("[[\"node.domain\", \"x\", \"file\"],"
                           " [\"proxy.listen\", \"udp:127.0.0.1:5060, tcp:[::1]:5060\", \"file\"],"
                           " [\"proxy.internal\", \"tcp:127.0.0.1:5049\", \"default\"]]");
    json_t *presence = config("[[\"presence.listen\", \"tcp:127.0.0.1:5080\", \"file\"]]");
    struct buf out;
    (void)state;

    buf_init(&out, 10000);
    run_hints_listeners(proxy, "proxy", &out);
    run_hints_listeners(proxy, "cti", &out);
    run_hints_listeners(NULL, "proxy", &out);
    run_hints_listeners(presence, "presence", &out);
    assert_string_equal(buf_text(&out), "  proxy     listen    udp:127.0.0.1:5060, tcp:[::1]:5060\n"
                                        "  proxy     internal  tcp:127.0.0.1:5049\n"
                                        "  presence  listen    tcp:127.0.0.1:5080\n");
    buf_fini(&out);
    json_decref(proxy);
    json_decref(presence);
}

struct next {
    char const *rows, *text;
};

/* clang-format off */
static struct next const nexts[] = {
    { "[[\"cti.users[0].mail\", \"alice@example.test\", \"file\"],"
      " [\"cti.users[0].lines\", \"2001, 2009\", \"file\"],"
      " [\"cti.users[1].lines\", \"2002\", \"file\"]]",
      "  x status\n"
      "  x rcc --user alice@example.test --line 'tel:2001;phone-context=dialstring' call 2002\n"
      "  x phone 2002 answer\n"
      "  x ladder\n" },
    { "[[\"cti.users[0].mail\", \"a@b\", \"file\"], [\"cti.users[0].lines\", \"7\", \"file\"]]",
      "  x status\n"
      "  x rcc --user a@b --line 'tel:7;phone-context=dialstring' monitor\n"
      "  x ladder\n" },
    { "[]", "  x status\n  x ladder\n" },
};
/* clang-format on */

static void test_next(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof nexts / sizeof nexts[0]; i++) {
        json_t *cti = config(nexts[i].rows);
        struct buf out;

        buf_init(&out, 10000);
        run_hints_next("x", cti, &out);
        assert_string_equal(buf_text(&out), nexts[i].text);
        buf_fini(&out);
        json_decref(cti);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_listeners),
        cmocka_unit_test(test_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
