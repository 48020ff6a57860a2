/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of certificates and lists: see secure_expiry.h. */
#include "secure_expiry.h"
#include "secure_choice.h"
#include <errno.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TITLE_MAX = 200 };

/* Names of any origin stand in alarms and logs. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

static char *cn_of(X509_NAME const *name)
{
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    X509_NAME_ENTRY const *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
    unsigned char *utf8 = NULL;
    int len = entry ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
    char *text = len > 0 ? strndup((char *)utf8, (size_t)len) : NULL;

    OPENSSL_free(utf8);
    return text;
}

char *secure_expiry_title(X509_NAME const *name)
{
    char whole[TITLE_MAX] = "", *text = cn_of(name);

    if (!text || !*text) {
        free(text);
        X509_NAME_oneline(name, whole, sizeof whole);
        text = strdup(*whole ? whole : "(no subject)");
    }
    if (text)
        make_printable(text);
    return text;
}

int64_t secure_expiry_seconds(ASN1_TIME const *when)
{
    struct tm tm;

    if (!when)
        return INT64_MAX;
    return ASN1_TIME_to_tm(when, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static int add(struct secure_expiry_list *list, struct secure_expiry const *like,
               X509_NAME const *name)
{
    struct secure_expiry *v = realloc(list->v, (list->n + 1) * sizeof *v);

    if (!v)
        return -ENOMEM;
    list->v = v;
    v[list->n] = *like;
    v[list->n].title = secure_expiry_title(name);
    return v[list->n++].title ? 0 : -ENOMEM;
}

static int add_cert(struct secure_expiry_list *list, enum secure_expiry_kind kind, X509 const *cert)
{
    struct secure_expiry const like = { .kind = kind,
                                        .from_s = secure_expiry_seconds(X509_get0_notBefore(cert)),
                                        .until_s =
                                            secure_expiry_seconds(X509_get0_notAfter(cert)) };

    return add(list, &like, X509_get_subject_name(cert));
}

static int add_crl(struct secure_expiry_list *list, X509_CRL const *crl)
{
    struct secure_expiry const like = { .kind = SECURE_EXPIRY_CRL,
                                        .from_s =
                                            secure_expiry_seconds(X509_CRL_get0_lastUpdate(crl)),
                                        .until_s =
                                            secure_expiry_seconds(X509_CRL_get0_nextUpdate(crl)) };

    return add(list, &like, X509_CRL_get_issuer(crl));
}

static int add_own(struct secure_expiry_list *list, struct secure_certificate const *ours)
{
    int error = add_cert(list, SECURE_EXPIRY_OWN, ours->leaf);

    for (int i = 0; error == 0 && i < sk_X509_num(ours->chain); i++)
        error = add_cert(list, SECURE_EXPIRY_CHAIN, sk_X509_value(ours->chain, i));
    return error;
}

static int add_object(struct secure_expiry_list *list, X509_OBJECT *object, bool has_own_trust)
{
    X509 const *cert = X509_OBJECT_get0_X509(object);
    X509_CRL const *crl = X509_OBJECT_get0_X509_CRL(object);

    if (crl)
        return add_crl(list, crl);
    return cert && has_own_trust ? add_cert(list, SECURE_EXPIRY_TRUST, cert) : 0;
}

int secure_expiry_init(struct secure_expiry_list *ret, struct secure_choice const *choice,
                       SSL_CTX *ctx, bool has_own_trust)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));
    int error = 0;

    for (size_t i = 0; error == 0 && i < choice->n; i++)
        error = add_own(ret, &choice->v[i]);
    for (int i = 0; error == 0 && i < sk_X509_OBJECT_num(all); i++)
        error = add_object(ret, sk_X509_OBJECT_value(all, i), has_own_trust);
    return error;
}

void secure_expiry_fini(struct secure_expiry_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i].title);
    free(list->v);
    *list = (struct secure_expiry_list){ 0 };
}

char const *secure_expiry_kind_str(enum secure_expiry_kind kind)
{
    static char const *const names[] = { "own", "chain", "trust", "crl" };

    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "?";
}
