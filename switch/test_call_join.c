/* SPDX-License-Identifier: Apache-2.0 */
/* Consultation, transfer and conference as scripts (call_rig.h): every party's events, the limits,
 * and what is refused. */
#include "call_rig.h"

/* clang-format off */
#define CALLED \
    { "make 2002 2001", CALL_OK, \
      "2002 Originated 1 2002 connected newCall\n" \
      "2002 Delivered 1 2001 connected newCall\n" \
      "2001 Delivered 1 2001 alerting newCall\n" }
#define CALLED_ANSWERED \
    { "answer 2001 1", CALL_OK, \
      "2002 Established 1 2001 connected normal\n" \
      "2001 Established 1 2001 connected normal\n" }
#define CONFERENCED \
    { "conference 2001 1 2", CALL_OK, \
      "2001 Conferenced 1+2 2001 connected conference 2001+2003: " \
      "2001/3<1=connected 2002/3<1=connected 2003/3<2=connected\n" \
      "2002 Conferenced 1+2 2001 connected conference 2001+2003: " \
      "2001/3<1=connected 2002/3<1=connected 2003/3<2=connected\n" \
      "2003 Conferenced 1+2 2001 connected conference 2001+2003: " \
      "2001/3<1=connected 2002/3<1=connected 2003/3<2=connected\n" }
#define RECONNECTED \
    { "reconnect 2001 1 2", CALL_OK, \
      "2001 ConnectionCleared 2 2001 null normalClearing\n" \
      "2003 ConnectionCleared 2 2001 connected normalClearing\n" \
      "2003 ConnectionCleared 2 2003 null normalClearing\n" \
      "2001 Retrieved 1 2001 connected normal\n" \
      "2002 Retrieved 1 2001 connected normal\n" }
#define TRANSFERRED_RINGING \
    { "transfer 2001 1 2", CALL_OK, \
      "2001 Transfered 1+2 2001 null transfer 2001+2003: 2002/3<1=connected 2003/3<2=alerting\n" \
      "2002 Transfered 1+2 2001 connected transfer 2001+2003: " \
      "2002/3<1=connected 2003/3<2=alerting\n" \
      "2003 Transfered 1+2 2001 alerting transfer 2001+2003: " \
      "2002/3<1=connected 2003/3<2=alerting\n" }
#define TAKEN_IN \
    { "take-in 2001 1 2003", CALL_OK, \
      "2001 Conferenced 1 2001 connected singleStepConference 2001+2003: " \
      "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n" \
      "2002 Conferenced 1 2001 connected singleStepConference 2001+2003: " \
      "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n" \
      "2003 Conferenced 1 2001 connected singleStepConference 2001+2003: " \
      "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n" }
#define CONSULT_ANSWERED \
    { "answer 2003 2", CALL_OK, \
      "2001 Established 2 2003 connected normal\n" \
      "2003 Established 2 2003 connected normal\n" }
#define CONSULTED \
    { "consult 2001 1 2003", CALL_OK, \
      "2001 Held 1 2001 hold consultation\n" \
      "2002 Held 1 2001 connected consultation\n" \
      "2001 Originated 2 2001 connected consultation\n" \
      "2001 Delivered 2 2003 connected newCall\n" \
      "2003 Delivered 2 2003 alerting newCall\n" }

