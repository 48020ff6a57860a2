/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of `crosspoint rcc`, as typed: "call 2002 wait Established hold retrieve clear". */
#pragma once
#include "csta_names.h"
#include <stddef.h>

enum { RCC_SCRIPT_MAX = 64 };

enum rcc_verb {
    RCC_CALL,
    RCC_ANSWER,
    RCC_HOLD,
    RCC_RETRIEVE,
    RCC_CLEAR,
    RCC_SNAPSHOT,
    RCC_FEATURES,
    RCC_MONITOR,
    RCC_WAIT,
};

struct rcc_step {
    enum rcc_verb verb;
    char const *name;       /* as typed: "hangup" */
    char const *arg;        /* number or event as typed, NULL if the verb has none */
    enum csta_type service; /* request that does it; CSTA_NONE: monitor, wait */
    enum csta_type event;   /* RCC_WAIT: CSTA_DeliveredEvent ... */
};

/** Fills @p ret from the words, which it borrows. Returns the number of steps, or -EINVAL with the
 *  fault for people in @p why (@p size bytes). */
int rcc_script_parse(int argc, char **argv, struct rcc_step ret[static RCC_SCRIPT_MAX], char *why,
                     size_t size);
