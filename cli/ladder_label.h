/* SPDX-License-Identifier: Apache-2.0 */
/* What a message is called on a ladder, and who is at the other end of it. */
#pragma once
#include <stdbool.h>

enum { LADDER_LABEL = 80 };

struct ladder_label {
    char text[LADDER_LABEL]; /* printable ASCII: "INVITE RequestSystemStatus", "200 INFO
                                MakeCallResponse", "HeldEvent" */
    char party[40];          /* user@host of the far side, "" if the message does not say */
    bool is_answer;          /* a response, or a CSTA document that answers one */
};

/** Of a SIP message of any quality; @p sent: by the program whose tap it is from. */
void ladder_label_sip(char const *text, bool sent, struct ladder_label *ret);

/** Of a CSTA document. */
void ladder_label_csta(char const *xml, struct ladder_label *ret);
