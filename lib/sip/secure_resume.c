/* SPDX-License-Identifier: Apache-2.0 */
/* Judging sessions: see secure_resume.h. */
#include "secure_resume.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

/* As libssl does for a certificate that is shown. */
static X509_STORE_CTX *begin(SSL *ssl, X509 *leaf, STACK_OF(X509) * chain)
{
    X509_STORE *trust = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    X509_STORE_CTX *store = X509_STORE_CTX_new();

    if (!store || X509_STORE_CTX_init(store, trust, leaf, chain) != 1 ||
        X509_STORE_CTX_set_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl) != 1 ||
        X509_STORE_CTX_set_default(store, SSL_is_server(ssl) ? "ssl_client" : "ssl_server") != 1)
        goto fail;
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl));
    if (X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl)) == 1)
        return store;

fail:
    X509_STORE_CTX_free(store);
    return NULL;
}

bool secure_resume_judge(struct secure_resume *resume, struct secure_verify_policy const *policy,
                         SSL *ssl, char const *server_name, SSL_SESSION const *session,
                         STACK_OF(X509) * chain)
{
    X509 *leaf = SSL_SESSION_get0_peer((SSL_SESSION *)session);

    secure_resume_forget(resume);
    if (!leaf)
        return !(SSL_get_verify_mode(ssl) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) && !*server_name;
    X509_STORE_CTX *store = begin(ssl, leaf, chain);
    bool is_welcome = store && secure_verify_judge(policy, store, server_name, &resume->verdict);
    X509_STORE_CTX_free(store);
    ERR_clear_error();
    if (!is_welcome) {
        secure_resume_forget(resume);
        return false;
    }
    X509_up_ref(leaf);
    resume->leaf = leaf;
    return true;
}

bool secure_resume_adopt(struct secure_resume *resume, SSL *ssl,
                         struct secure_verify_verdict *verdict)
{
    X509 *leaf = SSL_get0_peer_certificate(ssl);

    if (!SSL_session_reused(ssl)) {
        secure_resume_forget(resume);
        return true;
    }
    if (!leaf != !resume->leaf || (leaf && X509_cmp(leaf, resume->leaf) != 0))
        return false;
    secure_verify_forget(verdict);
    *verdict = resume->verdict;
    resume->verdict = (struct secure_verify_verdict){ .identity = NULL };
    secure_resume_forget(resume);
    return true;
}

void secure_resume_forget(struct secure_resume *resume)
{
    X509_free(resume->leaf);
    resume->leaf = NULL;
    secure_verify_forget(&resume->verdict);
}
