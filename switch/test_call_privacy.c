/* SPDX-License-Identifier: Apache-2.0 */
/* A restricted line is shown to nobody but itself, as scripts (call_rig.h). */
#include "call_rig.h"

/* clang-format off */

static struct call_rig_script const scripts[] = {
    { .name = "a number that is not shown",
      .steps = {
          { "make 2007 2001", CALL_OK,
            "2007 Originated 1 2007 connected newCall\n"
            "2007 Delivered 1 2001 connected newCall\n"
            "2001 Delivered 1 2001 alerting newCall caller=hidden\n" },
          { "answer 2001 1", CALL_OK,
            "2007 Established 1 2001 connected normal\n"
            "2001 Established 1 2001 connected normal caller=hidden\n" },
          { "hold 2007 1", CALL_OK,
            "2007 Held 1 2007 hold normal\n"
            "2001 Held 1 - connected normal\n" },
          { "retrieve 2007 1", CALL_OK,
            "2007 Retrieved 1 2007 connected normal\n"
            "2001 Retrieved 1 - connected normal\n" },
          { "consult 2001 1 2002", CALL_OK,
            "2007 Held 1 2001 connected consultation\n"
            "2001 Held 1 2001 hold consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2002 connected newCall\n"
            "2002 Delivered 2 2002 alerting newCall\n" },
          { "transfer 2001 1 2", CALL_OK,
            "2007 Transfered 1+2 2001 connected transfer 2001+2002: 2007/3<1=connected "
            "2002/3<2=alerting\n"
            "2001 Transfered 1+2 2001 null transfer 2001+2002: hidden/3<1=connected "
            "2002/3<2=alerting\n"
            "2002 Transfered 1+2 2001 alerting transfer 2001+2002: hidden/3<1=connected "
            "2002/3<2=alerting\n" },
          { "clear 2007 3", CALL_OK,
            "2007 ConnectionCleared 3 2007 null normalClearing\n"
            "2002 ConnectionCleared 3 - alerting normalClearing\n"
            "2002 ConnectionCleared 3 2002 null callCancelled\n" },
      } },
    { .name = "who hides transfers, and is diverted to",
      .steps = {
          { "make 2001 2007", CALL_OK,
            "2001 Originated 1 2001 connected newCall\n"
            "2001 Delivered 1 - connected newCall\n"
            "2007 Delivered 1 2007 alerting newCall\n" },
          { "answer 2007 1", CALL_OK,
            "2001 Established 1 - connected normal\n"
            "2007 Established 1 2007 connected normal\n" },
          { "consult 2007 1 2002", CALL_OK,
            "2001 Held 1 - connected consultation\n"
            "2007 Held 1 2007 hold consultation\n"
            "2007 Originated 2 2007 connected consultation\n"
            "2007 Delivered 2 2002 connected newCall\n"
            "2002 Delivered 2 2002 alerting newCall caller=hidden\n" },
          { "answer 2002 2", CALL_OK,
            "2007 Established 2 2002 connected normal\n"
            "2002 Established 2 2002 connected normal caller=hidden\n" },
          { "transfer 2007 1 2", CALL_OK,
            "2001 Transfered 1+2 - connected transfer hidden+2002: 2001/3<1=connected "
            "2002/3<2=connected\n"
            "2007 Transfered 1+2 2007 null transfer 2007+2002: 2001/3<1=connected "
            "2002/3<2=connected\n"
            "2002 Transfered 1+2 - connected transfer hidden+2002: 2001/3<1=connected "
            "2002/3<2=connected\n" },
          { "forward 2007 forwardImmediate 2005", CALL_OK,
            "2007 Forwarding 2007 on forwardImmediate 2005 0\n" },
          { "make 2003 2007", CALL_OK,
            "2003 Originated 4 2003 connected newCall\n"
            "2003 Diverted 4 - connected callForwardImmediate to=2005\n"
            "2007 Diverted 4 2007 null callForwardImmediate to=2005\n"
            "2003 Delivered 4 2005 connected callForwardImmediate from=hidden\n"
            "2005 Delivered 4 2005 alerting callForwardImmediate from=hidden\n" },
      } },
};
/* clang-format on */

int main(void)
{
    return call_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
