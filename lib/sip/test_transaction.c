/* SPDX-License-Identifier: Apache-2.0 */
/* What the layer decides without an owner: malformed messages, limits, stateless answers; and the
 * calls of an owner that no machine shows. */
#include "message.h"
#include "sip_metrics.h"
#include "transaction_rig.h"
#include <errno.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* clang-format off */
static struct {
    char const *what;
    char const *text;
    char const *answer; /* start of it, "" for none */
    enum sip_metric metric;
} const malformed[] = {
    { "no Call-ID",
      "OPTIONS sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCSeq: 1 OPTIONS\r\n\r\n",
      "SIP/2.0 400 Bad Request (missing Call-ID)\r\n", M_transaction_bad_requests },
    { "CSeq of another method",
      "OPTIONS sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 INFO\r\n\r\n",
      "SIP/2.0 400 Bad Request (", M_transaction_bad_requests },
    { "another version",
      "OPTIONS sip:b@b.test SIP/7.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
      "SIP/2.0 505 ", M_transaction_bad_requests },
    { "a malformed ACK is not answered",
      "ACK sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCSeq: 1 ACK\r\n\r\n",
      "", M_transaction_bad_requests },
    { "no Via: nobody to answer",
      "OPTIONS sip:b@b.test SIP/2.0\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
      "", M_transaction_bad_requests },
    { "a malformed response",
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\n\r\n",
      "", M_transaction_bad_responses },
    { "a stray response",
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 INFO\r\n\r\n",
      "", M_transaction_strays },
    { "a response with a Via of no branch",
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9\r\n"
      "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 INFO\r\n\r\n",
      "", M_transaction_strays },
};
/* clang-format on */

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        struct rig *rig = rig_new(TRANSPORT_UDP, NULL);
        int64_t before = met_get(&sip_metrics, malformed[i].metric);
        size_t len = strlen(malformed[i].answer);

        rig_receive_text(rig, malformed[i].text);
        if (strncmp(rig_last_sent(rig), malformed[i].answer, len ? len : 1) != 0)
            fail_msg("%s: %s", malformed[i].what, rig_last_sent(rig));
        assert_int_equal(met_get(&sip_metrics, malformed[i].metric), before + 1);
        assert_int_equal(transaction_count(rig_layer(rig)), 0);
        rig_free(&rig);
    }
}

static void step(struct rig *rig, enum rig_op op, char const *text, char const *expect)
{
    rig_do(rig, &(struct rig_step){ op, text, NULL, 0 });
    assert_string_equal(rig_take_trace(rig), expect);
}

/* One Call-ID may keep so many requests unanswered; another one is not touched. */
static void test_limit_of_a_call(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, NULL);
    int64_t before = met_get(&sip_metrics, M_transaction_call_limit);

    (void)state;
    rig_limits(rig)->max_transactions_per_call = 2;
    step(rig, RIG_RECEIVE, "INFO 1", "request");
    step(rig, RIG_RECEIVE, "INFO 2", "request");
    step(rig, RIG_RECEIVE, "INFO 3", ">503");
    assert_non_null(strstr(rig_last_sent(rig), "\r\nRetry-After: 5\r\n"));
    assert_int_equal(met_get(&sip_metrics, M_transaction_call_limit), before + 1);
    step(rig, RIG_RECEIVE, "INFO 2", ""); /* known ones are absorbed as ever */
    step(rig, RIG_RECEIVE, "INFO 3  call-2", "request");
    rig_free(&rig);
}

/* What was answered lingers over UDP, but is not counted any more. */
static void test_answers_make_room(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);

    (void)state;
    rig_limits(rig)->max_transactions_per_call = 1;
    for (int i = 1; i <= 5; i++) {
        char line[16];
        snprintf(line, sizeof line, "INFO %d", i);
        step(rig, RIG_RECEIVE, line, "request");
        step(rig, RIG_RESPOND, "200", ">200");
    }
    assert_int_equal(transaction_count(rig_layer(rig)), 5);
    /* What is sent does not take the room of what is received: a proxy does both for a request. */
    step(rig, RIG_SEND, "INFO", ">INFO");
    step(rig, RIG_RECEIVE, "INFO 6", "request");
    step(rig, RIG_RECEIVE, "INFO 7", ">503");
    rig_free(&rig);
}

static void test_limit_of_all(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, "z9hG4bKx");
    int64_t before = met_get(&sip_metrics, M_transaction_limit);

    (void)state;
    rig_limits(rig)->max_transactions = 1;
    step(rig, RIG_RECEIVE, "MESSAGE 1", "request");
    step(rig, RIG_RECEIVE, "INVITE 1", ">503");
    step(rig, RIG_SEND, "INFO", "");
    assert_int_equal(met_get(&sip_metrics, M_transaction_limit), before + 2);
    assert_int_equal(transaction_count(rig_layer(rig)), 1);
    rig_free(&rig);
}

