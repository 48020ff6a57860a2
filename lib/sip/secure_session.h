/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that our next hops have given us, one for each server name, so that a connection that is
 * opened again costs less. They belong to a context and go with it; the oldest give way.
 *
 * A session is taken out to be used: by one connection, once (RFC 8446 C.4), and one that the peer
 * does not take is gone. Any thread. */
#pragma once
#include "secure_context.h"
#include "secure_fault.h"
#include <openssl/ssl.h>
#include <pthread.h>

struct secure_session {
    char *server_name;
    SSL_SESSION *session;
    STACK_OF(X509) * chain; /* that the peer showed, its own first */
};

struct secure_sessions {
    pthread_mutex_t lock;     /* of what follows */
    struct secure_session *v; /* the oldest first; NULL: none is kept */
    size_t n, size;
    long lifetime_s;
};

/** Makes @p ctx keep sessions if @p settings want it. 0, or -1 with @p fault; either way
 *  secure_session_fini() it. */
int secure_session_init(struct secure_sessions *sessions, SSL_CTX *ctx,
                        struct secure_settings const *settings, struct secure_fault *fault);
void secure_session_fini(struct secure_sessions *sessions);

/** Keeps a copy of @p session of @p ssl: OpenSSL spoils one whose connection ends without a word.
 */
void secure_session_put(struct secure_sessions *sessions, char const *server_name, SSL *ssl,
                        SSL_SESSION *session);

/** Takes out the session for @p server_name; @p ret is the caller's, secure_session_release() it.
 *  False: there is none. */
bool secure_session_take(struct secure_sessions *sessions, char const *server_name,
                         struct secure_session *ret);
void secure_session_release(struct secure_session *session);
