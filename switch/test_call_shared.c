/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on several phones, phones with several lines, phones that fail, the features of a line and
 * handsets, as scripts (call_rig.h). */
#include "call_rig.h"

/* clang-format off */
#define OFF_HOOK_RINGING \
    { "make 2001 2002", CALL_OK, \
      "2001 Originated 1 2001 connected newCall\n" \
      "2001 Hookswitch 2001 off\n" \
      "2006 Hookswitch 2006 off\n" \
      "2001 Delivered 1 2002 connected newCall\n" \
      "2002 Delivered 1 2002 alerting newCall\n" }
#define OFF_HOOK_ANSWERED \
    { "answer 2002 1", CALL_OK, \
      "2001 Established 1 2002 connected normal\n" \
      "2002 Established 1 2002 connected normal\n" \
      "2002 Hookswitch 2002 off\n" }
#define SHARED_RINGING \
    { "make 2001 2004", CALL_OK, \
      "2001 Originated 1 2001 connected newCall\n" \
      "2001 Delivered 1 2004 connected newCall\n" \
      "2004 Delivered 1 2004 alerting newCall\n" \
      "SEP4A Delivered 1 2004 alerting newCall\n" \
      "SEP4B Delivered 1 2004 alerting newCall\n" }

static struct call_rig_script const scripts[] = {
    { .name = "a shared line: all ring, one answers",
      .steps = {
          SHARED_RINGING,
          { "answer SEP4B 1", CALL_OK,
            "2001 Established 1 2004 connected normal\n"
            "2004 Established 1 2004 connected normal\n"
            "SEP4B Established 1 2004 connected normal\n"
            "SEP4A ConnectionCleared 1 2004 null callPickup\n" },
          { "hold SEP4B 1", CALL_OK,
            "2001 Held 1 2004 connected normal\n"
            "2004 Held 1 2004 hold normal\n"
            "SEP4B Held 1 2004 hold normal\n" },
          { "retrieve SEP4B 1", CALL_OK,
            "2001 Retrieved 1 2004 connected normal\n"
            "2004 Retrieved 1 2004 connected normal\n"
            "SEP4B Retrieved 1 2004 connected normal\n" },
          { "clear SEP4B 1", CALL_OK,
            "2001 ConnectionCleared 1 2004 connected normalClearing\n"
            "2004 ConnectionCleared 1 2004 null normalClearing\n"
            "SEP4B ConnectionCleared 1 2004 null normalClearing\n"
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
      } },
    { .name = "a shared line: nobody answers",
      .steps = {
          SHARED_RINGING,
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2004 ConnectionCleared 1 2001 alerting normalClearing\n"
            "SEP4A ConnectionCleared 1 2001 alerting normalClearing\n"
            "SEP4B ConnectionCleared 1 2001 alerting normalClearing\n"
            "2004 ConnectionCleared 1 2004 null callCancelled\n"
            "SEP4A ConnectionCleared 1 2004 null callCancelled\n"
            "SEP4B ConnectionCleared 1 2004 null callCancelled\n" },
      } },
    { .name = "one phone of a shared line calls, the other can, too",
      .steps = {
          { "make SEP4A 2001", CALL_OK,
            "2004 Originated 1 2004 connected newCall\n"
            "SEP4A Originated 1 2004 connected newCall\n"
            "2004 Delivered 1 2001 connected newCall\n"
            "SEP4A Delivered 1 2001 connected newCall\n"
            "2001 Delivered 1 2001 alerting newCall\n" },
          { "make SEP4B 2002", CALL_OK,
            "2004 Originated 2 2004 connected newCall\n"
            "SEP4B Originated 2 2004 connected newCall\n"
            "2004 Delivered 2 2002 connected newCall\n"
            "SEP4B Delivered 2 2002 connected newCall\n"
            "2002 Delivered 2 2002 alerting newCall\n" },
          { "make SEP4A 2003", CALL_FAULT_CALLING_STATE, NULL },
          { "answer 2001 1", CALL_OK,
            "2004 Established 1 2001 connected normal\n"
            "SEP4A Established 1 2001 connected normal\n"
            "2001 Established 1 2001 connected normal\n" },
          { "clear SEP4A 1", CALL_OK,
            "2004 ConnectionCleared 1 2004 null normalClearing\n"
            "SEP4A ConnectionCleared 1 2004 null normalClearing\n"
            "2001 ConnectionCleared 1 2004 connected normalClearing\n"
            "2001 ConnectionCleared 1 2001 null normalClearing\n" },
          { "clear SEP4B 2", CALL_OK,
            "2004 ConnectionCleared 2 2004 null normalClearing\n"
            "SEP4B ConnectionCleared 2 2004 null normalClearing\n"
            "2002 ConnectionCleared 2 2004 alerting normalClearing\n"
            "2002 ConnectionCleared 2 2002 null callCancelled\n" },
      } },
    { .name = "a phone that holds on a shared line is not the other's handset",
      .steps = {
          SHARED_RINGING,
          { "answer SEP4A 1", CALL_OK,
            "2001 Established 1 2004 connected normal\n"
            "2004 Established 1 2004 connected normal\n"
            "SEP4A Established 1 2004 connected normal\n"
            "SEP4B ConnectionCleared 1 2004 null callPickup\n" },
          { "make 2002 2004", CALL_OK,
            "2002 Originated 2 2002 connected newCall\n"
            "2002 Delivered 2 2004 connected newCall\n"
            "2004 Delivered 2 2004 alerting newCall\n"
            "SEP4A Delivered 2 2004 alerting newCall\n"
            "SEP4B Delivered 2 2004 alerting newCall\n" },
          { "answer SEP4B 2", CALL_OK,
            "2002 Established 2 2004 connected normal\n"
            "2004 Established 2 2004 connected normal\n"
            "SEP4B Established 2 2004 connected normal\n"
            "SEP4A ConnectionCleared 2 2004 null callPickup\n" },
          { "retrieve SEP4A 1", CALL_FAULT_STATE, NULL },
      } },
    { .name = "a phone of a shared line fails",
      .steps = {
          { "fail SEP4A", CALL_OK,
            "SEP4A OutOfService 2004 off\n" },
          SHARED_RINGING,
          { "answer SEP4A 1", CALL_FAULT_OUT_OF_SERVICE, NULL },
          { "answer 2004 1", CALL_OK,
            "2001 Established 1 2004 connected normal\n"
            "2004 Established 1 2004 connected normal\n"
            "SEP4B Established 1 2004 connected normal\n"
            "SEP4A ConnectionCleared 1 2004 null callPickup\n" },
          { "fail SEP4B", CALL_OK,
            "2004 OutOfService 2004 off\n"
            "SEP4B OutOfService 2004 off\n"
            "2001 ConnectionCleared 1 2004 connected destOutOfOrder\n"
            "2004 ConnectionCleared 1 2004 null destOutOfOrder\n"
            "SEP4B ConnectionCleared 1 2004 null destOutOfOrder\n"
            "2001 ConnectionCleared 1 2001 null destOutOfOrder\n" },
          { "make 2001 2004", CALL_OK,
            "2001 Originated 2 2001 connected newCall\n"
            "2001 Failed 2 2004 fail destOutOfOrder\n" },
          { "make 2004 2001", CALL_FAULT_OUT_OF_SERVICE, NULL },
          { "repair SEP4B", CALL_OK,
            "2004 BackInService 2004 off\n"
            "SEP4B BackInService 2004 off\n" },
          { "repair SEP4A", CALL_OK,
            "SEP4A BackInService 2004 off\n" },
      } },
    { .name = "a phone fails in a call, and while it rings",
      .steps = {
          CALL_RIG_RINGING,
          { "fail 2002", CALL_OK,
            "2002 OutOfService 2002 off\n"
            "2001 ConnectionCleared 1 2002 connected destOutOfOrder\n"
            "2002 ConnectionCleared 1 2002 null destOutOfOrder\n"
            "2001 ConnectionCleared 1 2001 null destOutOfOrder\n" },
          { "repair 2002", CALL_OK,
            "2002 BackInService 2002 off\n" },
          CALL_RIG_RINGING_2,
          { "answer 2002 2", CALL_OK,
            "2001 Established 2 2002 connected normal\n"
            "2002 Established 2 2002 connected normal\n" },
          { "fail SEP1", CALL_OK,
            "2001 OutOfService 2001 off\n"
            "2006 OutOfService 2006 off\n"
            "2001 ConnectionCleared 2 2001 null destOutOfOrder\n"
            "2002 ConnectionCleared 2 2001 connected destOutOfOrder\n"
            "2002 ConnectionCleared 2 2002 null destOutOfOrder\n" },
          { "fail SEP1", CALL_OK, NULL },
          { "make 2003 2001", CALL_OK,
            "2003 Originated 3 2003 connected newCall\n"
            "2003 Failed 3 2001 fail destOutOfOrder\n" },
      } },
    { .name = "the features of a line",
      .steps = {
          { "forward 2001 forwardNoAnsExt 2002", CALL_OK,
            "2001 Forwarding 2001 on forwardNoAnsExt 2002 0\n" },
          { "forward 2001 forwardNoAnsExt", CALL_OK,
            "2001 Forwarding 2001 off forwardNoAnsExt 2002 0\n" },
          { "dnd 2001 on", CALL_OK,
            "2001 DoNotDisturb 2001 on\n" },
          { "message 2001 on", CALL_OK,
            "2001 MessageWaiting 2001 on\n" },
          { "message 2001 off", CALL_OK,
            "2001 MessageWaiting 2001 off\n" },
      } },
    { .name = "handsets",
      .hookswitch = true,
      .steps = {
          OFF_HOOK_RINGING,
          OFF_HOOK_ANSWERED,
          { "hold 2001 1", CALL_OK,
            "2001 Held 1 2001 hold normal\n"
            "2002 Held 1 2001 connected normal\n"
            "2001 Hookswitch 2001 on\n"
            "2006 Hookswitch 2006 on\n" },
          { "retrieve 2001 1", CALL_OK,
            "2001 Retrieved 1 2001 connected normal\n"
            "2002 Retrieved 1 2001 connected normal\n"
            "2001 Hookswitch 2001 off\n"
            "2006 Hookswitch 2006 off\n" },
          { "clear 2002 1", CALL_OK,
            "2001 ConnectionCleared 1 2002 connected normalClearing\n"
            "2002 ConnectionCleared 1 2002 null normalClearing\n"
            "2002 Hookswitch 2002 on\n"
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2001 Hookswitch 2001 on\n"
            "2006 Hookswitch 2006 on\n" },
      } },
    { .name = "handsets of a shared line",
      .hookswitch = true,
      .steps = {
          { "make 2001 2004", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Hookswitch 2001 off\n"
            "2006 Hookswitch 2006 off\n"
            "2001 Delivered 1 2004 connected newCall\n"
            "2004 Delivered 1 2004 alerting newCall\n"
            "SEP4A Delivered 1 2004 alerting newCall\n"
            "SEP4B Delivered 1 2004 alerting newCall\n" },
          { "answer SEP4B 1", CALL_OK,
            "2001 Established 1 2004 connected normal\n"
            "2004 Established 1 2004 connected normal\n"
            "SEP4B Established 1 2004 connected normal\n"
            "2004 Hookswitch 2004 off\n"
            "SEP4B Hookswitch 2004 off\n"
            "SEP4A ConnectionCleared 1 2004 null callPickup\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2004 ConnectionCleared 1 2001 connected normalClearing\n"
            "SEP4B ConnectionCleared 1 2001 connected normalClearing\n"
            "2001 Hookswitch 2001 on\n"
            "2006 Hookswitch 2006 on\n"
            "2004 ConnectionCleared 1 2004 null normalClearing\n"
            "SEP4B ConnectionCleared 1 2004 null normalClearing\n"
            "2004 Hookswitch 2004 on\n"
            "SEP4B Hookswitch 2004 on\n" },
      } },
    { .name = "two lines on one phone have one handset",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "make 2006 2003", CALL_FAULT_CALLING_STATE, NULL },
          { "make 2003 2006", CALL_OK,
            "2003 Originated 2 2003 connected newCall\n"
            "2003 Delivered 2 2006 connected newCall\n"
            "2006 Delivered 2 2006 alerting newCall\n" },
          { "answer 2006 2", CALL_OK,
            "2001 Held 1 2001 hold normal\n"
            "2002 Held 1 2001 connected normal\n"
            "2003 Established 2 2006 connected normal\n"
            "2006 Established 2 2006 connected normal\n" },
          { "retrieve 2001 1", CALL_OK,
            "2003 Held 2 2006 connected normal\n"
            "2006 Held 2 2006 hold normal\n"
            "2001 Retrieved 1 2001 connected normal\n"
            "2002 Retrieved 1 2001 connected normal\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2002 ConnectionCleared 1 2001 connected normalClearing\n"
            "2002 ConnectionCleared 1 2002 null normalClearing\n" },
      } },
    { .name = "one line of a phone calls the other",
      .steps = {
          { "make 2001 2006", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Delivered 1 2006 connected newCall\n"
            "2006 Delivered 1 2006 alerting newCall\n" },
          { "answer 2006 1", CALL_OK,
            "2001 Held 1 2001 hold normal\n"
            "2006 Held 1 2001 alerting normal\n"
            "2001 Established 1 2006 hold normal\n"
            "2006 Established 1 2006 connected normal\n" },
          { "hold 2006 1", CALL_OK,
            "2001 Held 1 2006 hold normal\n"
            "2006 Held 1 2006 hold normal\n" },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2006 ConnectionCleared 1 2001 hold normalClearing\n"
            "2006 ConnectionCleared 1 2006 null normalClearing\n" },
      } },
    { .name = "a phone with two lines fails",
      .hookswitch = true,
      .steps = {
          OFF_HOOK_RINGING,
          OFF_HOOK_ANSWERED,
          { "fail SEP1", CALL_OK,
            "2001 OutOfService 2001 off\n"
            "2006 OutOfService 2006 off\n"
            "2001 ConnectionCleared 1 2001 null destOutOfOrder\n"
            "2002 ConnectionCleared 1 2001 connected destOutOfOrder\n"
            "2001 Hookswitch 2001 on\n"
            "2006 Hookswitch 2006 on\n"
            "2002 ConnectionCleared 1 2002 null destOutOfOrder\n"
            "2002 Hookswitch 2002 on\n" },
          { "repair SEP1", CALL_OK,
            "2001 BackInService 2001 off\n"
            "2006 BackInService 2006 off\n" },
      } },
};
/* clang-format on */

int main(void)
{
    return call_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
