/* SPDX-License-Identifier: Apache-2.0 */
/* The human at the phone: what keys do. The same operations as the services. */
#pragma once

struct exchange;
struct line;

enum phone_fault {
    PHONE_OK,
    PHONE_NO_VERB,     /* not one of phone_verbs() */
    PHONE_NO_NUMBER,   /* dial without a number, or with one that cannot be dialled */
    PHONE_WRONG_STATE, /* nothing there to answer, hold ..., or the line is in use */
    PHONE_NO_ROOM,     /* no appearance or call record left */
};

/** Presses a key of @p line: answer, hangup, hold, retrieve, dial @p number, busy, free. */
enum phone_fault phone_act(struct exchange *ex, struct line *line, char const *verb,
                           char const *number);

/** The verbs, for help texts. */
char const *phone_verbs(void);
