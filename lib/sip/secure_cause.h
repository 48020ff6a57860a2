/* SPDX-License-Identifier: Apache-2.0 */
/* Why a TLS connection was refused or came to nothing: one list of causes (secure_causes.def) for
 * the log, the counters and whoever waits for the connection. */
#pragma once
#include <stdbool.h>

enum secure_cause {
    SECURE_FINE, /* no cause */
#define CAUSE(name, text) SECURE_##name,
#include "secure_causes.def"
#undef CAUSE
    SECURE_CAUSES
};

/** "expired", for tables; "none". Static. */
char const *secure_cause_name(enum secure_cause cause);

/** "the certificate has expired", for people; "" of SECURE_FINE. Static. */
char const *secure_cause_text(enum secure_cause cause);

/** Does it lie in what the peer has shown, rather than in how it speaks? */
bool secure_cause_is_rejection(enum secure_cause cause);

/** What X509_verify_cert() says (X509_V_...), as a cause. */
enum secure_cause secure_cause_of_chain(int error);

/** An error of OpenSSL's queue, as a cause: never SECURE_FINE. */
enum secure_cause secure_cause_of_ssl(unsigned long error);

/** A cause in place of an errno: negative, and no errno; back again, SECURE_FINE if it is none. */
int secure_cause_error(enum secure_cause cause);
enum secure_cause secure_cause_of_error(int error);

/** What a negative errno, or a cause in place of one, means. Static. */
char const *secure_cause_error_text(int error);
