/* SPDX-License-Identifier: Apache-2.0 */
/* Device strings towards the client: its own line exactly as it wrote it (clients compare the
 * bytes, csta-rcc 1.6), every other number as the outbound rules show it, else as
 * tel:NUMBER;phone-context=dialstring. */
#pragma once
#include "csta.h"

struct number_rules;

struct device_echo {
    char const *number;         /* the client's line as the driver calls it */
    char const *text;           /* the same as the client wrote it */
    su_home_t *home;            /* where new strings go */
    struct number_rules *rules; /* for the numbers of others; NULL: none */
};

/** One device string of the driver as the client shall see it; NULL stays NULL. */
char const *device_echo_text(struct device_echo const *echo, char const *driver_text);

/** Replaces every device in @p msg. */
void device_echo_apply(struct device_echo const *echo, struct csta_msg *msg);
