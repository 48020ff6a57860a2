/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing tickets: see secure_ticket.h. */
#include "secure_ticket.h"
#include "clock.h"
#include "secure_internal.h"
#include "secure_link.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string.h>

/* --- keys ---------------------------------------------------------------------------------------
 */

static int make_key(struct secure_ticket_key *key)
{
    key->is_set = RAND_bytes(key->name, sizeof key->name) == 1 &&
                  RAND_priv_bytes(key->cipher, sizeof key->cipher) == 1 &&
                  RAND_priv_bytes(key->mac, sizeof key->mac) == 1;
    return key->is_set ? 0 : -1;
}

/* Takes the next key when it is time. Under the lock. */
static void turn(struct secure_tickets *tickets)
{
    uint64_t now_ms = clock_now_ms(), age_ms = now_ms - tickets->since_ms;

    if (age_ms < tickets->lifetime_ms)
        return;
    if (age_ms < 2 * tickets->lifetime_ms)
        tickets->before = tickets->now;
    else
        OPENSSL_cleanse(&tickets->before, sizeof tickets->before);
    make_key(&tickets->now);
    tickets->since_ms = now_ms;
}

/* A copy of the key that seals. */
static bool sealing_key(struct secure_tickets *tickets, struct secure_ticket_key *ret)
{
    pthread_mutex_lock(&tickets->lock);
    turn(tickets);
    *ret = tickets->now;
    pthread_mutex_unlock(&tickets->lock);
    return ret->is_set;
}

/* A copy of the key called @p name. 0: it is gone; 1; 2: it seals no more. */
static int opening_key(struct secure_tickets *tickets, unsigned char const name[static 16],
                       struct secure_ticket_key *ret)
{
    int found = 0;

    pthread_mutex_lock(&tickets->lock);
    turn(tickets);
    if (tickets->now.is_set && memcmp(tickets->now.name, name, sizeof ret->name) == 0)
        found = 1;
    else if (tickets->before.is_set && memcmp(tickets->before.name, name, sizeof ret->name) == 0)
        found = 2;
    if (found)
        *ret = found == 1 ? tickets->now : tickets->before;
    pthread_mutex_unlock(&tickets->lock);
    return found;
}

/* --- what OpenSSL asks --------------------------------------------------------------------------
 */

static int set_keys(struct secure_ticket_key *key, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                    EVP_MAC_CTX *mac, int seals)
{
    char digest[] = "SHA256";
    OSSL_PARAM const params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_MAC_CTX_set_params(mac, params) == 1 &&
           EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv, seals) == 1;
}

/* SSL_CTX_set_tlsext_ticket_key_evp_cb: which key seals a ticket, or opens one. */
static int on_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                  EVP_MAC_CTX *mac, int seals)
{
    struct secure_tickets *tickets = &secure_link_context(SSL_get_app_data(ssl))->tickets;
    struct secure_ticket_key key;
    int answer = 1;

    if (!seals)
        answer = opening_key(tickets, name, &key);
    else if (!sealing_key(tickets, &key) || RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1)
        answer = -1;
    if (answer <= 0)
        return answer;
    if (seals)
        memcpy(name, key.name, sizeof key.name);
    if (!set_keys(&key, iv, cipher, mac, seals))
        answer = -1;
    OPENSSL_cleanse(&key, sizeof key);
    return answer;
}

/* SSL_CTX_set_session_ticket_cb: a ticket is open, and its session may be gone on with. If not, a
 * full handshake follows, in which the peer is judged and the cause of a refusal is named. */
static SSL_TICKET_RETURN on_ticket(SSL *ssl, SSL_SESSION *session, unsigned char const *name,
                                   size_t name_len, SSL_TICKET_STATUS status, void *unused)
{
    struct secure_link *link = SSL_get_app_data(ssl);

    (void)name;
    (void)name_len;
    (void)unused;
    if ((status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) ||
        !secure_link_resumes(link, session))
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    /* RFC 8446 C.4: a ticket is for one time, so there is another one for the next. */
    return status == SSL_TICKET_SUCCESS && SSL_version(ssl) < TLS1_3_VERSION
               ? SSL_TICKET_RETURN_USE
               : SSL_TICKET_RETURN_USE_RENEW;
}

/* --- life ---------------------------------------------------------------------------------------
 */

static void resume_nothing(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 0);
}

int secure_ticket_init(struct secure_tickets *tickets, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault)
{
    static unsigned char const own[] = "crosspoint"; /* keys tell contexts apart */

    pthread_mutex_init(&tickets->lock, NULL);
    tickets->since_ms = clock_now_ms();
    tickets->lifetime_ms = 1000 * (uint64_t)settings->session_lifetime_s;
    if (!settings->session_tickets) {
        resume_nothing(ctx);
        return 0;
    }
    if (make_key(&tickets->now) < 0 ||
        SSL_CTX_set_session_id_context(ctx, own, sizeof own - 1) != 1 ||
        SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_key) != 1 ||
        SSL_CTX_set_session_ticket_cb(ctx, NULL, on_ticket, NULL) != 1)
        return secure_fault_set(fault, "session_tickets", "out of memory");
    SSL_CTX_set_timeout(ctx, (long)settings->session_lifetime_s);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    return 0;
}

void secure_ticket_fini(struct secure_tickets *tickets)
{
    OPENSSL_cleanse(&tickets->now, sizeof tickets->now);
    OPENSSL_cleanse(&tickets->before, sizeof tickets->before);
    pthread_mutex_destroy(&tickets->lock);
}
