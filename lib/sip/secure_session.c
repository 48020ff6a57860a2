/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of next hops: see secure_session.h. They are few and connections are opened seldom, so a
 * walk is enough. */
#include "secure_session.h"
#include "clock.h"
#include "secure_internal.h"
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

enum { US_PER_S = 1000000 };

/* SSL_CTX_sess_set_new_cb: the peer has given us a session. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    secure_link_keep(SSL_get_app_data(ssl), session);
    return 0; /* the reference is not kept */
}

int secure_session_init(struct secure_sessions *sessions, SSL_CTX *ctx,
                        struct secure_settings const *settings, struct secure_fault *fault)
{
    pthread_mutex_init(&sessions->lock, NULL);
    sessions->lifetime_s = (long)settings->session_lifetime_s;
    if (!settings->session_tickets || !settings->session_servers)
        return 0;
    sessions->size = settings->session_servers;
    sessions->v = calloc(sessions->size, sizeof *sessions->v);
    if (!sessions->v)
        return secure_fault_set(fault, "session_servers", "out of memory");
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, on_session);
    return 0;
}

void secure_session_fini(struct secure_sessions *sessions)
{
    for (size_t i = 0; i < sessions->n; i++)
        secure_session_release(&sessions->v[i]);
    free(sessions->v);
    pthread_mutex_destroy(&sessions->lock);
}

void secure_session_release(struct secure_session *session)
{
    free(session->server_name);
    SSL_SESSION_free(session->session);
    sk_X509_pop_free(session->chain, X509_free);
    *session = (struct secure_session){ .session = NULL };
}

/* Place of the session for @p server_name, or n. Under the lock. */
static size_t find(struct secure_sessions const *sessions, char const *server_name)
{
    size_t i = 0;

    while (i < sessions->n && strcmp(sessions->v[i].server_name, server_name) != 0)
        i++;
    return i;
}

/* Under the lock. */
static struct secure_session take_out(struct secure_sessions *sessions, size_t place)
{
    struct secure_session ret = sessions->v[place];

    sessions->n--;
    memmove(&sessions->v[place], &sessions->v[place + 1],
            (sessions->n - place) * sizeof *sessions->v);
    return ret;
}

void secure_session_put(struct secure_sessions *sessions, char const *server_name, SSL *ssl,
                        SSL_SESSION *session)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    struct secure_session fresh = { .session = SSL_SESSION_dup(session),
                                    .server_name = strdup(server_name),
                                    .chain = chain ? X509_chain_up_ref(chain) : NULL };
    struct secure_session former = { .session = NULL };

    if (!fresh.session || !fresh.server_name || !SSL_SESSION_is_resumable(session)) {
        secure_session_release(&fresh);
        return;
    }
    pthread_mutex_lock(&sessions->lock);
    size_t place = find(sessions, server_name);
    if (place < sessions->n)
        former = take_out(sessions, place);
    else if (sessions->n == sessions->size)
        former = take_out(sessions, 0);
    sessions->v[sessions->n++] = fresh;
    pthread_mutex_unlock(&sessions->lock);
    secure_session_release(&former);
}

static bool is_fresh(struct secure_sessions const *sessions, struct secure_session const *session)
{
    long age_s = (long)(clock_wall_us() / US_PER_S) - SSL_SESSION_get_time(session->session);

    return age_s >= 0 && age_s < sessions->lifetime_s;
}

bool secure_session_take(struct secure_sessions *sessions, char const *server_name,
                         struct secure_session *ret)
{
    *ret = (struct secure_session){ .session = NULL };
    if (!sessions->v)
        return false;
    pthread_mutex_lock(&sessions->lock);
    size_t place = find(sessions, server_name);
    if (place < sessions->n)
        *ret = take_out(sessions, place);
    pthread_mutex_unlock(&sessions->lock);
    if (ret->session && is_fresh(sessions, ret))
        return true;
    secure_session_release(ret);
    return false;
}