/* The same request gets the same stateless answer, and the ACK of it goes no further. */
static void test_ack_of_a_stateless_answer(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, "z9hG4bKx");
    char first[1024], line[64], tag[32];

    (void)state;
    rig_limits(rig)->max_transactions = 0;
    step(rig, RIG_RECEIVE, "INVITE 1", ">503");
    snprintf(first, sizeof first, "%s", rig_last_sent(rig));
    step(rig, RIG_RECEIVE, "INVITE 1", ">503");
    assert_string_equal(rig_last_sent(rig), first);
    char const *at = strstr(first, "To: <sip:bob@example.test>;tag=");
    assert_non_null(at);
    at += strlen("To: <sip:bob@example.test>;tag=");
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at, "\r\n"), at);
    snprintf(line, sizeof line, "ACK 1 %s", tag);
    step(rig, RIG_RECEIVE, line, "");
    step(rig, RIG_RECEIVE, "ACK 1 other", "ack");
    rig_free(&rig);
}

/* Everything that the layer would answer by itself, and what it would only keep. */
static char const *const unasked[] = {
    "OPTIONS sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCSeq: 1 OPTIONS\r\n\r\n",
    "OPTIONS sip:b@b.test SIP/7.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
    "CANCEL sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 CANCEL\r\n\r\n",
    "INVITE sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n",
    "ACK sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\n\r\n",
};

static void test_admission(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);
    size_t n = sizeof unasked / sizeof *unasked;
    int64_t malformed_before = met_get(&sip_metrics, M_transaction_bad_requests);

    (void)state;
    rig_set_admission(rig, TRANSACTION_SILENCE);
    for (size_t i = 0; i < n; i++)
        rig_receive_text(rig, unasked[i]);
    assert_string_equal(rig_take_trace(rig), "");
    assert_false(transaction_may_answer(rig_layer(rig), &(struct origin){ 0 }));
    rig_set_admission(rig, 403);
    for (size_t i = 0; i < n; i++)
        rig_receive_text(rig, unasked[i]);
    assert_string_equal(rig_take_trace(rig), ">403 >403 >403 >403");
    assert_int_equal(strncmp(rig_last_sent(rig), "SIP/2.0 403 Go Away\r\n", 21), 0);
    assert_true(transaction_may_answer(rig_layer(rig), &(struct origin){ 0 }));
    assert_int_equal(rig_admissions(rig), 2 * n);
    assert_int_equal(transaction_count(rig_layer(rig)), 0);
    assert_int_equal(met_get(&sip_metrics, M_transaction_bad_requests), malformed_before);
    /* who is out in the middle of a transaction is not heard there either */
    rig_set_admission(rig, TRANSACTION_ADMITTED);
    rig_receive_text(rig, unasked[3]);
    assert_string_equal(rig_take_trace(rig), "request");
    step(rig, RIG_RESPOND, "180", ">180");
    rig_set_admission(rig, TRANSACTION_SILENCE);
    rig_receive_text(rig, unasked[3]);
    rig_receive_text(rig, unasked[2]);
    assert_string_equal(rig_take_trace(rig), "");
    rig_set_admission(rig, TRANSACTION_ADMITTED);
    rig_receive_text(rig, unasked[2]);
    assert_string_equal(rig_take_trace(rig), ">200 cancel");
    rig_free(&rig);
}

static void test_refuse(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, "z9hG4bKx");
    char to[128];

    (void)state;
    step(rig, RIG_RECEIVE, "INVITE 1", "request");
    struct server_transaction *st = rig_server(rig);
    assert_non_null(server_transaction_request(st));
    assert_int_equal(server_transaction_origin(st)->connection, 7);
    assert_ptr_equal(server_transaction_owner(st), rig);
    assert_int_equal(server_transaction_refuse(st, 405, NULL, "Allow: INVITE, ACK"), 0);
    assert_string_equal(rig_take_trace(rig), ">405");
    char const *text = rig_last_sent(rig);
    assert_int_equal(strncmp(text, "SIP/2.0 405 Method Not Allowed\r\n", 32), 0);
    assert_non_null(strstr(text, "\r\nAllow: INVITE, ACK\r\n"));
    snprintf(to, sizeof to, "\r\nTo: <sip:bob@example.test>;tag=%s\r\n",
             server_transaction_to_tag(st));
    assert_non_null(strstr(text, to));
    assert_int_equal(rig_last_to(rig)->connection, 7);
    /* The final response released the request; a second one is refused and changes nothing. */
    assert_null(server_transaction_request(st));
    assert_true(server_transaction_refuse(st, 500, NULL, NULL) < 0);
    assert_string_equal(rig_take_trace(rig), "");
    rig_free(&rig);
}

