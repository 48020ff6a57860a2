/* SPDX-License-Identifier: Apache-2.0 */
/* Why a TLS context could not be made: the setting at fault and what is wrong, for people. */
#pragma once

struct secure_fault {
    char const *setting; /* the row, e.g. "certificates"; static */
    char text[512];
};

/** Fills in @p fault and forgets what OpenSSL has noted. Always -1, to be returned. */
int secure_fault_set(struct secure_fault *fault, char const *setting, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/** What OpenSSL noted first, which is nearest to the cause. Static text. */
char const *secure_fault_reason(void);

/** 0, or -1 with a fault that says why @p path cannot be opened: OpenSSL tells that badly. */
int secure_fault_check_file(struct secure_fault *fault, char const *setting, char const *path);
