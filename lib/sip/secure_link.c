/* SPDX-License-Identifier: Apache-2.0 */
/* TLS between two buffers: see secure_link.h. OpenSSL reads straight from the bytes fed and writes
 * straight into `out`, through a BIO of our own. */
#include "secure_link.h"
#include "net_addr.h"
#include "secure_identity.h"
#include "secure_internal.h"
#include "secure_resume.h"
#include "secure_sight.h"
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

/* RFC 8446 §5.1: the first and the last of the record types in use. */
enum { RECORD_FIRST = 20, RECORD_LAST = 24 };

struct secure_link {
    struct secure_context *context;
    SSL *ssl;
    struct secure_verify_verdict verdict; /* on the certificate shown */
    struct secure_resume resume;          /* of a session that may be resumed */
    struct secure_sight *sight;           /* borrowed; NULL: nobody watches */
    char const *protocol;                 /* ALPN; static; NULL: none */
    char const *in;
    size_t in_len;
    struct buf out;
    enum secure_cause cause; /* why it is over, and what OpenSSL adds */
    char const *detail;
    bool is_first; /* nothing was fed yet */
    bool is_plain; /* what came first was no TLS */
    bool is_open, is_over;
    char server_name[];
};

/* --- the BIO ------------------------------------------------------------------------------------
 */

static int bio_read(BIO *bio, char *to, int size)
{
    struct secure_link *link = BIO_get_data(bio);
    size_t n = link->in_len < (size_t)size ? link->in_len : (size_t)size;

    BIO_clear_retry_flags(bio);
    if (!n) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(to, link->in, n);
    link->in += n;
    link->in_len -= n;
    return (int)n;
}

static int bio_write(BIO *bio, char const *bytes, int len)
{
    struct secure_link *link = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    buf_add(&link->out, bytes, (size_t)len);
    return buf_ok(&link->out) ? len : -1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *secure_link_bio_new(void)
{
    BIO_METHOD *bio = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "secure_link");

    if (bio && BIO_meth_set_read(bio, bio_read) && BIO_meth_set_write(bio, bio_write) &&
        BIO_meth_set_ctrl(bio, bio_ctrl))
        return bio;
    BIO_meth_free(bio);
    return NULL;
}

/* --- the peer's certificate ---------------------------------------------------------------------
 */

/* Whoever watches wants to see the rest of the handshake, and is told what a context that judges
 * would have said. */
static int show(struct secure_link *link, X509_STORE_CTX *store)
{
    struct secure_verify_policy policy = link->context->policy;
    struct secure_verify_verdict *verdict = &link->verdict;

    policy.server = true;
    (void)secure_verify_judge(&policy, store, link->server_name, verdict);
    link->sight->is_ignored = !link->context->policy.server;
    secure_sight_judge(link->sight, store, verdict->cause,
                       verdict->error ? X509_verify_cert_error_string(verdict->error) : "");
    verdict->cause = SECURE_FINE;
    return 1;
}

