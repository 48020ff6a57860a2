/* SPDX-License-Identifier: Apache-2.0 */
/* The non-INVITE client transaction, played by scripts. */
#include "transaction_machine.h"
#include "transaction_rig.h"

/* clang-format off */
static struct rig_script const scripts[] = {
    { "nobody answers over UDP: Timers E and F", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_AT, NULL, "", RIG_T(0.9) },
        { RIG_AT, NULL, ">INFO", RIG_T(1.1) },
        { RIG_AT, NULL, ">INFO", RIG_T(3.1) },
        { RIG_AT, NULL, ">INFO", RIG_T(7.1) },
        { RIG_AT, NULL, "", RIG_T(14.9) },
        { RIG_AT, NULL, ">INFO", RIG_T(15.1) },
        { RIG_AT, NULL, ">INFO", RIG_T(23.1) }, /* T2, from here on */
        { RIG_AT, NULL, ">INFO", RIG_T(31.1) },
        { RIG_AT, NULL, ">INFO >INFO >INFO >INFO", RIG_T(63.5) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "nobody answers over TCP", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "100, then slow retransmissions, and Timer F still runs", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "100", "100", 0 },
        { RIG_AT, NULL, ">INFO", RIG_T(1.1) }, /* the interval that ran already */
        { RIG_AT, NULL, "", RIG_T(8.9) },
        { RIG_AT, NULL, ">INFO", RIG_T(9.1) },
        { RIG_AT, NULL, ">INFO >INFO >INFO >INFO >INFO >INFO", RIG_T(63.5) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "answered over UDP: Timer K", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_RECEIVE, "200", "", 0 },
        { RIG_RECEIVE, "100", "", 0 },
        { RIG_RECEIVE, "404", "", 0 },
        { RIG_AT, NULL, "", RIG_T(9.9) },
        { RIG_AT, NULL, "gone", RIG_T(10.1) },
    } },
    { "answered over TCP: Timer K is 0", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "481", "481", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "the answer to another method is a stray", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "200 BYE", "", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
    } },
    { "CANCEL is not for this", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
    } },
    { "the connection dies", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
    { "the connection dies after the answer", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_DIE, NULL, "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "a failed send is told later, never inside the call", TRANSPORT_UDP, NULL, {
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_SEND, "INFO", "", 0 },
        { RIG_AT, NULL, "transport gone", RIG_T(0.1) },
    } },
    { "detached: silence", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_DETACH, NULL, "", 0 },
        { RIG_AT, NULL, ">INFO", RIG_T(1.1) },
        { RIG_RECEIVE, "200", "", 0 },
        { RIG_AT, NULL, "", RIG_T(20) },
    } },
    { "a connection that was open dies: once more over another", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_AT, NULL, "", RIG_T(40) },
        { RIG_DIE, NULL, ">INFO", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(40.1) },
    } },
    { "and no more than once", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_DIE, NULL, ">INFO", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
    { "Timer F runs from the first time", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_AT, NULL, "", RIG_T(40) },
        { RIG_DIE, NULL, ">INFO", 0 },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "a peer that has said something has seen it", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_RECEIVE, "100", "100", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
    { "what we end ourselves is not begun again", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_DIE, "late", "transport gone", 0 },
    } },
    { "and nobody takes another", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INFO", ">INFO", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
};
/* clang-format on */

int main(void)
{
    return rig_main(&transaction_nict, scripts, sizeof scripts / sizeof *scripts);
}
