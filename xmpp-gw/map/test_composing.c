/* SPDX-License-Identifier: Apache-2.0 */
/* "is composing" documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "composing.h"
#include <errno.h>
#include <string.h>

#define OPEN  "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
#define CLOSE "</isComposing>"

static struct {
    char const *xml;
    int error;
    bool active;
    unsigned refresh_s, lifetime_s;
} const rows[] = {
    { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" OPEN
      "<state>active</state><contenttype>text/plain</contenttype><refresh>90</refresh>" CLOSE,
      0, true, 90, 90 },
    { OPEN "<state>active</state>" CLOSE, 0, true, 0, 120 },
    { OPEN "<state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive>" CLOSE, 0, false, 0,
      120 },
    { OPEN "<state>dozing</state>" CLOSE, 0, false, 0, 120 },
    { OPEN "<refresh>60</refresh><state>active</state>" CLOSE, 0, true, 60, 60 },
    { OPEN "<state>active</state><refresh>-1</refresh>" CLOSE, 0, true, 0, 120 },
    { OPEN "<state>active</state><refresh>3600</refresh>" CLOSE, 0, true, 3600, 3600 },
    { OPEN "<state>active</state><refresh>3601</refresh>" CLOSE, 0, true, 0, 120 },
    { OPEN "<state>active</state><refresh>9x</refresh>" CLOSE, 0, true, 0, 120 },
    { OPEN "<state>active</state><x xmlns='urn:x'><state>idle</state></x>" CLOSE, 0, true, 0, 120 },
    { OPEN "<state xmlns='urn:x'>active</state>" CLOSE, -EINVAL, false, 0, 120 },
    { OPEN CLOSE, -EINVAL, false, 0, 120 },
    { OPEN "<state>active</state>", -EINVAL, false, 0, 120 },
    { "<isComposing><state>active</state></isComposing>", -EINVAL, false, 0, 120 },
    { "", -EINVAL, false, 0, 120 },
    { "active", -EINVAL, false, 0, 120 },
};

static void test_read(void **state)
{
    struct composing composing;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(composing_read(rows[i].xml, strlen(rows[i].xml), &composing),
                         rows[i].error);
        assert_int_equal(composing.active, rows[i].active);
        assert_int_equal(composing.refresh_s, rows[i].refresh_s);
        assert_int_equal(composing_lifetime_s(&composing), rows[i].lifetime_s);
    }
}

static void test_write(void **state)
{
    struct composing const told[] = { { true, 60 }, { true, 0 }, { false, 60 } };
    struct composing read;
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        buf_init(&out, 1000);
        assert_int_equal(composing_write(&told[i], &out), 0);
        assert_int_equal(composing_read(out.data, out.len, &read), 0);
        assert_int_equal(read.active, told[i].active);
        assert_int_equal(read.refresh_s, told[i].active ? told[i].refresh_s : 0);
        buf_fini(&out);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
