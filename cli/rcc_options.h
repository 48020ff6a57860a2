/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the rcc command, and what follows from them: who signs in where, for which line. */
#pragma once
#include "rcc_script.h"
#include "rcc_secure.h"
#include <stdbool.h>
#include <stddef.h>

enum { RCC_URI_MAX = 512, RCC_WAIT_S = 10 };

struct rcc_options {
    char user[RCC_URI_MAX];           /* sip:alice@example.test */
    char server[RCC_URI_MAX];         /* sip:2001@example.test */
    char const *line;                 /* as given */
    char const *proxy;                /* as given, NULL: the node's own */
    struct rcc_secure_options secure; /* as given */
    unsigned wait_s, watch_s, expires_s;
    bool like_client;
    struct rcc_step steps[RCC_SCRIPT_MAX];
    int n_steps;
};

/** Parses the words behind "rcc", which it borrows. Returns 0, or -EINVAL with the fault in
 *  @p why. */
int rcc_options_parse(int argc, char **argv, struct rcc_options *ret, char *why, size_t size);
