/* SPDX-License-Identifier: Apache-2.0 */
/* The multipart body of a list, to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "rlmi.h"
#include <errno.h>
#include <string.h>

#define B "abcdefghijklmnopqrstuvwx"
#define PART(n, type)                                                                              \
    "--" B "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" n "." B "@example.test>\r\n"   \
    "Content-Type: " type "\r\n\r\n"

static struct rlmi_resource const resources[] = {
    { .uri = "sip:bob@example.test",
      .name = "Bob <3",
      .instance = "juwigmtboe",
      .state = RLMI_ACTIVE,
      .content_type = "application/pidf+xml",
      .body = "<presence/>\0x",
      .body_len = 13 },
    { .uri = "sip:dave@example.test", .instance = "hqzsuxtfyq", .state = RLMI_PENDING },
    { .uri = "sip:jim@example.test",
      .instance = "oflzxqzuvg",
      .state = RLMI_TERMINATED,
      .reason = "rejected" },
    { .uri = "sip:ed@example.test",
      .instance = "1",
      .content_type = "text/plain",
      .body = "",
      .body_len = 0 },
    { .uri = "sip:nobody@example.test", .body = "not told", .body_len = 8 },
};

/* clang-format off */
static char const full[] =
    PART("0", "application/rlmi+xml;charset=\"UTF-8\"")
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:adam-friends@example.test\" "
    "version=\"7\" fullState=\"true\"><name>Friends</name>"
    "<resource uri=\"sip:bob@example.test\"><name>Bob &lt;3</name><instance id=\"juwigmtboe\" "
    "state=\"active\" cid=\"1." B "@example.test\"/></resource>"
    "<resource uri=\"sip:dave@example.test\"><instance id=\"hqzsuxtfyq\" state=\"pending\"/>"
    "</resource><resource uri=\"sip:jim@example.test\"><instance id=\"oflzxqzuvg\" "
    "state=\"terminated\" reason=\"rejected\"/></resource>"
    "<resource uri=\"sip:ed@example.test\"><instance id=\"1\" state=\"active\" "
    "cid=\"4." B "@example.test\"/></resource>"
    "<resource uri=\"sip:nobody@example.test\"/></list>\r\n"
    PART("1", "application/pidf+xml") "<presence/>\0x\r\n"
    PART("4", "text/plain") "\r\n--" B "--\r\n";

static char const empty[] =
    PART("0", "application/rlmi+xml;charset=\"UTF-8\"")
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:l@example.test\" version=\"0\" "
    "fullState=\"false\"/>\r\n--" B "--\r\n";
/* clang-format on */

static struct {
    struct rlmi list;
    char const *body;
    size_t len;
} const vectors[] = {
    { { "sip:adam-friends@example.test", "Friends", 7, true, resources, 5 },
      full,
      sizeof full - 1 },
    { { "sip:l@example.test", NULL, 0, false, NULL, 0 }, empty, sizeof empty - 1 },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char type[RLMI_CONTENT_TYPE];
        struct buf out;
        buf_init(&out, 65536);
        assert_int_equal(rlmi_write(&vectors[i].list, B, "example.test", &out, type), 0);
        if (out.len != vectors[i].len || memcmp(out.data, vectors[i].body, out.len) != 0)
            fail_msg("%s\nwanted:\n%s", buf_text(&out), vectors[i].body);
        assert_string_equal(type, "multipart/related;type=\"application/rlmi+xml\";"
                                  "start=\"<0." B "@example.test>\";boundary=\"" B "\"");
        buf_fini(&out);
    }
}

static void test_faults(void **state)
{
    struct rlmi_resource liar = { .uri = "sip:a",
                                  .instance = "1",
                                  .content_type = "text/plain",
                                  .body = "\r\n--" B "--\r\n",
                                  .body_len = 32 };
    struct rlmi list = { "sip:l", NULL, 0, true, &liar, 1 };
    char type[RLMI_CONTENT_TYPE], domain[RLMI_CONTENT_TYPE];
    struct buf out;

    (void)state;
    buf_init(&out, 65536);
    assert_int_equal(rlmi_write(&list, B, "example.test", &out, type), -EINVAL);
    memset(domain, 'd', sizeof domain);
    domain[sizeof domain - 1] = '\0';
    assert_int_equal(rlmi_write(&vectors[1].list, B, domain, &out, type), -EINVAL);
    buf_fini(&out);
    buf_init(&out, sizeof full - 2);
    assert_int_equal(rlmi_write(&vectors[0].list, B, "example.test", &out, type), -ENOMEM);
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
