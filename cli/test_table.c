/* SPDX-License-Identifier: Apache-2.0 */
/* Results of control commands, and how they look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "table.h"

struct vector {
    char const *json, *text;
};

/* clang-format off */
static struct vector const vectors[] = {
    /* A table: numbers to the right, texts to the left, no blanks at the end of a line. */
    { "{\"columns\": [\"line\", \"calls\", \"state\"],"
      " \"rows\": [[\"2001\", 1, \"connected\"], [\"390212345\", 20, \"idle\"]]}",
      "LINE       CALLS  STATE\n"
      "2001           1  connected\n"
      "390212345     20  idle\n" },
    /* One text makes the column a text column. */
    { "{\"columns\": [\"n\", \"x\"], \"rows\": [[1, \"a\"], [\"two\", \"b\"]]}",
      "N    X\n"
      "1    a\n"
      "two  b\n" },
    { "{\"columns\": [\"line\", \"calls\"], \"rows\": []}", "LINE  CALLS\n(none)\n" },
    /* A short row has empty places, a long one loses what no column names. */
    { "{\"columns\": [\"a\", \"b\"], \"rows\": [[\"x\"], [\"x\", \"y\", \"z\"]]}",
      "A  B\nx  -\nx  y\n" },
    /* Width counts characters. */
    { "{\"columns\": [\"name\", \"b\"], \"rows\": [[\"Ren\\u00e9\", true], [\"Ann\", false]]}",
      "NAME  B\nRen\u00e9  yes\nAnn   no\n" },
    /* Terminal control sequences stay text. */
    { "{\"columns\": [\"a\"], \"rows\": [[\"x\\u001b[2Jy\\u007f\\u009bz\\n\"]]}",
      "A\nx\\x1b[2Jy\\x7f\\x9bz\\x0a\n" },
    { "{\"state\": \"up\", \"uptime_s\": 12, \"listen\": [\"udp:1\", \"tcp:2\"], \"nothing\": []}",
      "state     up\nuptime_s  12\nlisten    udp:1, tcp:2\nnothing   -\n" },
    { "{\"a\": {\"b\": 1, \"c\": null}}", "a  b=1 c=-\n" },
    { "{}", "" },
    { "null", "" },
    { "\"done\"", "done\n" },
    { "[1, 2.5]", "1, 2.5\n" },
    { "[]", "-\n" },
};
/* clang-format on */

static void test_vectors(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        json_t *json = json_loads(vectors[i].json, JSON_DECODE_ANY, NULL);
        struct buf out;

        assert_non_null(json);
        buf_init(&out, 10000);
        table_print(json, &out);
        assert_string_equal(buf_text(&out), vectors[i].text);
        buf_fini(&out);
        json_decref(json);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
