/* SPDX-License-Identifier: Apache-2.0 */
/* REGISTERs, good and bad, and what is read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "message.h"
#include "origin.h"
#include "registrar_conf.h"
#include "registrar_read.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static struct registrar_conf const conf = {
    .min_expires = 60,
    .max_expires = 3600,
    .default_expires = 1800,
    .max_contacts = 3,
    .max_registrations = 100,
    .max_binding_bytes = 256,
    .follow_source = true,
};

#define A(rest) "Contact: <sip:a@192.0.2.1>" rest "\r\n"
#define FIFTY   "01234567890123456789012345678901234567890123456789"
#define SO_LONG FIFTY FIFTY FIFTY FIFTY FIFTY

static struct {
    char const *headers;
    enum refusal refusal;
    char const *read; /* "URI/EXPIRES/Q ..." or the phrase */
} const cases[] = {
    { "", REFUSAL_NONE, "" },
    { "Expires: 0\r\n", REFUSAL_NONE, "" },
    { A(""), REFUSAL_NONE, "sip:a@192.0.2.1/1800/1000" },
    { A("") "Expires: 600\r\n", REFUSAL_NONE, "sip:a@192.0.2.1/600/1000" },
    { A(";expires=300") "Expires: 600\r\n", REFUSAL_NONE, "sip:a@192.0.2.1/300/1000" },
    { A(";expires=0") "Expires: 600\r\n", REFUSAL_NONE, "sip:a@192.0.2.1/0/1000" },
    { A("") "Expires: 0\r\n", REFUSAL_NONE, "sip:a@192.0.2.1/0/1000" },
    { A(";expires=99999"), REFUSAL_NONE, "sip:a@192.0.2.1/3600/1000" },
    { A(";expires=99999999999999999999999"), REFUSAL_NONE, "sip:a@192.0.2.1/3600/1000" },
    { A(";expires=soon"), REFUSAL_NONE, "sip:a@192.0.2.1/1800/1000" },
    { A("") "Expires: Thu, 01 Dec 1994 16:00:00 GMT\r\n", REFUSAL_NONE,
      "sip:a@192.0.2.1/1800/1000" },
    { A(";expires=60"), REFUSAL_NONE, "sip:a@192.0.2.1/60/1000" },
    { A(";expires=59"), REFUSAL_interval, NULL },
    { A("") "Expires: 1\r\n", REFUSAL_interval, NULL },
    { A(";q=0"), REFUSAL_NONE, "sip:a@192.0.2.1/1800/0" },
    { A(";q=0.7"), REFUSAL_NONE, "sip:a@192.0.2.1/1800/700" },
    { A(";q=0.123"), REFUSAL_NONE, "sip:a@192.0.2.1/1800/123" },
    { A(";q=1.000"), REFUSAL_NONE, "sip:a@192.0.2.1/1800/1000" },
    { A(";q=1.5"), REFUSAL_register, "Contact has a bad q" },
    { A(";q=0.1234"), REFUSAL_register, "Contact has a bad q" },
    { A(";q=2"), REFUSAL_register, "Contact has a bad q" },
    { A(";q=-1"), REFUSAL_register, "Contact has a bad q" },
    { "Contact: <sip:a@192.0.2.1;transport=tcp>;q=0.5, \"B\" <sips:b@h.test>;expires=0\r\n"
      "m: sip:c@192.0.2.1:5070\r\n",
      REFUSAL_NONE,
      "sip:a@192.0.2.1;transport=tcp/1800/500 sips:b@h.test/0/1000 "
      "sip:c@192.0.2.1:5070/1800/1000" },
    { "Contact: <sip:a@h1>, <sip:a@h2>, <sip:a@h3>, <sip:a@h4>\r\n", REFUSAL_contacts, NULL },
    { "Contact: <tel:+4930123>\r\n", REFUSAL_register, "Contact is no SIP URI" },
    { "Contact: <mailto:a@h>\r\n", REFUSAL_register, "Contact is no SIP URI" },
    { "Contact: *\r\nExpires: 0\r\n", REFUSAL_NONE, "*" },
    { "Contact: *\r\n", REFUSAL_register, "Contact: * without Expires: 0" },
    { "Contact: *\r\nExpires: 60\r\n", REFUSAL_register, "Contact: * without Expires: 0" },
    { "Contact: *, <sip:a@h>\r\nExpires: 0\r\n", REFUSAL_register,
      "Contact: * does not stand alone" },
    { "Contact: <sip:a@h>\r\nContact: *\r\nExpires: 0\r\n", REFUSAL_register,
      "Contact: * does not stand alone" },
    { "Contact: <sip:" SO_LONG "@h>\r\n", REFUSAL_register,
      "Contact, Path and Call-ID are too long" },
    { A("") "Path: <sip:" SO_LONG ";lr>\r\n", REFUSAL_register,
      "Contact, Path and Call-ID are too long" },
};

