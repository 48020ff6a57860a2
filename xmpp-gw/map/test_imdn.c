/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications: every status there and back, and documents that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "imdn.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NS "urn:ietf:params:xml:ns:imdn"

/* RFC 5438 7.2.1.1 */
static char const sample[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<imdn xmlns=\"" NS "\">\n"
                             "  <message-id>34jk324j</message-id>\n"
                             "  <datetime>2008-04-04T12:16:49-05:00</datetime>\n"
                             "  <display-notification>\n"
                             "    <status>\n      <displayed/>\n    </status>\n"
                             "  </display-notification>\n</imdn>\n";

static void test_sample(void **state)
{
    struct imdn imdn;

    (void)state;
    assert_int_equal(imdn_read(sample, strlen(sample), &imdn), 0);
    assert_string_equal(imdn.message_id, "34jk324j");
    assert_int_equal(imdn.time_ms, INT64_C(1207329409000));
    assert_int_equal(imdn.status, IMDN_DISPLAYED);
    assert_string_equal(imdn.recipient, "");
}

static void test_every_status(void **state)
{
    (void)state;
    for (enum imdn_status status = 0; status < IMDN_STATUSES; status++) {
        struct imdn told = { .message_id = "a<b>&", .time_ms = 1500, .status = status }, read;
        struct buf out;
        snprintf(told.recipient, sizeof told.recipient, "sip:a@b;gr=c");
        buf_init(&out, 2000);
        assert_int_equal(imdn_write(&told, &out), 0);
        assert_int_equal(imdn_read(out.data, out.len, &read), 0);
        assert_string_equal(read.message_id, told.message_id);
        assert_string_equal(read.recipient, told.recipient);
        assert_int_equal(read.time_ms, 1500);
        assert_int_equal(read.status, status);
        buf_fini(&out);
    }
}

static void test_bad(void **state)
{
#define ID   "<message-id>x</message-id>"
#define TIME "<datetime>2008-04-04T12:16:49Z</datetime>"
#define DONE "<delivery-notification><status><delivered/></status></delivery-notification>"
    static struct {
        char const *xml;
        int error;
    } const rows[] = {
        { "<imdn xmlns='" NS "'>" ID TIME DONE "</imdn>", 0 },
        { "<imdn xmlns='" NS "'>" ID TIME DONE "<x xmlns='urn:x'>y</x></imdn>", 0 },
        { "<imdn xmlns='" NS "'>" ID TIME DONE, -EINVAL },
        { "<imdn xmlns='" NS "'>" ID DONE "</imdn>", -EINVAL },
        { "<imdn xmlns='" NS "'>" TIME DONE "</imdn>", -EINVAL },
        { "<imdn xmlns='" NS "'><message-id/>" TIME DONE "</imdn>", -EINVAL },
        { "<imdn xmlns='" NS "'>" ID "<datetime>today</datetime>" DONE "</imdn>", -EINVAL },
        { "<imdn xmlns='" NS "'>" ID TIME "</imdn>", -EINVAL },
        { "<imdn xmlns='" NS "'>" ID TIME
          "<display-notification><status><delivered/></status></display-notification></imdn>",
          -EINVAL },
        { "<imdn xmlns='" NS "'>" ID TIME
          "<delivery-notification><delivered/></delivery-notification></imdn>",
          -EINVAL },
        { "<imdn>" ID TIME DONE "</imdn>", -EINVAL },
        { "", -EINVAL },
    };
    char xml[2000];
    struct imdn imdn;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(imdn_read(rows[i].xml, strlen(rows[i].xml), &imdn), rows[i].error);
    for (int len = IMDN_ID_BYTES - 1; len <= IMDN_ID_BYTES; len++) {
        int n = snprintf(xml, sizeof xml,
                         "<imdn xmlns='" NS "'><message-id>%0*d</message-id>" TIME DONE "</imdn>",
                         len, 7);
        assert_int_equal(imdn_read(xml, (size_t)n, &imdn), len < IMDN_ID_BYTES ? 0 : -EINVAL);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_every_status),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
