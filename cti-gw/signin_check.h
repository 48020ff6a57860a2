/* SPDX-License-Identifier: Apache-2.0 */
/* Who may sign in, for which line and on which phone: the checks of a sign-in in the order of the
 * guide (guide-rcc 3), without a message. signin.c asks before it starts a session, cmd_signin.c
 * when an administrator wants to know; so what the troubleshooter says cannot differ from what a
 * client meets. Nothing is changed, not even the turn of the CTI connections. */
#pragma once
#include "cti_refusal.h"
#include "line_uri.h"
#include "users.h"

struct gateway;

enum { SIGNIN_CHECK_WHY = 400 };

struct signin_check {
    struct gateway const *gw;
    struct users_person const *user;
    enum users_match matched;
    char const *line_text; /* the line as the client wrote it; borrowed */
    struct line_uri line;
    struct device_choice choice;
    struct device_choice_phone phones[USERS_PHONES_MAX];
    size_t n_phones;
    struct cti_refusal const *refusal; /* what the client gets; static */
    char why[SIGNIN_CHECK_WHY];        /* and is told */
};

/** Is user@host of @p from_uri ("sip:joe@company.example") somebody who may control phones? */
bool signin_check_user(struct signin_check *check, char const *from_uri);
/** Is @p line_text (not NULL) the line of that user? After signin_check_user(). */
bool signin_check_line(struct signin_check *check, char const *line_text);
/** Which phone would it be? After signin_check_line(). */
bool signin_check_device(struct signin_check *check);
/** Is there room for another session? */
bool signin_check_room(struct signin_check *check);
/** Is a CTI connection up? The refusal lacks its Retry-After, which is the sender's. */
bool signin_check_connection(struct signin_check *check);

/** csta-rcc 1.2: clients report an error for a line URI of that form, which is hard to find. */
bool signin_check_form_is_odd(struct signin_check const *check);

/** Name of the phone that was chosen, NULL if the line as a whole is controlled. */
char const *signin_check_device_name(struct signin_check const *check);
