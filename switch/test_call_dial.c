/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers dialled digit by digit, DTMF, and callers who wait, as scripts (call_rig.h). */
#include "call_rig.h"

/* clang-format off */

#define OFFERED \
    { "make 2001 2002", CALL_OK, \
      "2001 Originated 1 2001 connected newCall\n" \
      "2001 Offered 1 2002 connected newCall\n" \
      "2002 Offered 1 2002 alerting newCall\n" }
#define OFFERED_RINGS \
    "2001 Delivered 1 2002 connected newCall\n" \
    "2002 Delivered 1 2002 alerting newCall\n"

static struct call_rig_script const scripts[] = {
    { .name = "prompted without a number, dialled digit by digit",
      .steps = {
          { "prompt 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
          { "lift 2001 1", CALL_OK, NULL },
          { "digits 2001 1 2", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=2\n" },
          { "digits 2001 1 00", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=00\n" },
          { "digits 2001 1 2", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=2\n"
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Delivered 1 2002 connected newCall\n"
            "2002 Delivered 1 2002 alerting newCall\n" },
          { "digits 2001 1 3", CALL_FAULT_STATE, NULL },
      } },
    { .name = "off the hook by hand, and a number outside",
      .steps = {
          { "dial 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated keyOperation\n" },
          { "digits 2001 1 +3902", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=+3902\n" },
          { "wait 3000", CALL_OK, NULL },
          { "digits 2001 1 1", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=1\n" },
          { "wait 3000", CALL_OK, NULL },
          { "wait 1000", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 NetworkReached 1 +39021 connected newCall by=T1\n"
            "2001 Delivered 1 +39021 connected newCall\n" },
      } },
    { .name = "a number that ends with #",
      .steps = {
          { "make 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
          { "digits 2001 1 +39#", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=+39#\n"
            "2001 Originated 1 2001 connected newCall\n"
            "2001 NetworkReached 1 +39 connected newCall by=T1\n"
            "2001 Delivered 1 +39 connected newCall\n" },
      } },
    { .name = "a number that nobody has",
      .steps = {
          { "make 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
          { "digits 2001 1 77", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=77\n" },
          { "wait 4000", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Failed 1 77 fail destNotObtainable\n" },
      } },
    { .name = "nobody dials",
      .steps = {
          { "make 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
          { "wait 30000", CALL_OK,
            "2001 ConnectionCleared 1 2001 null callNotAnswered\n" },
      } },
    { .name = "no digits",
      .steps = {
          { "make 2001", CALL_OK,
            "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
          { "digits 2001 1 alice", CALL_FAULT_NUMBER, NULL },
          { "digits 2001 1 123456789012345678901234567890123", CALL_OK,
            "2001 DigitsDialed 1 2001 initiated normal digits=12345678901234567890123456789012\n" },
          { "prompt 2002 2003", CALL_OK,
            "2002 ServiceInitiated 2 2002 initiated makeCall\n" },
          { "digits 2002 2 1", CALL_FAULT_STATE, NULL },
          { "dtmf 2001 1 1", CALL_FAULT_STATE, NULL },
      } },
    { .name = "consultation without a number",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "consult 2001 1", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 connected consultation\n"
            "2001 ServiceInitiated 2 2001 initiated consultation\n" },
          { "digits 2001 2 2003", CALL_OK,
            "2001 DigitsDialed 2 2001 initiated normal digits=2003\n"
            "2001 Originated 2 2001 connected newCall\n"
            "2001 Delivered 2 2003 connected newCall\n"
            "2003 Delivered 2 2003 alerting newCall\n" },
      } },
    { .name = "DTMF",
      .steps = {
          CALL_RIG_RINGING,
          { "dtmf 2002 1 1", CALL_FAULT_STATE, NULL },
          { "dtmf 2001 1 12#", CALL_OK, NULL },
          { "dtmf 2001 1 x", CALL_FAULT_NUMBER, NULL },
      } },
    { .name = "offered before it rings",
      .offered = true,
      .steps = {
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Offered 1 2002 connected newCall\n"
            "2002 Offered 1 2002 alerting newCall\n"
            "2001 Delivered 1 2002 connected newCall\n"
            "2002 Delivered 1 2002 alerting newCall\n" },
          CALL_RIG_ANSWERED,
      } },
    { .name = "offered, and rings once it is accepted",
      .offered = true,
      .accept_ms = 3000,
      .steps = {
          OFFERED,
          { "accept 2001 1", CALL_FAULT_STATE, NULL },
          { "accept 2002 1", CALL_OK, OFFERED_RINGS },
          { "accept 2002 1", CALL_FAULT_STATE, NULL },
          { "wait 4000", CALL_OK, NULL },
          CALL_RIG_ANSWERED,
      } },
    { .name = "offered, accepted, and rings for ever",
      .offered = true,
      .rings_for_ever = true,
      .accept_ms = 3000,
      .steps = {
          OFFERED,
          { "accept 2002 1", CALL_OK, OFFERED_RINGS },
          { "wait 60000", CALL_OK, NULL },
          CALL_RIG_ANSWERED,
      } },
    { .name = "offered, and rings when its time is over",
      .offered = true,
      .accept_ms = 3000,
      .steps = {
          OFFERED,
          { "wait 2900", CALL_OK, NULL },
          { "wait 200", CALL_OK, OFFERED_RINGS },
          { "wait 29000", CALL_OK, NULL },
          { "accept 2002 1", CALL_FAULT_STATE, NULL },
          CALL_RIG_ANSWERED,
      } },
    { .name = "offered, and answered without ringing",
      .offered = true,
      .accept_ms = 3000,
      .steps = {
          OFFERED,
          CALL_RIG_ANSWERED,
          { "wait 4000", CALL_OK, NULL },
      } },
    { .name = "accepted where nothing waits",
      .steps = {
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n" OFFERED_RINGS },
          { "accept 2002 1", CALL_FAULT_STATE, NULL },
      } },
    { .name = "callers wait for a line",
      .no_call_waiting = true,
      .steps = {
          { "make 2001 2005", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Delivered 1 2005 connected newCall\n"
            "2005 Delivered 1 2005 alerting newCall\n" },
          { "make 2002 2005", CALL_OK,
            "2002 Originated 2 2002 connected newCall\n"
            "2002 Queued 2 2005 connected busy front=0\n"
            "2005 Queued 2 2005 queued busy front=0\n" },
          { "make 2003 2005", CALL_OK,
            "2003 Originated 3 2003 connected newCall\n"
            "2003 Queued 3 2005 connected busy front=1\n"
            "2005 Queued 3 2005 queued busy front=1\n" },
          { "make 2004 2005", CALL_OK,
            "2004 Originated 4 2004 connected newCall\n"
            "SEP4A Originated 4 2004 connected newCall\n"
            "2004 Failed 4 2005 fail busy\n"
            "SEP4A Failed 4 2005 fail busy\n" },
          { "clear 2002 2", CALL_OK,
            "2002 ConnectionCleared 2 2002 null normalClearing\n"
            "2005 ConnectionCleared 2 2002 queued normalClearing\n"
            "2005 ConnectionCleared 2 2005 null callCancelled\n" },
          { "answer 2005 1", CALL_OK,
            "2001 Established 1 2005 connected normal\n"
            "2005 Established 1 2005 connected normal\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2005 ConnectionCleared 1 2001 connected normalClearing\n"
            "2005 ConnectionCleared 1 2005 null normalClearing\n" },
          { "wait 10", CALL_OK,
            "2003 Delivered 3 2005 connected newCall\n"
            "2005 Delivered 3 2005 alerting newCall\n" },
          { "answer 2005 3", CALL_OK,
            "2003 Established 3 2005 connected normal\n"
            "2005 Established 3 2005 connected normal\n" },
      } },
    { .name = "who waits is not kept from a line that is made free",
      .steps = {
          { "busy 2005", CALL_OK, NULL },
          { "make 2001 2005", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Queued 1 2005 connected busy front=0\n"
            "2005 Queued 1 2005 queued busy front=0\n" },
          { "make 2002 2005", CALL_OK,
            "2002 Originated 2 2002 connected newCall\n"
            "2002 Queued 2 2005 connected busy front=1\n"
            "2005 Queued 2 2005 queued busy front=1\n" },
          { "free 2005", CALL_OK, NULL },
          { "wait 10", CALL_OK,
            "2001 Delivered 1 2005 connected newCall\n"
            "2005 Delivered 1 2005 alerting newCall\n"
            "2002 Delivered 2 2005 connected newCall\n"
            "2005 Delivered 2 2005 alerting newCall\n" },
      } },
    { .name = "a waiting call is deflected",
      .no_call_waiting = true,
      .steps = {
          { "busy 2005", CALL_OK, NULL },
          { "make 2001 2005", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Queued 1 2005 connected busy front=0\n"
            "2005 Queued 1 2005 queued busy front=0\n" },
          { "deflect 2005 1 2002", CALL_OK,
            "2001 Diverted 1 2005 connected redirected to=2002\n"
            "2005 Diverted 1 2005 null redirected to=2002\n"
            "2001 Delivered 1 2002 connected redirected from=2005\n"
            "2002 Delivered 1 2002 alerting redirected from=2005\n" },
      } },
};
/* clang-format on */

int main(void)
{
    return call_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
