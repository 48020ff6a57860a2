/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `crosspoint cert`: which of them a command takes is said by the command's row. */
#pragma once
#include "cert_fault.h"
#include <stdbool.h>

enum { CERT_OPTIONS_NAMES = 100, CERT_OPTIONS_FILES = 100 };

struct cert_options {
    char const *context, *key, *cert, *out, *type, *cn, *sni;
    long days, number; /* 0: not given */
    long timeout_s;
    bool force, next, trust, subject;
    char const *sans[CERT_OPTIONS_NAMES];
    int n_sans;
    char const *files[CERT_OPTIONS_FILES]; /* what is no option */
    int n_files;
};

/** Parses the words behind the name of a command, which it borrows. @p allowed: the options that it
 *  takes, separated by blanks. Returns 0 or -1 with @p fault. */
int cert_options_parse(struct cert_options *ret, int argc, char **argv, char const *allowed,
                       struct cert_fault *fault);
