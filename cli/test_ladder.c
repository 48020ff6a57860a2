/* SPDX-License-Identifier: Apache-2.0 */
/* Ladders: what is drawn from which records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "ladder.h"
#include "ladder_label.h"
#include <string.h>

#define HEAD                                                                                       \
    "Via: SIP/2.0/TCP 127.0.0.1:4000\r\nFrom: <sip:alice@example.test>;tag=1\r\n"                  \
    "To: <sip:2001@example.test>\r\nCall-ID: c1\r\n"
#define BODY(xml) "Content-Type: application/csta+xml\r\n\r\n" xml

static char const invite[] =
    "INVITE sip:2001@example.test SIP/2.0\r\n" HEAD
    "CSeq: 1 INVITE\r\n" BODY("<?xml version=\"1.0\"?>\n<RequestSystemStatus xmlns=\"x\"/>");
static char const answer[] =
    "SIP/2.0 200 OK\r\n" HEAD
    "CSeq: 1 INVITE\r\n" BODY("<a:RequestSystemStatusResponse xmlns:a=\"x\"/>");

struct label_vector {
    char const *sip, *csta;
    bool sent;
    char const *text, *party;
    bool is_answer;
};

/* clang-format off */
static struct label_vector const labels[] = {
    { .sip = invite, .text = "INVITE RequestSystemStatus", .party = "alice@example.test" },
    { .sip = invite, .sent = true, .text = "INVITE RequestSystemStatus",
      .party = "2001@example.test" },
    { .sip = answer, .sent = true, .text = "200 RequestSystemStatus",
      .party = "alice@example.test", .is_answer = true },
    { .sip = answer, .text = "200 RequestSystemStatus",
      .party = "2001@example.test", .is_answer = true },
    { .sip = "BYE sip:x@y SIP/2.0\r\n" HEAD "CSeq: 2 BYE\r\n\r\n", .text = "BYE",
      .party = "alice@example.test" },
    /* Neither what does not parse nor what tries to speak to the terminal is lost. */
    { .sip = "nonsense \x1b[2J\r\n\r\n", .text = "nonsense ?[2J", .party = "" },
    { .csta = "<HeldEvent xmlns=\"x\">", .text = "HeldEvent", .party = "" },
    { .csta = "<c:MakeCallResponse/>", .text = "MakeCallResponse", .party = "",
      .is_answer = true },
    { .csta = "<!-- <no --> <CSTAErrorCode/>", .text = "no", .party = "" },
    { .csta = "", .text = "?", .party = "" },
};
/* clang-format on */

static void test_labels(void **state)
{
    struct ladder_label label;

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (labels[i].sip)
            ladder_label_sip(labels[i].sip, labels[i].sent, &label);
        else
            ladder_label_csta(labels[i].csta, &label);
        assert_string_equal(label.text, labels[i].text);
        assert_string_equal(label.party, labels[i].party);
        assert_int_equal(label.is_answer, labels[i].is_answer);
    }
}

static json_t *record(int time_us, bool sent, char const *local, char const *remote,
                      char const *text)
{
    return json_pack("{s:i,s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "serial", time_us, "time_us", time_us,
                     "direction", sent ? "sent" : "received", "protocol",
                     *text == '<' ? "csta" : "sip", "transport", "tcp", "local", local, "remote",
                     remote, "text", text);
}

/* alice to proxy to cti and back; cti to the switch. */
static void fill(struct ladder_tap taps[static 2])
{
    taps[0] = (struct ladder_tap){ "proxy", json_array() };
    taps[1] = (struct ladder_tap){ "cti", json_array() };
    json_array_append_new(taps[0].records, record(1000, false, "p:1", "a:9", invite));
    json_array_append_new(taps[0].records, record(2000, true, "p:2", "c:1", invite));
    json_array_append_new(taps[1].records, record(3000, false, "c:1", "p:2", invite));
    json_array_append_new(taps[1].records, record(4000, true, "c:1", "p:2", answer));
    json_array_append_new(taps[0].records, record(5000, false, "p:2", "c:1", answer));
    json_array_append_new(taps[0].records, record(6000, true, "p:1", "a:9", answer));
    json_array_append_new(taps[1].records, record(7000, false, "c:5", "s:1", "<HeldEvent/>"));
}

static void assert_drawn(char const *text, size_t last, char const *expected)
{
    struct ladder_tap taps[2];
    struct ladder *ladder;
    struct buf out;

    fill(taps);
    ladder = ladder_new(taps, 2, text, last);
    assert_non_null(ladder);
    buf_init(&out, 65536);
    ladder_draw(ladder, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    ladder_free(&ladder);
    json_decref(taps[0].records);
    json_decref(taps[1].records);
}

static void test_draw(void **state)
{
    (void)state;
    assert_drawn("HeldEvent", 0,
                 "              s:1                 cti\n"
                 "00:00:00.007  |---- HeldEvent --->|\n");
    assert_drawn("INVITE", 2,
                 "              alice@example.test            proxy                         cti\n"
                 "00:00:00.004  |                             |<. 200 RequestSystemStatus ..|\n"
                 "00:00:00.006  |<. 200 RequestSystemStatus ..|                             |\n");
}

static void test_json(void **state)
{
    struct ladder_tap taps[2];
    struct ladder *ladder;
    json_t *list;

    (void)state;
    fill(taps);
    ladder = ladder_new(taps, 2, NULL, 0);
    list = ladder_json(ladder);
    /* Each message once: two of the seven records are the receiver's copy. */
    assert_int_equal(json_array_size(list), 5);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "from")),
                        "alice@example.test");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "to")), "cti");
    json_decref(list);
    ladder_free(&ladder);
    json_decref(taps[0].records);
    json_decref(taps[1].records);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