int secure_link_verify(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct secure_link *link = SSL_get_app_data(ssl);

    (void)unused;
    if (link->sight)
        return show(link, store);
    if (link->context->policy.is_later) {
        (void)secure_verify_judge(&link->context->policy, store, link->server_name, &link->verdict);
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    return secure_verify_judge(&link->context->policy, store, link->server_name, &link->verdict);
}

/* --- sessions -----------------------------------------------------------------------------------
 */

bool secure_link_resumes(struct secure_link *link, SSL_SESSION const *session)
{
    return !link->sight && secure_resume_judge(&link->resume, &link->context->policy, link->ssl,
                                               link->server_name, session, NULL);
}

void secure_link_keep(struct secure_link *link, SSL_SESSION *session)
{
    /* What was only looked at was not judged as a connection is. */
    if (!link->sight)
        secure_session_put(&link->context->sessions, link->server_name, link->ssl, session);
}

/* Proposes to go on with what we had with this peer, if it is still welcome. */
static void propose_session(struct secure_link *link)
{
    struct secure_session last;

    if (!secure_session_take(&link->context->sessions, link->server_name, &last))
        return;
    if (secure_resume_judge(&link->resume, &link->context->policy, link->ssl, link->server_name,
                            last.session, last.chain))
        SSL_set_session(link->ssl, last.session);
    secure_session_release(&last);
}

/* The handshake is done: whose is the session? */
static int finish_session(struct secure_link *link)
{
    if (!secure_resume_adopt(&link->resume, link->ssl, &link->verdict))
        return -1;
    /* TLS 1.3 gives another one for each time. */
    if (*link->server_name && SSL_session_reused(link->ssl) &&
        SSL_version(link->ssl) < TLS1_3_VERSION)
        secure_link_keep(link, SSL_get_session(link->ssl));
    return 0;
}

/* --- renegotiation ------------------------------------------------------------------------------
 */

/* OpenSSL answers with a warning and goes on (RFC 5246 §7.2.2), which nobody would hear of. */
static void on_info(SSL const *ssl, int where, int value)
{
    struct secure_link const *link = SSL_get_app_data(ssl);

    if (where == SSL_CB_WRITE_ALERT && (value & 0xff) == SSL_AD_NO_RENEGOTIATION)
        secure_counts_fail(link->context->counts, SECURE_renegotiation);
}

/* --- life ---------------------------------------------------------------------------------------
 */

/* RFC 6066 §3: only names are sent, never addresses. */
static int set_server_name(struct secure_link *link)
{
    struct net_addr addr;

    if (net_addr_parse(&addr, link->server_name, 0) == 0)
        return 1;
    return (int)SSL_set_tlsext_host_name(link->ssl, link->server_name);
}

struct secure_link *secure_link_new(struct secure_context *context, char const *server_name,
                                    size_t max_out)
{
    size_t size = server_name ? strlen(server_name) + 1 : 1;
    struct secure_link *link = calloc(1, sizeof *link + size);
    BIO *bio = NULL;

    if (!link)
        return NULL;
    link->context = secure_context_ref(context);
    link->is_first = true;
    link->detail = "";
    buf_init(&link->out, max_out);
    if (server_name)
        memcpy(link->server_name, server_name, size);
    ERR_clear_error();
    link->ssl = SSL_new(context->ctx);
    bio = BIO_new(context->bio);
    if (!link->ssl || !bio)
        goto fail;
    BIO_set_data(bio, link);
    BIO_set_init(bio, 1);
    SSL_set_bio(link->ssl, bio, bio);
    bio = NULL; /* is the SSL's now */
    SSL_set_app_data(link->ssl, link);
    SSL_set_info_callback(link->ssl, on_info);
    if (server_name) {
        SSL_set_connect_state(link->ssl);
        if (context->policy.server)
            SSL_set_verify(link->ssl, SSL_VERIFY_PEER, NULL);
        else
            SSL_set_verify(link->ssl, SSL_VERIFY_NONE, NULL);
        if (set_server_name(link) != 1)
            goto fail;
        propose_session(link);
    } else {
        SSL_set_accept_state(link->ssl);
    }
    return link;

fail:
    BIO_free(bio);
    secure_link_free(&link);
    return NULL;
}

void secure_link_free(struct secure_link **plink)
{
    struct secure_link *link = *plink;

    *plink = NULL;
    if (!link)
        return;
    if (link->is_open)
        secure_counts_add(link->context->counts, SECURE_COUNT_OPEN, -1);
    SSL_free(link->ssl);
    secure_context_unref(&link->context);
    secure_verify_forget(&link->verdict);
    secure_resume_forget(&link->resume);
    buf_fini(&link->out);
    free(link);
}

void secure_link_watch(struct secure_link *link, struct secure_sight *sight)
{
    link->sight = sight;
    SSL_set_session(link->ssl, NULL); /* to go on with an old one would show nothing */
    secure_sight_attach(sight, link->ssl);
}

/* --- what is spoken (ALPN) ----------------------------------------------------------------------
 */

/* SSL_CTX_set_alpn_select_cb */
int secure_link_choose(SSL *ssl, unsigned char const **ret, unsigned char *ret_len,
                       unsigned char const *offers, unsigned len, void *unused)
{
    struct secure_link const *link = SSL_get_app_data(ssl);
    size_t wanted = link->protocol ? strlen(link->protocol) : 0;
    (void)unused;

    if (!wanted)
        return SSL_TLSEXT_ERR_NOACK;
    for (unsigned at = 0; at < len && offers[at] < len - at; at += 1u + offers[at])
        if (offers[at] == wanted && memcmp(offers + at + 1, link->protocol, wanted) == 0) {
            *ret = offers + at + 1;
            *ret_len = offers[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Out of memory shows when the handshake begins: nothing was offered then, which is allowed. */
void secure_link_speak(struct secure_link *link, char const *protocol)
{
    unsigned char wire[SECURE_LINK_PROTOCOL];
    size_t len = strlen(protocol);

    link->protocol = protocol;
    if (!*link->server_name || len >= sizeof wire)
        return;
    wire[0] = (unsigned char)len;
    memcpy(wire + 1, protocol, len);
    SSL_set_alpn_protos(link->ssl, wire, (unsigned)len + 1);
}

/* --- failures -----------------------------------------------------------------------------------
 */

static int give_up(struct secure_link *link, int error, enum secure_cause cause, char const *detail)
{
    struct secure_counts *counts = link->context->counts;

    if (cause && !(cause == SECURE_closed && link->is_open))
        secure_counts_fail(counts, cause);
    if (link->is_open)
        secure_counts_add(counts, SECURE_COUNT_OPEN, -1);
    link->is_over = true;
    link->is_open = false;
    link->cause = cause;
    link->detail = detail ? detail : "";
    ERR_clear_error();
    return error;
}

/* The first error is nearest to the cause; but of those that come from below libssl ("cipher
 * operation failed") only libssl tells what they mean ("bad record mac"). Empties the queue. */
static unsigned long take_error(void)
{
    unsigned long first = ERR_get_error(), error = first;

    while (error && ERR_GET_LIB(error) != ERR_LIB_SSL)
        error = ERR_get_error();
    return error ? error : first;
}

static int reject(struct secure_link *link, enum secure_cause cause, char const *detail)
{
    return give_up(link, secure_cause_is_rejection(cause) ? -EKEYREJECTED : -EPROTO, cause, detail);
}

/* What the error says, and where the handshake stood: OpenSSL tells only that a message is long. */
static enum secure_cause cause_of(struct secure_link const *link, unsigned long error)
{
    OSSL_HANDSHAKE_STATE state = SSL_get_state(link->ssl);

    if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
        ERR_GET_REASON(error) == SSL_R_EXCESSIVE_MESSAGE_SIZE &&
        (state == TLS_ST_CR_CERT || state == TLS_ST_SR_CERT))
        return SECURE_too_large;
    return secure_cause_of_ssl(error);
}

/* After a call of OpenSSL that did not succeed. 0: it waits for bytes from the network. */
static int judge_failure(struct secure_link *link, int rc)
{
    int what = SSL_get_error(link->ssl, rc);
    unsigned long error = take_error();

    if (what == SSL_ERROR_WANT_READ)
        return 0;
    if (!buf_ok(&link->out))
        return give_up(link, -ENOMEM, SECURE_ours, "too much to send");
    if (what == SSL_ERROR_ZERO_RETURN)
        return give_up(link, -ECONNRESET, SECURE_closed, NULL);
    if (link->verdict.cause && !link->context->policy.is_later)
        return reject(link, link->verdict.cause,
                      X509_verify_cert_error_string(link->verdict.error));
    return reject(link, cause_of(link, error), ERR_reason_error_string(error));
}

void secure_link_abort(struct secure_link *link, enum secure_cause cause, char const *detail)
{
    if (!link->is_over)
        give_up(link, 0, cause, detail);
}

/* --- bytes --------------------------------------------------------------------------------------
 */

void secure_link_feed(struct secure_link *link, char const *bytes, size_t len)
{
    link->in = bytes;
    link->in_len = len;
    if (link->is_first && len)
        link->is_plain = bytes[0] < RECORD_FIRST || bytes[0] > RECORD_LAST;
    link->is_first &= len == 0;
}

static void opened(struct secure_link *link)
{
    struct secure_counts *counts = link->context->counts;
    int version = SSL_version(link->ssl);

    link->is_open = true;
    secure_counts_add(counts, SECURE_COUNT_OPEN, 1);
    secure_counts_add(counts, *link->server_name ? SECURE_COUNT_OPENED : SECURE_COUNT_ACCEPTED, 1);
    secure_counts_add(counts, SECURE_COUNT_RESUMED, SSL_session_reused(link->ssl));
    secure_counts_add(counts,
                      version == TLS1_3_VERSION   ? SECURE_COUNT_TLS_1_3
                      : version == TLS1_2_VERSION ? SECURE_COUNT_TLS_1_2
                                                  : SECURE_COUNT_OLD,
                      1);
}

int secure_link_shake(struct secure_link *link)
{
    if (link->is_over)
        return -EPROTO;
    /* OpenSSL would wait for the rest of a record's head. */
    if (link->is_plain)
        return reject(link, SECURE_not_tls, NULL);
    ERR_clear_error();
    int rc = SSL_do_handshake(link->ssl);
    if (rc != 1)
        return judge_failure(link, rc);
    if (finish_session(link) < 0)
        return reject(link, SECURE_ours, "another session was resumed");
    opened(link);
    return 0;
}

ssize_t secure_link_read(struct secure_link *link, char *to, size_t size)
{
    if (!link->is_open) {
        int error = secure_link_shake(link);
        if (error || !link->is_open)
            return error;
    }
    ERR_clear_error();
    int n = SSL_read(link->ssl, to, (int)size);
    return n > 0 ? n : judge_failure(link, n);
}

int secure_link_write(struct secure_link *link, char const *bytes, size_t len)
{
    if (!link->is_open)
        return -ENOTCONN;
    ERR_clear_error();
    int n = len ? SSL_write(link->ssl, bytes, (int)len) : 0;
    if (n == (int)len)
        return 0;
    int error = judge_failure(link, n);
    return error ? error : reject(link, SECURE_ours, "cannot be written now");
}

void secure_link_close(struct secure_link *link)
{
    if (!link->is_open)
        return;
    SSL_shutdown(link->ssl);
    give_up(link, 0, SECURE_FINE, NULL);
}

/* --- questions ----------------------------------------------------------------------------------
 */

struct buf *secure_link_out(struct secure_link *link)
{
    return &link->out;
}

bool secure_link_is_open(struct secure_link const *link)
{
    return link->is_open;
}

bool secure_link_is_begun(struct secure_link const *link)
{
    return !link->is_first;
}

enum secure_cause secure_link_cause(struct secure_link const *link)
{
    return link->cause;
}

char const *secure_link_why(struct secure_link const *link)
{
    return secure_cause_text(link->cause);
}

char const *secure_link_detail(struct secure_link const *link)
{
    return link->detail;
}

char const *secure_link_peer(struct secure_link const *link)
{
    struct secure_identity const *identity = link->verdict.identity;
    char const *name = NULL;

    if (link->verdict.is_accepted)
        return secure_identity_subject(identity);
    if (identity)
        name = secure_identity_name(identity, 0);
    return name ? name : "";
}

struct secure_identity *secure_link_claims(struct secure_link const *link)
{
    return link->verdict.identity;
}

struct secure_identity *secure_link_identity(struct secure_link const *link)
{
    return link->verdict.is_accepted ? link->verdict.identity : NULL;
}

enum secure_cause secure_link_proves(struct secure_link const *link, char const *domain)
{
    if (link->verdict.cause)
        return link->verdict.cause;
    if (!link->verdict.identity || !link->verdict.is_accepted)
        return SECURE_no_certificate;
    return secure_identity_is_xmpp(link->verdict.identity, domain) ? SECURE_FINE
                                                                   : SECURE_wrong_name;
}

char const *secure_link_objection(struct secure_link const *link)
{
    return link->verdict.error ? X509_verify_cert_error_string(link->verdict.error) : "";
}

char const *secure_link_protocol(struct secure_link const *link, char ret[SECURE_LINK_PROTOCOL])
{
    unsigned char const *name;
    unsigned len;

    SSL_get0_alpn_selected(link->ssl, &name, &len);
    if (len >= SECURE_LINK_PROTOCOL)
        len = 0;
    if (len)
        memcpy(ret, name, len);
    ret[len] = '\0';
    return ret;
}

bool secure_link_is_resumed(struct secure_link const *link)
{
    return SSL_session_reused(link->ssl);
}

char const *secure_link_version(struct secure_link const *link)
{
    return SSL_get_version(link->ssl);
}

char const *secure_link_cipher(struct secure_link const *link)
{
    return SSL_get_cipher_name(link->ssl);
}

bool secure_link_serves(struct secure_link const *link, struct secure_context const *context,
                        char const *server_name)
{
    return *link->server_name && link->context == context &&
           strcmp(link->server_name, server_name) == 0;
}

struct secure_context *secure_link_context(struct secure_link const *link)
{
    return link->context;
}

char const *secure_link_server_name(struct secure_link const *link)
{
    return link->server_name;
}
