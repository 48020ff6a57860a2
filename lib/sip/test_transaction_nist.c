/* SPDX-License-Identifier: Apache-2.0 */
/* The non-INVITE server transaction, played by scripts. */
#include "transaction_machine.h"
#include "transaction_rig.h"

#define COOKIE "z9hG4bKpeer1"

/* clang-format off */
static struct rig_script const scripts[] = {
    { "answered over UDP: Timer J", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RECEIVE, "MESSAGE 5", "", 0 },
        { RIG_RESPOND, "202", ">202", 0 },
        { RIG_RECEIVE, "MESSAGE 5", ">202", 0 },
        { RIG_MISUSE, "200", "", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_RECEIVE, "MESSAGE 5", ">202", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
    } },
    { "answered over TCP: Timer J is 0", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INFO 5", "request", 0 },
        { RIG_RESPOND, "404", ">404", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "on a stream a reused CSeq is new at once", TRANSPORT_TCP, NULL, {
        { RIG_RECEIVE, "INFO 2 b1", "request", 0 },
        { RIG_RECEIVE, "INFO 2 b1", "", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "INFO 2 b1", "request", 0 },
        { RIG_RECEIVE, "BYE 2 b1", "request", 0 },
    } },
    { "the socket refuses the answer later", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_DIE, NULL, "gone", 0 },
    } },
    { "RFC 4320: 100 when Timer E of the client is at T2", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RESPOND, "100", "", 0 }, /* too early */
        { RIG_RESPOND, "180", "", 0 }, /* forbidden */
        { RIG_AT, NULL, "", RIG_T(6.9) },
        { RIG_AT, NULL, ">100", RIG_T(7.1) },
        { RIG_RECEIVE, "MESSAGE 5", ">100", 0 },
        { RIG_RESPOND, "100", "", 0 },
        { RIG_AT, NULL, "", RIG_T(300) },
        { RIG_RESPOND, "200", ">200", 0 },
    } },
    { "RFC 4320: 100 at any time on a stream", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RESPOND, "100", ">100", 0 },
        { RIG_RESPOND, "183", "", 0 },
        { RIG_AT, NULL, "", RIG_T(20) }, /* one is enough */
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(20.1) },
    } },
    { "RFC 4320: never 408", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RESPOND, "408", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "dropped without an answer", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_DROP, NULL, "", 0 },
        { RIG_AT, NULL, "", RIG_T(100) },
    } },
    { "a response that cannot be sent ends it", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_RESPOND, "200", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "an ACK of nothing is the owner's", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "ACK 5 b1", "ack", 0 },
    } },
};
/* clang-format on */

int main(void)
{
    return rig_main(&transaction_nist, scripts, sizeof scripts / sizeof *scripts);
}
