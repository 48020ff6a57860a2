/* SPDX-License-Identifier: Apache-2.0 */
/* The human at the phone: what keys do. The same operations as the services. */
#pragma once
#include "line.h"

struct buf;
struct exchange;

enum phone_fault {
    PHONE_OK,
    PHONE_NO_VERB,     /* not one of phone_verbs() */
    PHONE_NO_NUMBER,   /* no number, or one that cannot be called */
    PHONE_NO_VALUE,    /* what follows the verb is not what it wants */
    PHONE_WRONG_STATE, /* nothing there to answer, hold ..., or the line is in use */
    PHONE_NO_ROOM,     /* no appearance or call record left, or the conference is full */
    PHONE_DEAD,        /* the phone is out of service */
};

/** Presses a key at a phone of the line (its station NULL: at any). @p value is what the key needs:
 *  a number, digits, "on" or "off"; NULL: nothing. The verbs stand in phone.c. */
enum phone_fault phone_act(struct exchange *ex, struct line_ref at, char const *verb,
                           char const *value);

/** Lists the verbs with what they need, for help texts. */
void phone_verbs(struct buf *out);