static struct call_rig_script const scripts[] = {
    { .name = "consultation and transfer",
      .steps = {
          CALLED,
          CALLED_ANSWERED,
          { "consult 2001 1 2003", CALL_OK,
            "2002 Held 1 2001 connected consultation\n"
            "2001 Held 1 2001 hold consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2003 connected newCall\n"
            "2003 Delivered 2 2003 alerting newCall\n" },
          CONSULT_ANSWERED,
          { "transfer 2001 1 2", CALL_OK,
            "2002 Transfered 1+2 2001 connected transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n"
            "2001 Transfered 1+2 2001 null transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n"
            "2003 Transfered 1+2 2001 connected transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n" },
          { "hold 2003 3", CALL_OK,
            "2002 Held 3 2003 connected normal\n"
            "2003 Held 3 2003 hold normal\n" },
          { "retrieve 2003 3", CALL_OK,
            "2002 Retrieved 3 2003 connected normal\n"
            "2003 Retrieved 3 2003 connected normal\n" },
          { "clear 2003 3", CALL_OK,
            "2002 ConnectionCleared 3 2003 connected normalClearing\n"
            "2003 ConnectionCleared 3 2003 null normalClearing\n"
            "2002 ConnectionCleared 3 2002 null normalClearing\n" },
      } },
    { .name = "transfer while the other end still rings",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          TRANSFERRED_RINGING,
          { "answer 2003 3", CALL_OK,
            "2002 Established 3 2003 connected normal\n"
            "2003 Established 3 2003 connected normal\n" },
          { "clear 2002 3", CALL_OK,
            "2002 ConnectionCleared 3 2002 null normalClearing\n"
            "2003 ConnectionCleared 3 2002 connected normalClearing\n"
            "2003 ConnectionCleared 3 2003 null normalClearing\n" },
      } },
    { .name = "transferred to somebody who never answers",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          TRANSFERRED_RINGING,
          { "wait 30000", CALL_OK,
            "2002 ConnectionCleared 3 2003 connected callNotAnswered\n"
            "2003 ConnectionCleared 3 2003 null callNotAnswered\n"
            "2002 ConnectionCleared 3 2002 null callNotAnswered\n" },
      } },
    { .name = "alternate, and back by reconnect",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          CONSULT_ANSWERED,
          { "alternate 2001 1 2", CALL_OK,
            "2001 Held 2 2001 hold alternate\n"
            "2003 Held 2 2001 connected alternate\n"
            "2001 Retrieved 1 2001 connected alternate\n"
            "2002 Retrieved 1 2001 connected alternate\n" },
          { "alternate 2001 2 1", CALL_OK,
            "2001 Held 1 2001 hold alternate\n"
            "2002 Held 1 2001 connected alternate\n"
            "2001 Retrieved 2 2001 connected alternate\n"
            "2003 Retrieved 2 2001 connected alternate\n" },
          RECONNECTED,
      } },
    { .name = "reconnect while the consulted end is busy",
      .steps = {
          { "busy 2003", CALL_OK, NULL },
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "consult 2001 1 2003", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 connected consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Failed 2 2003 fail busy\n" },
          { "transfer 2001 1 2", CALL_FAULT_STATE, NULL },
          { "alternate 2001 1 2", CALL_FAULT_STATE, NULL },
          { "reconnect 2001 1 2", CALL_OK,
            "2001 ConnectionCleared 2 2001 null normalClearing\n"
            "2001 Retrieved 1 2001 connected normal\n"
            "2002 Retrieved 1 2001 connected normal\n" },
      } },
    { .name = "conference: one leaves after the other",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          CONSULT_ANSWERED,
          CONFERENCED,
          { "hold 2002 3", CALL_OK,
            "2001 Held 3 2002 connected normal\n"
            "2002 Held 3 2002 hold normal\n"
            "2003 Held 3 2002 connected normal\n" },
          { "retrieve 2002 3", CALL_OK,
            "2001 Retrieved 3 2002 connected normal\n"
            "2002 Retrieved 3 2002 connected normal\n"
            "2003 Retrieved 3 2002 connected normal\n" },
          { "clear 2001 3", CALL_OK,
            "2001 ConnectionCleared 3 2001 null normalClearing\n"
            "2002 ConnectionCleared 3 2001 connected normalClearing\n"
            "2003 ConnectionCleared 3 2001 connected normalClearing\n" },
          { "clear 2003 3", CALL_OK,
            "2002 ConnectionCleared 3 2003 connected normalClearing\n"
            "2003 ConnectionCleared 3 2003 null normalClearing\n"
            "2002 ConnectionCleared 3 2002 null normalClearing\n" },
      } },
    { .name = "a conference has its limit",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          CONSULT_ANSWERED,
          CONFERENCED,
          { "consult 2001 3 2005", CALL_OK,
            "2001 Held 3 2001 hold consultation\n"
            "2002 Held 3 2001 connected consultation\n"
            "2003 Held 3 2001 connected consultation\n"
            "2001 Originated 4 2001 connected consultation\n"
            "2001 Delivered 4 2005 connected newCall\n"
            "2005 Delivered 4 2005 alerting newCall\n" },
          { "answer 2005 4", CALL_OK,
            "2001 Established 4 2005 connected normal\n"
            "2005 Established 4 2005 connected normal\n" },
          { "conference 2001 3 4", CALL_FAULT_MEMBERS, NULL },
          { "take-in 2002 3 2005", CALL_FAULT_CALLING_STATE, NULL },
          { "transfer 2001 3 4", CALL_OK,
            "2001 Transfered 3+4 2001 null transfer 2001+2005: 2002/5<3=connected "
            "2003/5<3=connected 2005/5<4=connected\n"
            "2002 Transfered 3+4 2001 connected transfer 2001+2005: 2002/5<3=connected "
            "2003/5<3=connected 2005/5<4=connected\n"
            "2003 Transfered 3+4 2001 connected transfer 2001+2005: 2002/5<3=connected "
            "2003/5<3=connected 2005/5<4=connected\n"
            "2005 Transfered 3+4 2001 connected transfer 2001+2005: 2002/5<3=connected "
            "2003/5<3=connected 2005/5<4=connected\n" },
      } },
    { .name = "transfer in one step",
      .steps = {
          CALLED,
          CALLED_ANSWERED,
          { "send-to 2001 1 2003", CALL_OK,
            "2002 Transfered 1 2001 connected singleStepTransfer 2001+2003: 2002/2<1=connected\n"
            "2001 Transfered 1 2001 null singleStepTransfer 2001+2003: 2002/2<1=connected\n"
            "2002 Delivered 2 2003 connected singleStepTransfer\n"
            "2003 Delivered 2 2003 alerting singleStepTransfer\n" },
          { "answer 2003 2", CALL_OK,
            "2002 Established 2 2003 connected normal\n"
            "2003 Established 2 2003 connected normal\n" },
          { "clear 2002 2", CALL_OK,
            "2002 ConnectionCleared 2 2002 null normalClearing\n"
            "2003 ConnectionCleared 2 2002 connected normalClearing\n"
            "2003 ConnectionCleared 2 2003 null normalClearing\n" },
      } },
    { .name = "transfer in one step to who is busy, unknown, or there",
      .steps = {
          { "busy 2003", CALL_OK, NULL },
          CALL_RIG_RINGING,
          { "send-to 2001 1 2003", CALL_FAULT_STATE, NULL },
          CALL_RIG_ANSWERED,
          { "send-to 2001 1 99", CALL_FAULT_DESTINATION, NULL },
          { "send-to 2001 1 2001", CALL_FAULT_DESTINATION, NULL },
          { "send-to 2001 1 2002", CALL_FAULT_DESTINATION, NULL },
          { "send-to 2001 1 2003", CALL_OK,
            "2001 Transfered 1 2001 null singleStepTransfer 2001+2003: 2002/2<1=connected\n"
            "2002 Transfered 1 2001 connected singleStepTransfer 2001+2003: 2002/2<1=connected\n"
            "2002 Failed 2 2003 fail busy\n" },
          { "clear 2002 2", CALL_OK,
            "2002 ConnectionCleared 2 2002 null normalClearing\n" },
      } },
    { .name = "conference in one step",
      .steps = {
          CALL_RIG_RINGING,
          { "take-in 2001 1 2003", CALL_FAULT_STATE, NULL },
          CALL_RIG_ANSWERED,
          { "take-in 2001 1 2002", CALL_FAULT_STATE, NULL },
          TAKEN_IN,
          { "take-in 2001 1 2005", CALL_FAULT_MEMBERS, NULL },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2002 ConnectionCleared 1 2001 connected normalClearing\n"
            "2003 ConnectionCleared 1 2001 connected normalClearing\n" },
          { "clear 2003 1", CALL_OK,
            "2002 ConnectionCleared 1 2003 connected normalClearing\n"
            "2003 ConnectionCleared 1 2003 null normalClearing\n"
            "2002 ConnectionCleared 1 2002 null normalClearing\n" },
      } },
    { .name = "who only listens keeps no call alive, and does nothing in it",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "listen-in 2001 1 2003", CALL_OK,
            "2001 Conferenced 1 2001 connected singleStepConference 2001+2003: "
            "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n"
            "2002 Conferenced 1 2001 connected singleStepConference 2001+2003: "
            "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n"
            "2003 Conferenced 1 2001 connected singleStepConference 2001+2003: "
            "2001/1<1=connected 2002/1<1=connected 2003/1=connected\n" },
          { "send-to 2003 1 2005", CALL_FAULT_STATE, NULL },
          { "clear 2001 1", CALL_OK,
            "2001 ConnectionCleared 1 2001 null normalClearing\n"
            "2002 ConnectionCleared 1 2001 connected normalClearing\n"
            "2003 ConnectionCleared 1 2001 connected normalClearing\n"
            "2002 ConnectionCleared 1 2002 null normalClearing\n"
            "2003 ConnectionCleared 1 2002 connected normalClearing\n"
            "2003 ConnectionCleared 1 2003 null normalClearing\n" },
      } },
    { .name = "a call only for talk is not joined",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "consult-to-talk 2001 1 2003", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 connected consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2003 connected newCall\n"
            "2003 Delivered 2 2003 alerting newCall\n" },
          CONSULT_ANSWERED,
          { "transfer 2001 1 2", CALL_FAULT_STATE, NULL },
          { "conference 2001 1 2", CALL_FAULT_STATE, NULL },
          RECONNECTED,
      } },
    { .name = "wrong pairs",
      .steps = {
          CALL_RIG_RINGING,
          { "consult 2001 1 2003", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 alerting consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2003 connected newCall\n"
            "2003 Delivered 2 2003 alerting newCall\n" },
          { "answer 2002 1", CALL_OK,
            "2001 Established 1 2002 hold normal\n"
            "2002 Established 1 2002 connected normal\n" },
          { "consult 2002 1 99", CALL_OK,
            "2001 Held 1 2002 hold consultation\n"
            "2002 Held 1 2002 hold consultation\n"
            "2002 Originated 3 2002 connected consultation\n"
            "2002 Failed 3 99 fail destNotObtainable\n" },
          { "transfer 2002 3 1", CALL_FAULT_HELD_STATE, NULL },
          { "transfer 2002 1 3", CALL_FAULT_STATE, NULL },
          { "conference 2002 1 1", CALL_FAULT_STATE, NULL },
          { "alternate 2002 1 1", CALL_FAULT_STATE, NULL },
          { "alternate 2001 1 1", CALL_FAULT_STATE, NULL },
          { "reconnect 2002 1 1", CALL_FAULT_STATE, NULL },
      } },
    { .name = "the same line in both calls",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          { "hold 2001 1", CALL_OK,
            "2001 Held 1 2001 hold normal\n"
            "2002 Held 1 2001 connected normal\n" },
          { "hold 2002 1", CALL_OK,
            "2001 Held 1 2002 hold normal\n"
            "2002 Held 1 2002 hold normal\n" },
          CALL_RIG_RINGING_2,
          { "answer 2002 2", CALL_OK,
            "2001 Established 2 2002 connected normal\n"
            "2002 Established 2 2002 connected normal\n" },
          { "transfer 2001 1 2", CALL_FAULT_STATE, NULL },
          { "conference 2001 1 2", CALL_FAULT_STATE, NULL },
      } },
    { .name = "all are cleared",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          CONSULTED,
          CONSULT_ANSWERED,
          CONFERENCED,
          { "clear-call 2003 3", CALL_OK,
            "2001 ConnectionCleared 3 2001 null normalClearing\n"
            "2002 ConnectionCleared 3 2001 connected normalClearing\n"
            "2003 ConnectionCleared 3 2001 connected normalClearing\n"
            "2002 ConnectionCleared 3 2002 null normalClearing\n"
            "2003 ConnectionCleared 3 2002 connected normalClearing\n"
            "2003 ConnectionCleared 3 2003 null normalClearing\n" },
      } },
    { .name = "a monitor of the call follows it, and ends with it",
      .steps = {
          CALL_RIG_RINGING,
          { "watch 2001 1", CALL_OK, NULL },
          { "answer 2002 1", CALL_OK,
            "2001 Established 1 2002 connected normal\n"
            "2002 Established 1 2002 connected normal\n"
            "call Established 1 2002 - normal\n" },
          { "consult 2001 1 2003", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 connected consultation\n"
            "call Held 1 2001 - consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2003 connected newCall\n"
            "2003 Delivered 2 2003 alerting newCall\n" },
          CONSULT_ANSWERED,
          { "transfer 2001 1 2", CALL_OK,
            "2001 Transfered 1+2 2001 null transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n"
            "2002 Transfered 1+2 2001 connected transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n"
            "2003 Transfered 1+2 2001 connected transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n"
            "call Transfered 1+2 2001 - transfer 2001+2003: 2002/3<1=connected "
            "2003/3<2=connected\n" },
          { "clear 2003 3", CALL_OK,
            "2002 ConnectionCleared 3 2003 connected normalClearing\n"
            "2003 ConnectionCleared 3 2003 null normalClearing\n"
            "call ConnectionCleared 3 2003 - normalClearing\n"
            "2002 ConnectionCleared 3 2002 null normalClearing\n"
            "call ConnectionCleared 3 2002 - normalClearing\n"
            "call CallCleared 3 - - normalClearing\n" },
      } },
    { .name = "two conferences that would be too large for one",
      .steps = {
          CALL_RIG_RINGING,
          CALL_RIG_ANSWERED,
          TAKEN_IN,
          { "consult 2001 1 2005", CALL_OK,
            "2001 Held 1 2001 hold consultation\n"
            "2002 Held 1 2001 connected consultation\n"
            "2003 Held 1 2001 connected consultation\n"
            "2001 Originated 2 2001 connected consultation\n"
            "2001 Delivered 2 2005 connected newCall\n"
            "2005 Delivered 2 2005 alerting newCall\n" },
          { "answer 2005 2", CALL_OK,
            "2001 Established 2 2005 connected normal\n"
            "2005 Established 2 2005 connected normal\n" },
          { "take-in 2001 2 2004", CALL_OK,
            "2001 Conferenced 2 2001 connected singleStepConference 2001+2004: "
            "2001/2<2=connected 2005/2<2=connected 2004/2=connected\n"
            "2005 Conferenced 2 2001 connected singleStepConference 2001+2004: "
            "2001/2<2=connected 2005/2<2=connected 2004/2=connected\n"
            "2004 Conferenced 2 2001 connected singleStepConference 2001+2004: "
            "2001/2<2=connected 2005/2<2=connected 2004/2=connected\n"
            "SEP4A Conferenced 2 2001 connected singleStepConference 2001+2004: "
            "2001/2<2=connected 2005/2<2=connected 2004/2=connected\n" },
          { "transfer 2001 1 2", CALL_FAULT_MEMBERS, NULL },
          { "clear 2004 2", CALL_OK,
            "2001 ConnectionCleared 2 2004 connected normalClearing\n"
            "2005 ConnectionCleared 2 2004 connected normalClearing\n"
            "2004 ConnectionCleared 2 2004 null normalClearing\n"
            "SEP4A ConnectionCleared 2 2004 null normalClearing\n" },
          { "transfer 2001 1 2", CALL_OK,
            "2001 Transfered 1+2 2001 null transfer 2001+2005: 2002/3<1=connected "
            "2003/3<1=connected 2005/3<2=connected\n"
            "2002 Transfered 1+2 2001 connected transfer 2001+2005: 2002/3<1=connected "
            "2003/3<1=connected 2005/3<2=connected\n"
            "2003 Transfered 1+2 2001 connected transfer 2001+2005: 2002/3<1=connected "
            "2003/3<1=connected 2005/3<2=connected\n"
            "2005 Transfered 1+2 2001 connected transfer 2001+2005: 2002/3<1=connected "
            "2003/3<1=connected 2005/3<2=connected\n" },
      } },
};
/* clang-format on */

int main(void)
{
    return call_rig_main(scripts, sizeof scripts / sizeof *scripts);
}
