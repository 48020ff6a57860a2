/* SPDX-License-Identifier: Apache-2.0 */
/* Why a part of `crosspoint cert` could not do its work: one sentence, for people. */
#pragma once

struct cert_fault {
    char text[1024];
};

/** Writes the sentence. Returns -1, for the caller to return. */
int cert_fault_set(struct cert_fault *fault, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/** What OpenSSL complained about first, which is nearest to the cause; forgets the rest. */
char const *cert_fault_reason(void);
