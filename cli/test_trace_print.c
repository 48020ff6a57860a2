/* SPDX-License-Identifier: Apache-2.0 */
/* A message as a line, as JSON, and as facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "trace_print.h"
#include "trace_rig.h"
#include <jansson.h>
#include <locale.h>

#define INVITE TRACE_RIG_REQUEST("INVITE", "c1")

struct row {
    struct trace_rig_row message;
    char const *line;
};

static struct row const rows[] = {
    { { .time_ms = 1500, .text = INVITE },
      "00:00:01.500000  192.0.2.9:5060 -> 192.0.2.1:5062  udp  INVITE  c1\n" },
    { { .time_ms = 1500, .program = "proxy", .note = "route \"x\"\r\n\x1b[2J", .text = INVITE },
      "00:00:01.500000  192.0.2.9:5060 -> 192.0.2.1:5062 (proxy)  udp  INVITE  c1  "
      "route \"x\"???[2J\n" },
    { { .program = "proxy", .sent = true, .peer = "cti", .text = INVITE },
      "00:00:00.000000  192.0.2.9:5060 (proxy) -> 192.0.2.1:5062 (cti)  udp  INVITE  c1\n" },
    { { .program = "cti", .peer = "switch", .id = "c2\x07", .text = "<HeldEvent/>" },
      "00:00:00.000000  192.0.2.9:5060 (switch) -> 192.0.2.1:5062 (cti)  udp  HeldEvent  c2?\n" },
    { { .text = "<HeldEvent/>" },
      "00:00:00.000000  192.0.2.9:5060 -> 192.0.2.1:5062  udp  HeldEvent  -\n" },
    { { .text = "\x1b[2J\xc2\x9b \xff" },
      "00:00:00.000000  192.0.2.9:5060 -> 192.0.2.1:5062  udp  ?[2J?? ?  -\n" },
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capture_message const message = trace_rig_message(&rows[i].message);
        struct buf out;

        buf_init(&out, 65536);
        trace_print_line(&message, &out);
        assert_string_equal(buf_text(&out), rows[i].line);
        buf_fini(&out);
    }
}

static json_t *object_of(struct capture_message const *message)
{
    struct buf out;
    json_t *object;

    buf_init(&out, 65536);
    trace_print_json(message, &out);
    /* One line, and no byte that a terminal might obey. */
    for (size_t i = 0; i < out.len; i++)
        assert_true((unsigned char)(out.data[i] - ' ') <= '~' - ' ' || i == out.len - 1);
    assert_int_equal(out.data[out.len - 1], '\n');
    object = json_loads(buf_text(&out), JSON_ALLOW_NUL, NULL);
    assert_non_null(object);
    buf_fini(&out);
    return object;
}

static void assert_member(json_t const *object, char const *key, char const *value)
{
    char const *is = json_string_value(json_object_get(object, key));

    if (value)
        assert_string_equal(is ? is : "(none)", value);
    else
        assert_null(is);
}

static void test_json(void **state)
{
    struct trace_rig_row const row = { .time_ms = 1500,
                                       .program = "proxy",
                                       .note = "route",
                                       .text = INVITE "gr\xc3\xbc\xc3\x9f \x1b" };
    struct capture_message message = trace_rig_message(&row);
    json_t *object;

    (void)state;
    message.cut = true;
    message.interface = "udp:192.0.2.1:5062";
    object = object_of(&message);
    assert_member(object, "time", "1970-01-01T00:00:01.500000Z");
    assert_member(object, "source", "192.0.2.9:5060");
    assert_member(object, "destination", "192.0.2.1:5062");
    assert_member(object, "protocol", "sip");
    assert_member(object, "message", "INVITE");
    assert_member(object, "id", "c1");
    assert_member(object, "note", "route");
    assert_member(object, "interface", "udp:192.0.2.1:5062");
    assert_member(object, "peer", NULL);
    assert_member(object, "text", row.text);
    assert_true(json_is_false(json_object_get(object, "sent")));
    assert_true(json_is_true(json_object_get(object, "cut")));
    json_decref(object);
}

/* Bytes that are no text; a message of a file. */
static void test_json_of_anything(void **state)
{
    struct trace_rig_row const row = { .text = "<a>\xff\x01\x7f\xc2\x9b</a>" };
    struct capture_message message = trace_rig_message(&row);
    json_t *object = object_of(&message);

    (void)state;
    assert_member(object, "text", "<a>??\?\?</a>");
    assert_member(object, "protocol", "csta");
    assert_member(object, "id", NULL);
    assert_null(json_object_get(object, "sent"));
    json_decref(object);
    message.bytes = "a\0b\x7f";
    message.len = 4;
    object = object_of(&message);
    assert_int_equal(json_string_length(json_object_get(object, "text")), 4);
    json_decref(object);
}

static void test_facts(void **state)
{
    struct trace_rig_row const row = {
        .time_ms = 1, .program = "proxy", .note = "route\x1b", .text = INVITE
    };
    struct capture_message message = trace_rig_message(&row);
    struct buf out;

    (void)state;
    message.subject = "CN=peer";
    message.interface = "tls:192.0.2.1:5062";
    message.cut = true;
    buf_init(&out, 65536);
    trace_print_facts(&message, &out);
    assert_string_equal(buf_text(&out),
                        "time         1970-01-01T00:00:00.001000Z\n"
                        "from, to     192.0.2.9:5060 -> 192.0.2.1:5062 (proxy) by udp\n"
                        "interface    tls:192.0.2.1:5062\n"
                        "TLS subject  CN=peer\n"
                        "belongs to   c1\n"
                        "decided      route?\n"
                        "cut          the capture has not all of it\n");
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_anything),
        cmocka_unit_test(test_facts),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
