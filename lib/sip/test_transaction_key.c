/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages belong together: pairs of requests, and whether their keys are equal. */
#include "message.h"
#include "transaction_key.h"
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* One request: what a field leaves out is that of the first line below. */
struct request {
    char const *method, *uri, *via, *to, *from, *call_id, *cseq, *body;
};

static struct request const usual = {
    "INVITE",
    "sip:2001@rcc.example.test",
    "SIP/2.0/TCP 192.0.2.10:40112;branch=z9hG4bK77",
    "<sip:2001@rcc.example.test>",
    "<sip:alice@example.test>;tag=c1",
    "rcc-4711",
    "1",
    "",
};

static char const *either(char const *a, char const *b)
{
    return a ? a : b;
}

static msg_t *make(struct request const *r)
{
    char text[1024], via[256];
    char const *method = either(r->method, usual.method);

    snprintf(via, sizeof via, "%s", either(r->via, usual.via));
    snprintf(text, sizeof text,
             "%s %s SIP/2.0\r\nVia: %s\r\nTo: %s\r\nFrom: %s\r\nCall-ID: %s\r\nCSeq: %s %s\r\n"
             "Max-Forwards: 70\r\nContent-Length: %zu\r\n\r\n%s",
             method, either(r->uri, usual.uri), via, either(r->to, usual.to),
             either(r->from, usual.from), either(r->call_id, usual.call_id),
             either(r->cseq, usual.cseq), method, strlen(either(r->body, usual.body)),
             either(r->body, usual.body));
    msg_t *msg = message_parse(text, strlen(text));
    assert_non_null(msg);
    assert_null(message_fault(msg));
    return msg;
}

#define OLD "SIP/2.0/TCP 192.0.2.10:40112"

/* clang-format off */
static struct {
    char const *what;
    char const *method; /* by which both are looked up, NULL: each by its own */
    struct request a, b;
    bool equal;
} const pairs[] = {
    /* RFC 3261 17.2.3: branch, sent-by, method */
    { "a retransmission", NULL, { .via = NULL }, { .via = NULL }, true },
    { "with a branch nothing else counts", NULL, { .via = NULL },
      { .uri = "sip:x@y.test", .call_id = "other", .cseq = "9", .from = "<sip:z@z.test>;tag=9" },
      true },
    { "another branch", NULL, { .via = NULL }, { .via = OLD ";branch=z9hG4bK78" }, false },
    { "a branch in other letters", NULL, { .via = NULL },
      { .via = OLD ";branch=z9hg4bk77" }, false },
    { "another port", NULL, { .via = NULL },
      { .via = "SIP/2.0/TCP 192.0.2.10:40113;branch=z9hG4bK77" }, false },
    { "another host", NULL, { .via = NULL },
      { .via = "SIP/2.0/TCP 192.0.2.11:40112;branch=z9hG4bK77" }, false },
    { "a host in other letters", NULL,
      { .via = "SIP/2.0/TCP Host.example.test;branch=z9hG4bK77" },
      { .via = "SIP/2.0/TCP hOST.Example.test;branch=z9hG4bK77" }, true },
    { "received and rport do not count", NULL, { .via = NULL },
      { .via = OLD ";branch=z9hG4bK77;received=192.0.2.99;rport=9" }, true },
    { "another method", NULL, { .via = NULL }, { .method = "BYE" }, false },
    { "CSeq again for another body", NULL,
      { .method = "INFO", .via = OLD, .body = "<MonitorStart/>" },
      { .method = "INFO", .via = OLD, .body = "<HoldCall/>" }, false },
    { "the same body again", NULL, { .method = "INFO", .via = OLD, .body = "<HoldCall/>" },
      { .method = "INFO", .via = OLD, .body = "<HoldCall/>" }, true },
    { "an INVITE without branch, by its CANCEL", "INVITE", { .via = OLD, .body = "<x/>" },
      { .method = "CANCEL", .via = OLD }, true },
    { "the ACK of an INVITE", "INVITE", { .via = NULL }, { .method = "ACK" }, true },
    { "the CANCEL of an INVITE", "INVITE", { .via = NULL }, { .method = "CANCEL" }, true },
    /* RFC 2543 */
    { "a retransmission without branch", NULL, { .via = OLD }, { .via = OLD }, true },
    { "the cookie alone is no branch", NULL, { .via = OLD ";branch=z9hG4bK" },
      { .via = OLD ";branch=z9hG4bK", .cseq = "2" }, false },
    { "an old branch counts", NULL, { .via = OLD ";branch=1" }, { .via = OLD ";branch=2" }, false },
    { "old: another CSeq", NULL, { .via = OLD }, { .via = OLD, .cseq = "2" }, false },
    { "old: another Call-ID", NULL, { .via = OLD }, { .via = OLD, .call_id = "x" }, false },
    { "old: another From tag", NULL, { .via = OLD },
      { .via = OLD, .from = "<sip:alice@example.test>;tag=c2" }, false },
    { "old: no From tag", NULL, { .via = OLD, .from = "<sip:alice@example.test>" },
      { .via = OLD }, false },
    { "old: another To tag", NULL, { .via = OLD },
      { .via = OLD, .to = "<sip:2001@rcc.example.test>;tag=gw1" }, false },
    { "old: another Request-URI", NULL, { .via = OLD },
      { .via = OLD, .uri = "sip:2002@rcc.example.test" }, false },
    { "old: another URI parameter", NULL, { .via = OLD },
      { .via = OLD, .uri = "sip:2001@rcc.example.test;transport=tcp" }, false },
    { "old: another method", NULL, { .via = OLD }, { .via = OLD, .method = "INFO" }, false },
    { "old: another port", NULL, { .via = OLD },
      { .via = "SIP/2.0/TCP 192.0.2.10:40113" }, false },
    { "old: the CANCEL of an INVITE", "INVITE", { .via = OLD },
      { .via = OLD, .method = "CANCEL" }, true },
    { "old: the CANCEL of another INVITE", "INVITE", { .via = OLD },
      { .via = OLD, .method = "CANCEL", .cseq = "2" }, false },
    { "old and new never meet", NULL, { .via = OLD }, { .via = NULL }, false },
    { "fields do not run into one another", NULL,
      { .via = OLD, .from = "<sip:a@b.test>;tag=ab", .call_id = "c" },
      { .via = OLD, .from = "<sip:a@b.test>;tag=a", .call_id = "bc" }, false },
};
/* clang-format on */

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        msg_t *a = make(&pairs[i].a), *b = make(&pairs[i].b);
        char const *method = pairs[i].method;
        struct transaction_key ka, kb;

        transaction_key_request(sip_object(a),
                                method ? method : sip_object(a)->sip_request->rq_method_name, &ka);
        transaction_key_request(sip_object(b),
                                method ? method : sip_object(b)->sip_request->rq_method_name, &kb);
        if (transaction_key_equal(&ka, &kb) != pairs[i].equal)
            fail_msg("%s", pairs[i].what);
        msg_destroy(a);
        msg_destroy(b);
    }
}