static void test_refuse_why(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, "z9hG4bKx");

    (void)state;
    step(rig, RIG_RECEIVE, "INVITE 1", "request");
    assert_int_equal(server_transaction_refuse_why(rig_server(rig), 403, "Forbidden",
                                                   "Retry-After: 7", "2001 is not a line of 2002"),
                     0);
    assert_string_equal(rig_take_trace(rig), ">403");
    char const *text = rig_last_sent(rig);
    assert_non_null(strstr(text, "\r\nWarning: 399 crosspoint \"2001 is not a line of 2002\"\r\n"));
    assert_non_null(strstr(text, "\r\nRetry-After: 7\r\n"));
    rig_free(&rig);
}

static void test_respond_needs_a_response(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, "z9hG4bKx");
    char const *headless = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

    (void)state;
    step(rig, RIG_RECEIVE, "INFO 1", "request");
    struct server_transaction *st = rig_server(rig);
    assert_true(server_transaction_respond(st, message_parse(headless, strlen(headless))) < 0);
    msg_t *request = msg_ref_create(server_transaction_request(st));
    assert_true(server_transaction_respond(st, request) < 0);
    step(rig, RIG_RESPOND, "200", ">200");
    /* After the final one, nothing matters any more. */
    assert_true(server_transaction_respond(st, NULL) < 0);
    rig_do(rig, &(struct rig_step){ RIG_AT, NULL, NULL, RIG_T(0.1) });
    assert_string_equal(rig_take_trace(rig), "gone");
    rig_free(&rig);
}

/* An owner without memory for its answer does not leave the transaction behind. */
static void test_no_memory_for_a_response(void **state)
{
    static char const *const methods[] = { "INVITE 1", "INFO 1" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_new(TRANSPORT_UDP, "z9hG4bKx");
        step(rig, RIG_RECEIVE, methods[i], "request");
        assert_int_equal(server_transaction_respond(rig_server(rig), NULL), -ENOMEM);
        assert_string_equal(rig_take_trace(rig), "");
        rig_do(rig, &(struct rig_step){ RIG_AT, NULL, NULL, RIG_T(0.1) });
        assert_string_equal(rig_take_trace(rig), "gone");
        rig_free(&rig);
    }
}

/* The ACK of a 2xx leaves outside any transaction, with a branch of its own. */
static void test_send_ack(void **state)
{
    char const *text = "ACK sip:bob@192.0.2.7 SIP/2.0\r\nFrom: <sip:a@a.test>;tag=1\r\n"
                       "To: <sip:b@b.test>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\n\r\n";
    struct destination to = { .kind = TRANSPORT_TCP, .listener = TRANSPORT_AUTO_LISTENER };
    struct rig *rig = rig_new(TRANSPORT_TCP, NULL);

    (void)state;
    assert_int_equal(net_addr_parse(&to.addr, "192.0.2.7:5060", 0), 0);
    assert_int_equal(transaction_send_ack(rig_layer(rig), message_parse(text, strlen(text)), &to,
                                          &(struct client_extra){ "ab", "" }),
                     0);
    assert_string_equal(rig_take_trace(rig), ">ACK");
    assert_non_null(strstr(rig_last_sent(rig),
                           "\r\nVia: SIP/2.0/TCP node.example.test:5070;branch=z9hG4bK0.ab."));
    assert_int_equal(transaction_count(rig_layer(rig)), 0);
    to.kind = TRANSPORT_TLS; /* the rig has no such listener */
    assert_true(transaction_send_ack(rig_layer(rig), message_parse(text, strlen(text)), &to,
                                     &(struct client_extra){ "ab", "" }) < 0);
    rig_free(&rig);
}

/* Every owner hears the end once when the layer goes. */
static void test_free_tells_owners(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, "z9hG4bKx");
    int64_t before = met_get(&sip_metrics, M_transactions);

    (void)state;
    step(rig, RIG_RECEIVE, "INVITE 1", "request");
    step(rig, RIG_RECEIVE, "MESSAGE 1", "request");
    step(rig, RIG_SEND, "INFO", ">INFO");
    assert_int_equal(met_get(&sip_metrics, M_transactions), before + 3);
    rig_close(rig);
    assert_string_equal(rig_take_trace(rig), "gone gone gone");
    assert_int_equal(met_get(&sip_metrics, M_transactions), before);
    rig_free(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_limit_of_a_call),
        cmocka_unit_test(test_answers_make_room),
        cmocka_unit_test(test_limit_of_all),
        cmocka_unit_test(test_ack_of_a_stateless_answer),
        cmocka_unit_test(test_admission),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_refuse_why),
        cmocka_unit_test(test_respond_needs_a_response),
        cmocka_unit_test(test_no_memory_for_a_response),
        cmocka_unit_test(test_send_ack),
        cmocka_unit_test(test_free_tells_owners),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
