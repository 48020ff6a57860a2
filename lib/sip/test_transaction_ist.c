/* SPDX-License-Identifier: Apache-2.0 */
/* The INVITE server transaction, played by scripts. */
#include "transaction_machine.h"
#include "transaction_rig.h"

#define COOKIE "z9hG4bKpeer1"

/* clang-format off */
static struct rig_script const scripts[] = {
    { "an answered call over UDP", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "180", ">180", 0 },
        { RIG_RECEIVE, "INVITE 5", ">180", 0 }, /* a retransmission gets the last answer */
        { RIG_RECEIVE, "ACK 5 b1", "", 0 }, /* of nothing */
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "INVITE 5", "", 0 }, /* RFC 6026 7.1 */
        { RIG_RESPOND, "200", ">200", 0 },  /* the owner repeats it, or another fork did */
        { RIG_RECEIVE, "ACK 5 b1", "ack", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) }, /* Timer L */
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
    } },
    { "Timer L runs on streams too", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_RECEIVE, "INVITE 5", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "100 after 200 ms", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RECEIVE, "INVITE 5", "", 0 }, /* nothing to repeat yet */
        { RIG_AT, NULL, ">100", RIG_T(0.1) },
        { RIG_RECEIVE, "INVITE 5", ">100", 0 },
        { RIG_AT, NULL, "", RIG_T(300) }, /* only the owner ends it */
    } },
    { "no 100 when the owner was quick", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "100", ">100", 0 },
        { RIG_AT, NULL, "", RIG_T(0.1) },
    } },
    { "a rejected call over UDP: Timers G and H", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "486", ">486", 0 },
        { RIG_AT, NULL, "", RIG_T(0.9) },
        { RIG_AT, NULL, ">486", RIG_T(1.1) },
        { RIG_AT, NULL, ">486", RIG_T(3.1) },
        { RIG_AT, NULL, ">486", RIG_T(7.1) },
        { RIG_AT, NULL, "", RIG_T(14.9) },
        { RIG_AT, NULL, ">486", RIG_T(15.1) }, /* 8 T1 is T2 */
        { RIG_AT, NULL, ">486", RIG_T(23.1) },
        { RIG_RECEIVE, "INVITE 5", ">486", 0 },
        { RIG_MISUSE, "200", "", 0 }, /* too late */
        { RIG_AT, NULL, ">486 >486 >486 >486 >486", RIG_T(63.9) },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "a rejected call over UDP: ACK and Timer I", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "404", ">404", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_RECEIVE, "INVITE 5", "", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200", 0 },
        { RIG_AT, NULL, "", RIG_T(9.9) },
        { RIG_AT, NULL, "gone", RIG_T(10.1) },
    } },
    { "a rejected call over TCP: no Timer G, Timer I is 0", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "404", ">404", 0 },
        { RIG_AT, NULL, "", RIG_T(40) },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(40.1) },
    } },
    { "Timer H on TCP", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "404", ">404", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "CANCEL before 180", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200 cancel", 0 },
        { RIG_RESPOND, "487", ">487", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(10.1) },
    } },
    { "CANCEL after 180, twice", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "180", ">180", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200 cancel", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200", 0 },
        { RIG_RESPOND, "487", ">487", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "CANCEL crosses 200", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200", 0 }, /* answered, without effect */
        { RIG_RECEIVE, "ACK 5 b1", "ack", 0 },
    } },
    { "CANCEL of nothing", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "CANCEL 5", ">481", 0 },
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">481", 0 }, /* only INVITE can be cancelled */
    } },
    { "CANCEL without branch", TRANSPORT_TCP, NULL, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RECEIVE, "CANCEL 4", ">481", 0 },
        { RIG_RECEIVE, "CANCEL 5", ">200 cancel", 0 },
    } },
    { "a client without branch that restarts its CSeq, on a stream", TRANSPORT_TCP, NULL, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "ACK 1 b1", "ack", 0 },
        { RIG_RECEIVE, "INVITE 5", "request", 0 }, /* the number comes again */
        { RIG_RESPOND, "488", ">488", 0 },
        { RIG_RECEIVE, "ACK 1 other", "ack", 0 }, /* the ACK of another answer */
        { RIG_RECEIVE, "ACK 1 b1", "", 0 },
        { RIG_RECEIVE, "INVITE 5 b1", "request", 0 },
    } },
    { "a client without branch forgets an ACK", TRANSPORT_TCP, NULL, {
        { RIG_RECEIVE, "INVITE 5 b1", "request", 0 },
        { RIG_RESPOND, "488", ">488", 0 },
        { RIG_RECEIVE, "INVITE 6 b1", "request", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "ACK 1 b1", "ack", 0 }, /* not taken for the first one's */
    } },
    { "without branch over UDP retransmissions are still known", TRANSPORT_UDP, NULL, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RECEIVE, "INVITE 5", "", 0 },
        { RIG_RESPOND, "486", ">486", 0 },
        { RIG_RECEIVE, "INVITE 5", ">486", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_RECEIVE, "INVITE 6", "request", 0 },
    } },
    { "RFC 2543: another To tag is another request", TRANSPORT_UDP, NULL, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RECEIVE, "INVITE 5 b1", "request", 0 },
    } },
    { "a final response that cannot be sent is still the answer", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_RESPOND, "180", "", 0 },
        { RIG_RESPOND, "486", "", 0 },
        { RIG_AT, NULL, "", RIG_T(0.1) },
        { RIG_BROKEN, "ok", "", 0 },
        { RIG_RECEIVE, "INVITE 5", ">486", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.2) },
    } },
    { "over UDP it is repeated, and ends by Timer H", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_RESPOND, "486", "", 0 },
        { RIG_BROKEN, "ok", "", 0 },
        { RIG_AT, NULL, ">486", RIG_T(1.1) },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "the socket says it later", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_RESPOND, "486", ">486", 0 },
        { RIG_DIE, NULL, "", 0 },
        { RIG_RECEIVE, "INVITE 5", ">486", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(11) },
    } },
    { "after a 200 that cannot be sent the INVITE is no new one", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_RESPOND, "200", "", 0 },
        { RIG_RECEIVE, "INVITE 5", "", 0 },
        { RIG_BROKEN, "ok", "", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "dropped without an answer", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_DROP, NULL, "", 0 },
        { RIG_AT, NULL, "", RIG_T(1) },
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
    } },
};
/* clang-format on */

int main(void)
{
    return rig_main(&transaction_ist, scripts, sizeof scripts / sizeof *scripts);
}