#define TAGGED "<sip:2001@rcc.example.test>;tag=gw1"

/* clang-format off */
static struct {
    char const *what;
    struct request ack;
    bool equal;
} const acks[] = {
    { "the same CSeq", { .via = OLD, .to = TAGGED, .cseq = "5" }, true },
    { "CSeq began again", { .via = OLD, .to = TAGGED, .cseq = "1" }, true },
    { "another Via", { .via = "SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK1", .to = TAGGED }, true },
    { "another To tag", { .via = OLD, .to = "<sip:2001@rcc.example.test>;tag=gw2" }, false },
    { "no To tag", { .via = OLD }, false },
    { "another From tag",
      { .via = OLD, .to = TAGGED, .from = "<sip:alice@example.test>;tag=c2" }, false },
    { "another Call-ID", { .via = OLD, .to = TAGGED, .call_id = "rcc-4712" }, false },
};
/* clang-format on */

static void test_acks(void **state)
{
    msg_t *invite = make(&(struct request){ .via = OLD, .cseq = "5" });
    msg_t *response = message_response(invite, 486, NULL, "gw1");
    struct transaction_key key, found;

    (void)state;
    transaction_key_ack(sip_object(response), &key);
    for (size_t i = 0; i < sizeof acks / sizeof *acks; i++) {
        struct request r = acks[i].ack;
        r.method = "ACK";
        msg_t *ack = make(&r);
        transaction_key_ack(sip_object(ack), &found);
        if (transaction_key_equal(&key, &found) != acks[i].equal)
            fail_msg("%s", acks[i].what);
        msg_destroy(ack);
    }
    msg_destroy(response);
    msg_destroy(invite);
}

static void test_clients(void **state)
{
    struct transaction_key a, b;

    (void)state;
    transaction_key_client("z9hG4bKx", "INVITE", &a);
    transaction_key_client("z9hG4bKx", "INVITE", &b);
    assert_true(transaction_key_equal(&a, &b));
    transaction_key_client("z9hG4bKx", "CANCEL", &b);
    assert_false(transaction_key_equal(&a, &b));
    transaction_key_client("z9hG4bKy", "INVITE", &b);
    assert_false(transaction_key_equal(&a, &b));
    transaction_key_client(NULL, "INVITE", &b);
    assert_false(transaction_key_equal(&a, &b));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_acks),
        cmocka_unit_test(test_clients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
