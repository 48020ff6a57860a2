/* SPDX-License-Identifier: Apache-2.0 */
/* Who rings for a number: forwarding, do not disturb, deflect, pickup, and calls from and to the
 * outside, as scripts (call_rig.h). */
#include "call_rig.h"

/* clang-format off */

static struct call_rig_script const scripts[] = {
    { .name = "forwarded at once, twice",
      .steps = {
          { "forward 2002 forwardImmediate 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate 2003 0\n" },
          { "forward 2003 forwardImmediate 2005", CALL_OK,
            "2003 Forwarding 2003 on forwardImmediate 2005 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardImmediate to=2003\n"
            "2002 Diverted 1 2002 null callForwardImmediate to=2003\n"
            "2001 Diverted 1 2003 connected callForwardImmediate from=2002 to=2005\n"
            "2003 Diverted 1 2003 null callForwardImmediate from=2002 to=2005\n"
            "2001 Delivered 1 2005 connected callForwardImmediate from=2003\n"
            "2005 Delivered 1 2005 alerting callForwardImmediate from=2003\n" },
          { "answer 2005 1", CALL_OK,
            "2001 Established 1 2005 connected normal from=2003\n"
            "2005 Established 1 2005 connected normal from=2003\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2005 ConnectionCleared 1 2001 connected normalClearing\n"
            "2005 ConnectionCleared 1 2005 null normalClearing\n" },
          { "forward 2002 forwardImmediate", CALL_OK,
            "2002 Forwarding 2002 off forwardImmediate 2003 0\n" },
          CALL_RIG_RINGING_2,
      } },
    { .name = "forwarded in a circle",
      .steps = {
          { "forward 2002 forwardImmediate 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate 2003 0\n" },
          { "forward 2003 forwardImmediate 2002", CALL_OK,
            "2003 Forwarding 2003 on forwardImmediate 2002 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardImmediate to=2003\n"
            "2002 Diverted 1 2002 null callForwardImmediate to=2003\n"
            "2001 Failed 1 2003 fail destNotObtainable from=2002\n" },
      } },
    { .name = "forwarded to the caller",
      .steps = {
          { "forward 2002 forwardImmediate 2001", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate 2001 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardImmediate to=2001\n"
            "2002 Diverted 1 2002 null callForwardImmediate to=2001\n"
            "2001 Failed 1 2001 fail busy from=2002\n" },
      } },
    { .name = "forwarded more often than allowed",
      .steps = {
          { "forward 2001 forwardImmediate 2002", CALL_OK,
            "2001 Forwarding 2001 on forwardImmediate 2002 0\n" },
          { "forward 2002 forwardImmediate 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate 2003 0\n" },
          { "forward 2003 forwardImmediate 2004", CALL_OK,
            "2003 Forwarding 2003 on forwardImmediate 2004 0\n" },
          { "forward 2004 forwardImmediate +39", CALL_OK,
            "2004 Forwarding 2004 on forwardImmediate +39 0\n"
            "SEP4A Forwarding 2004 on forwardImmediate +39 0\n"
            "SEP4B Forwarding 2004 on forwardImmediate +39 0\n" },
          { "make 2005 2001", CALL_OK,
            "2005 Originated 1 2005 connected newCall\n"
            "2005 Diverted 1 2001 connected callForwardImmediate to=2002\n"
            "2001 Diverted 1 2001 null callForwardImmediate to=2002\n"
            "2005 Diverted 1 2002 connected callForwardImmediate from=2001 to=2003\n"
            "2002 Diverted 1 2002 null callForwardImmediate from=2001 to=2003\n"
            "2005 Diverted 1 2003 connected callForwardImmediate from=2002 to=2004\n"
            "2003 Diverted 1 2003 null callForwardImmediate from=2002 to=2004\n"
            "2005 Failed 1 2004 fail destNotObtainable from=2003\n" },
      } },
    { .name = "forwarded when busy",
      .steps = {
          { "busy 2002", CALL_OK, NULL },
          { "forward 2002 forwardBusy 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardBusy 2003 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardBusy to=2003\n"
            "2002 Diverted 1 2002 null callForwardBusy to=2003\n"
            "2001 Delivered 1 2003 connected callForwardBusy from=2002\n"
            "2003 Delivered 1 2003 alerting callForwardBusy from=2002\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2003 ConnectionCleared 1 2001 alerting normalClearing\n"
            "2003 ConnectionCleared 1 2003 null callCancelled\n" },
          { "free 2002", CALL_OK, NULL },
          CALL_RIG_RINGING_2,
      } },
    { .name = "forwarded after three rings of five seconds",
      .steps = {
          { "forward 2002 forwardNoAns 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardNoAns 2003 0\n" },
          CALL_RIG_RINGING,
          { "wait 19000", CALL_OK, NULL },
          { "wait 1000", CALL_OK,
            "2001 Diverted 1 2002 connected callForwardNoAnswer to=2003\n"
            "2002 Diverted 1 2002 null callForwardNoAnswer to=2003\n"
            "2001 Delivered 1 2003 connected callForwardNoAnswer from=2002\n"
            "2003 Delivered 1 2003 alerting callForwardNoAnswer from=2002\n" },
          { "answer 2003 1", CALL_OK,
            "2001 Established 1 2003 connected normal from=2002\n"
            "2003 Established 1 2003 connected normal from=2002\n" },
      } },
    { .name = "forwarded on no answer to who is busy",
      .steps = {
          { "forward 2002 forwardNoAns 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardNoAns 2003 0\n" },
          { "busy 2003", CALL_OK, NULL },
          CALL_RIG_RINGING,
          { "wait 20000", CALL_OK,
            "2001 Diverted 1 2002 connected callForwardNoAnswer to=2003\n"
            "2002 Diverted 1 2002 null callForwardNoAnswer to=2003\n"
            "2001 Failed 1 2003 fail busy from=2002\n" },
      } },
    { .name = "answered before it is forwarded",
      .steps = {
          { "forward 2002 forwardNoAns 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardNoAns 2003 0\n" },
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "wait 60000", CALL_OK, NULL },
      } },
    { .name = "switched off while it rings",
      .steps = {
          { "forward 2002 forwardNoAns 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardNoAns 2003 0\n" },
          CALL_RIG_RINGING,
          { "forward 2002 forwardNoAns", CALL_OK,
            "2002 Forwarding 2002 off forwardNoAns 2003 0\n" },
          { "wait 20000", CALL_OK,
            "2001 ConnectionCleared 1 2002 connected callNotAnswered\n"
            "2002 ConnectionCleared 1 2002 null callNotAnswered\n"
            "2001 ConnectionCleared 1 2001 null callNotAnswered\n" },
      } },
    { .name = "do not disturb",
      .steps = {
          { "dnd 2002 on", CALL_OK,
            "2002 DoNotDisturb 2002 on\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Failed 1 2002 fail doNotDisturb\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
          { "forward 2002 forwardDND 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardDND 2003 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 2 2001 connected newCall\n"
            "2001 Diverted 2 2002 connected doNotDisturb to=2003\n"
            "2002 Diverted 2 2002 null doNotDisturb to=2003\n"
            "2001 Delivered 2 2003 connected doNotDisturb from=2002\n"
            "2003 Delivered 2 2003 alerting doNotDisturb from=2002\n" },
          { "clear 2001 2", CALL_OK,
            "2001 ConnectionCleared 2 2001 null normalClearing\n"
            "2003 ConnectionCleared 2 2001 alerting normalClearing\n"
            "2003 ConnectionCleared 2 2003 null callCancelled\n" },
          { "dnd 2002 off", CALL_OK,
            "2002 DoNotDisturb 2002 off\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 3 2001 connected newCall\n"
            "2001 Delivered 3 2002 connected newCall\n"
            "2002 Delivered 3 2002 alerting newCall\n" },
      } },
    { .name = "forwarding for callers from inside and outside",
      .steps = {
          { "forward 2002 forwardImmInt 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardImmInt 2003 0\n" },
          { "forward 2002 forwardImmExt 2005", CALL_OK,
            "2002 Forwarding 2002 on forwardImmExt 2005 0\n" },
          { "forward 2002 forwardImmediate 2001", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate 2001 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardImmediate to=2003\n"
            "2002 Diverted 1 2002 null callForwardImmediate to=2003\n"
            "2001 Delivered 1 2003 connected callForwardImmediate from=2002\n"
            "2003 Delivered 1 2003 alerting callForwardImmediate from=2002\n" },
          { "make +39021 2002", CALL_OK,
            "2002 Diverted 2 2002 null callForwardImmediate to=2005\n"
            "2005 Delivered 2 2005 alerting callForwardImmediate from=2002\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2003 ConnectionCleared 1 2001 alerting normalClearing\n"
            "2003 ConnectionCleared 1 2003 null callCancelled\n" },
          { "forward 2002 forwardImmInt", CALL_OK,
            "2002 Forwarding 2002 off forwardImmInt 2003 0\n" },
          { "make 2003 2002", CALL_OK,
            "2003 Originated 3 2003 connected newCall\n"
            "2003 Diverted 3 2002 connected callForwardImmediate to=2001\n"
            "2002 Diverted 3 2002 null callForwardImmediate to=2001\n"
            "2003 Delivered 3 2001 connected callForwardImmediate from=2002\n"
            "2001 Delivered 3 2001 alerting callForwardImmediate from=2002\n" },
      } },
    { .name = "forwarding that cannot be",
      .steps = {
          { "forward 2002 forwardBusy", CALL_OK,
            "2002 Forwarding 2002 off forwardBusy - 0\n" },
          { "forward 2002 forwardBusy 99", CALL_FAULT_DESTINATION, NULL },
          { "forward 2002 forwardBusy 2002", CALL_FAULT_DESTINATION, NULL },
          { "forward 2002 forwardBusy +3902", CALL_OK,
            "2002 Forwarding 2002 on forwardBusy +3902 0\n" },
      } },
    { .name = "deflected",
      .steps = {
          CALL_RIG_RINGING,
          { "deflect 2001 1 2003", CALL_FAULT_STATE, NULL },
          { "deflect 2002 1 99", CALL_FAULT_DESTINATION, NULL },
          { "deflect 2002 1 2001", CALL_FAULT_DESTINATION, NULL },
          { "deflect 2002 1 2002", CALL_FAULT_DESTINATION, NULL },
          { "deflect 2002 1 2003", CALL_OK,
            "2001 Diverted 1 2002 connected redirected to=2003\n"
            "2002 Diverted 1 2002 null redirected to=2003\n"
            "2001 Delivered 1 2003 connected redirected from=2002\n"
            "2003 Delivered 1 2003 alerting redirected from=2002\n" },
          { "deflect 2003 1 2005", CALL_OK,
            "2001 Diverted 1 2003 connected redirected from=2002 to=2005\n"
            "2003 Diverted 1 2003 null redirected from=2002 to=2005\n"
            "2001 Delivered 1 2005 connected redirected from=2003\n"
            "2005 Delivered 1 2005 alerting redirected from=2003\n" },
          { "answer 2005 1", CALL_OK,
            "2001 Established 1 2005 connected normal from=2003\n"
            "2005 Established 1 2005 connected normal from=2003\n" },
          { "deflect 2005 1 2003", CALL_FAULT_STATE, NULL },
      } },
    { .name = "deflected to who is busy",
      .steps = {
          { "busy 2003", CALL_OK, NULL },
          CALL_RIG_RINGING,
          { "deflect 2002 1 2003", CALL_OK,
            "2001 Diverted 1 2002 connected redirected to=2003\n"
            "2002 Diverted 1 2002 null redirected to=2003\n"
            "2001 Failed 1 2003 fail busy from=2002\n" },
      } },
    { .name = "picked up by another line",
      .steps = {
          CALL_RIG_RINGING,
          { "make 2003 99", CALL_OK,
            "2003 Originated 2 2003 connected newCall\n"
            "2003 Failed 2 99 fail destNotObtainable\n" },
          { "pick-up 2002 1 2003", CALL_OK,
            "2001 Diverted 1 2002 connected callPickup to=2003\n"
            "2002 Diverted 1 2002 null callPickup to=2003\n"
            "2003 ConnectionCleared 2 2003 null normalClearing\n"
            "2001 Established 1 2003 connected callPickup from=2002\n"
            "2003 Established 1 2003 connected callPickup from=2002\n" },
          { "pick-up 2003 1 2005", CALL_FAULT_STATE, NULL },
          { "clear 2003 1", CALL_OK,
            "2001 ConnectionCleared 1 2003 connected normalClearing\n"
            "2003 ConnectionCleared 1 2003 null normalClearing\n"
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
      } },
    { .name = "not picked up",
      .steps = {
          CALL_RIG_RINGING,
          { "pick-up 2002 1 2001", CALL_FAULT_STATE, NULL },
          { "pick-up 2001 1 2003", CALL_FAULT_STATE, NULL },
          { "fail 2003", CALL_OK,
            "2003 OutOfService 2003 off\n" },
          { "pick-up 2002 1 2003", CALL_FAULT_OUT_OF_SERVICE, NULL },
          { "repair 2003", CALL_OK,
            "2003 BackInService 2003 off\n" },
          { "make 2003 99", CALL_OK,
            "2003 Originated 2 2003 connected newCall\n"
            "2003 Failed 2 99 fail destNotObtainable\n" },
          { "hold 2003 2", CALL_FAULT_STATE, NULL },
      } },
    { .name = "a call that leaves",
      .steps = {
          { "make 2001 +39021234", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 NetworkReached 1 +39021234 connected newCall by=T1\n"
            "2001 Delivered 1 +39021234 connected newCall\n" },
          { "answer +39021234 1", CALL_OK,
            "2001 Established 1 +39021234 connected normal\n" },
          { "clear +39021234 1", CALL_OK,
            "2001 ConnectionCleared 1 +39021234 connected normalClearing\n"
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
      } },
    { .name = "forwarded on no answer while no phone works",
      .steps = {
          { "fail 2002", CALL_OK,
            "2002 OutOfService 2002 off\n" },
          { "forward 2002 forwardNoAns 2003", CALL_OK,
            "2002 Forwarding 2002 on forwardNoAns 2003 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardNoAnswer to=2003\n"
            "2002 Diverted 1 2002 null callForwardNoAnswer to=2003\n"
            "2001 Delivered 1 2003 connected callForwardNoAnswer from=2002\n"
            "2003 Delivered 1 2003 alerting callForwardNoAnswer from=2002\n" },
      } },
    { .name = "a trunk takes two",
      .steps = {
          { "make 2001 +391", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 NetworkReached 1 +391 connected newCall by=T1\n"
            "2001 Delivered 1 +391 connected newCall\n" },
          { "make +392 2002", CALL_OK,
            "2002 Delivered 2 2002 alerting newCall\n" },
          { "make 2003 +393", CALL_OK,
            "2003 Originated 3 2003 connected newCall\n"
            "2003 Failed 3 +393 fail networkCongestion\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
          { "make 2001 +393", CALL_OK,
            "2001 Originated 4 2001 connected newCall\n"
            "2001 NetworkReached 4 +393 connected newCall by=T1\n"
            "2001 Delivered 4 +393 connected newCall\n" },
      } },
    { .name = "a call from outside",
      .steps = {
          { "make +39021234 2002", CALL_OK,
            "2002 Delivered 1 2002 alerting newCall\n" },
          { "answer 2002 1", CALL_OK,
            "2002 Established 1 2002 connected normal\n" },
          { "hold 2002 1", CALL_OK,
            "2002 Held 1 2002 hold normal\n" },
          { "clear 2002 1", CALL_OK,
            "2002 ConnectionCleared 1 2002 null normalClearing\n" },
      } },
    { .name = "a caller from outside hears busy and goes",
      .steps = {
          { "busy 2002", CALL_OK, NULL },
          { "make +39021234 2002", CALL_OK, NULL },
      } },
    { .name = "forwarded to the outside",
      .steps = {
          { "forward 2002 forwardImmediate +3902", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate +3902 0\n" },
          { "make 2001 2002", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Diverted 1 2002 connected callForwardImmediate to=+3902\n"
            "2002 Diverted 1 2002 null callForwardImmediate to=+3902\n"
            "2001 NetworkReached 1 +3902 connected callForwardImmediate from=2002 by=T1\n"
            "2001 Delivered 1 +3902 connected callForwardImmediate from=2002\n" },
      } },
    { .name = "back to the one outside who called",
      .steps = {
          { "forward 2002 forwardImmediate +3902", CALL_OK,
            "2002 Forwarding 2002 on forwardImmediate +3902 0\n" },
          { "make +3902 2002", CALL_OK,
            "2002 Diverted 1 2002 null callForwardImmediate to=+3902\n" },
      } },
};
/* clang-format on */

int main(void)
{
    return call_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