static msg_t *request(char const *via, char const *headers)
{
    struct buf text;
    buf_init(&text, 65536);
    buf_printf(&text,
               "REGISTER sip:example.test SIP/2.0\r\nVia: %s\r\n"
               "From: <sip:alice@example.test>;tag=1\r\nTo: <sip:alice@example.test>\r\n"
               "Call-ID: c\r\nCSeq: 7 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
               via, headers);
    msg_t *msg = message_parse(text.data, text.len);
    assert_non_null(msg);
    buf_fini(&text);
    return msg;
}

static void describe(struct location_update const *update, struct buf *out)
{
    buf_reset(out);
    if (update->clear)
        buf_puts(out, "*");
    for (size_t i = 0; i < update->n_contacts; i++)
        buf_printf(out, "%s%s/%u/%d", i ? " " : "", update->contacts[i].uri,
                   update->contacts[i].expires_s, update->contacts[i].q);
}

static void test_reading(void **state)
{
    struct buf read;
    (void)state;
    buf_init(&read, 65536);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct origin origin = { .kind = TRANSPORT_UDP };
        struct location_update update;
        char const *phrase = NULL;
        msg_t *msg = request("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", cases[i].headers);
        assert_null(message_fault(msg));
        enum refusal refusal =
            registrar_read(&conf, sip_object(msg), &origin, home, &update, &phrase);
        if (refusal == REFUSAL_NONE)
            describe(&update, &read);
        char const *said = refusal ? phrase : buf_text(&read);
        if (refusal != cases[i].refusal || (!said != !cases[i].read) ||
            (said && strcmp(said, cases[i].read) != 0))
            fail_msg("case %zu: %d %s", i, refusal, said ? said : "-");
        su_home_deinit(home);
        msg_destroy(msg);
    }
    buf_fini(&read);
}

static void test_the_rest(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct origin origin = { .kind = TRANSPORT_UDP };
    struct location_update update;
    char const *phrase;
    (void)state;
    msg_t *msg = request("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
                         A("") "Path: <sip:p1.test;lr>,<sip:p2.test;lr;x=1>;y=2\r\n"
                               "Path: <sip:p3.test;lr>\r\nUser-Agent: Phone/1.0\r\n");
    assert_int_equal(registrar_read(&conf, sip_object(msg), &origin, home, &update, &phrase),
                     REFUSAL_NONE);
    assert_string_equal(update.path,
                        "<sip:p1.test;lr>, <sip:p2.test;lr;x=1>;y=2, <sip:p3.test;lr>");
    assert_string_equal(update.user_agent, "Phone/1.0");
    assert_string_equal(update.call_id, "c");
    assert_int_equal(update.cseq, 7);
    assert_int_equal(update.limits.max_contacts, 3);
    su_home_deinit(home);
    msg_destroy(msg);
}

#define RPORT "SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1"

static void test_way_back(void **state)
{
    static struct {
        char const *via, *headers, *source, *received;
        enum transport_kind kind;
    } const ways[] = {
        { RPORT, A(""), "192.0.2.1:40000", "", TRANSPORT_UDP },
        { RPORT, A(""), "198.51.100.7:40000", "sip:198.51.100.7:40000;transport=udp",
          TRANSPORT_UDP },
        { RPORT, A(""), "[2001:db8::7]:40000", "sip:[2001:db8::7]:40000;transport=tcp",
          TRANSPORT_TCP },
        { RPORT, "Contact: <sip:a@phone.test>\r\n", "198.51.100.7:40000", "", TRANSPORT_UDP },
        { RPORT, A("") "Path: <sip:p;lr>\r\n", "198.51.100.7:40000", "", TRANSPORT_UDP },
        { RPORT ", SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2", A(""), "198.51.100.7:40000", "",
          TRANSPORT_UDP },
        { "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", A(""), "198.51.100.7:40000", "", TRANSPORT_UDP },
    };
    struct registrar_conf off = conf;
    (void)state;
    off.follow_source = false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct origin origin = { .kind = ways[i].kind };
        struct location_update update;
        char const *phrase;
        msg_t *msg = request(ways[i].via, ways[i].headers);
        assert_int_equal(net_addr_parse(&origin.peer, ways[i].source, 0), 0);
        assert_int_equal(registrar_read(&conf, sip_object(msg), &origin, home, &update, &phrase),
                         REFUSAL_NONE);
        assert_string_equal(update.contacts[0].received, ways[i].received);
        assert_int_equal(registrar_read(&off, sip_object(msg), &origin, home, &update, &phrase),
                         REFUSAL_NONE);
        assert_string_equal(update.contacts[0].received, "");
        su_home_deinit(home);
        msg_destroy(msg);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_the_rest),
        cmocka_unit_test(test_way_back),
    };
    return cmocka_run_group_tests_name("registrar_read", tests, NULL, NULL);
}
