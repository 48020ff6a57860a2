/* SPDX-License-Identifier: Apache-2.0 */
/* Which phone a session controls when its line stands on several (guide-rcc 3). Pure. */
#pragma once
#include "cti_conf.h"

/** A phone that has the line and that the user may control. */
struct device_choice_phone {
    char const *name;
    bool soft, registered;
};

enum device_choice_kind {
    DEVICE_CHOICE_LINE,    /* no phone is known: the line as a whole */
    DEVICE_CHOICE_ONE,     /* phones[index] */
    DEVICE_CHOICE_RING,    /* both ring, and the one that is answered is it */
    DEVICE_CHOICE_REFUSED, /* the sign-in cannot go on */
};

struct device_choice {
    enum device_choice_kind kind;
    size_t index;
    char const *why; /* for the log: the rule, or the reason of the refusal; static */
};

/** What the choice is made from. */
struct device_choice_options {
    enum cti_server_type server_type;
    char const *named;                        /* ;device= of the line URI, "" if none */
    char const *chosen;                       /* what the user chose last, "" if nothing */
    struct device_choice_phone const *phones; /* in the order in which the line has them */
    size_t n;
};

struct device_choice device_choice_make(struct device_choice_options const *options);
