/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting and judging chains. */
#include "cert_chain.h"
#include "cert_text.h"
#include "clock.h"
#include "secure_expiry.h"
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* Debian's default of TLS: no SHA-1, no RSA keys below 2048 bits. */
enum { SECURITY_LEVEL = 2 };

bool cert_chain_has(STACK_OF(X509) const *list, X509 const *cert)
{
    for (int i = 0; i < sk_X509_num(list); i++)
        if (X509_cmp(sk_X509_value(list, i), cert) == 0)
            return true;
    return false;
}

X509 *cert_chain_leaf(STACK_OF(X509) * given, EVP_PKEY const *key)
{
    for (int i = 0; i < sk_X509_num(given); i++) {
        EVP_PKEY *own = X509_get0_pubkey(sk_X509_value(given, i));
        if (own && EVP_PKEY_eq(own, key) == 1)
            return sk_X509_value(given, i);
    }
    return NULL;
}

static bool is_issuer(X509 *issuer, X509 *cert)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);

    return X509_check_issued(issuer, cert) == X509_V_OK && key && X509_verify(cert, key) == 1;
}

static X509 *find_issuer(STACK_OF(X509) * given, X509 *cert)
{
    for (int i = 0; i < sk_X509_num(given); i++)
        if (is_issuer(sk_X509_value(given, i), cert))
            return sk_X509_value(given, i);
    return NULL;
}

/* A CA under two certificates may sign itself in a circle: each stands in a chain once. */
static int climb(struct cert_chain *chain, STACK_OF(X509) * given, X509 *cert)
{
    while (cert && !cert_chain_has(chain->certs, cert)) {
        X509_up_ref(cert);
        if (sk_X509_num(chain->certs) && X509_self_signed(cert, 1) == 1) {
            chain->root = cert;
            return 0;
        }
        if (sk_X509_push(chain->certs, cert) <= 0) {
            X509_free(cert);
            return -1;
        }
        cert = X509_self_signed(cert, 1) == 1 ? NULL : find_issuer(given, cert);
    }
    return 0;
}

static X509 *top_of(struct cert_chain const *chain)
{
    return chain->root ? chain->root : sk_X509_value(chain->certs, sk_X509_num(chain->certs) - 1);
}

/* All that OpenSSL asks of a chain when a peer shows it, but for the dates: here its top is
 * trusted. */
static int judge(struct cert_chain const *chain, struct cert_fault *fault)
{
    STACK_OF(X509) *trusted = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    char title[CERT_TEXT_TITLE];
    int result = -1;

    if (!trusted || !ctx || sk_X509_push(trusted, top_of(chain)) <= 0 ||
        X509_STORE_CTX_init(ctx, NULL, sk_X509_value(chain->certs, 0), chain->certs) != 1) {
        cert_fault_set(fault, "out of memory");
        goto out;
    }
    X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), SECURITY_LEVEL);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(ctx) == 1) {
        result = 0;
        goto out;
    }
    X509 *culprit = X509_STORE_CTX_get_current_cert(ctx);
    cert_fault_set(fault, "the chain does not hold at \"%s\": %s",
                   culprit ? cert_text_title(X509_get_subject_name(culprit), title) : "?",
                   X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
out:
    X509_STORE_CTX_free(ctx);
    sk_X509_free(trusted);
    return result;
}

/* Place in the finished chain; -1 if it is no part of it. */
static int place_of(struct cert_chain const *chain, X509 const *cert)
{
    for (int i = 0; i < sk_X509_num(chain->certs); i++)
        if (X509_cmp(sk_X509_value(chain->certs, i), cert) == 0)
            return i;
    return chain->root && X509_cmp(chain->root, cert) == 0 ? sk_X509_num(chain->certs) : -1;
}

/* Ours first, or the root first as the guide uploads them: either is an order. */
static void look_at_order(struct cert_chain *chain, STACK_OF(X509) * given)
{
    bool rises = true, falls = true;
    int before = -1;

    for (int i = 0; i < sk_X509_num(given); i++) {
        int place = place_of(chain, sk_X509_value(given, i));
        if (place < 0) {
            chain->stray = sk_X509_value(given, i);
            continue;
        }
        rises = rises && (before < 0 || place >= before);
        falls = falls && (before < 0 || place <= before);
        before = place;
    }
    chain->is_sorted = !rises && !falls;
}

int cert_chain_build(struct cert_chain *ret, STACK_OF(X509) * given, EVP_PKEY *key,
                     struct cert_fault *fault)
{
    X509 *leaf = cert_chain_leaf(given, key);

    *ret = (struct cert_chain){ .certs = sk_X509_new_null() };
    if (!leaf)
        return cert_fault_set(fault, "none of the certificates is for this key");
    if (!ret->certs || climb(ret, given, leaf) < 0)
        return cert_fault_set(fault, "out of memory");
    look_at_order(ret, given);
    return judge(ret, fault);
}

void cert_chain_fini(struct cert_chain *chain)
{
    sk_X509_pop_free(chain->certs, X509_free);
    X509_free(chain->root);
    *chain = (struct cert_chain){ 0 };
}

char const *cert_chain_doubt(X509 const *cert)
{
    int64_t now_s = (int64_t)(clock_wall_us() / 1000000);

    if (secure_expiry_seconds(X509_get0_notAfter(cert)) < now_s)
        return "has expired";
    if (secure_expiry_seconds(X509_get0_notBefore(cert)) > now_s)
        return "is not yet valid";
    return NULL;
}
