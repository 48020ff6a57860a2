/* SPDX-License-Identifier: Apache-2.0 */
/* The peer of a session that might be gone on with: it shows no certificate again, so the one of
 * the session is judged by the trust, the subjects and the time of today, as if it were shown now.
 *
 * What is judged counts only if that very session is resumed: anybody can send a ticket that he has
 * seen, and none but its owner finishes the handshake with it. */
#pragma once
#include "secure_verify.h"
#include <openssl/ssl.h>

struct secure_resume {
    X509 *leaf; /* judged; NULL: none was, or the session has none */
    struct secure_verify_verdict verdict;
};

/** May @p session go on? @p chain: what the peer showed beside its certificate, NULL if that is
 *  gone. @p server_name: "" if we were connected to. */
bool secure_resume_judge(struct secure_resume *resume, struct secure_verify_policy const *policy,
                         SSL *ssl, char const *server_name, SSL_SESSION const *session,
                         STACK_OF(X509) * chain);

/** When the handshake of @p ssl is done: the verdict of the session that was resumed becomes
 *  @p verdict. False if it was not the one that was judged. */
bool secure_resume_adopt(struct secure_resume *resume, SSL *ssl,
                         struct secure_verify_verdict *verdict);

void secure_resume_forget(struct secure_resume *resume);
