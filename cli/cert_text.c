/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a certificate, for people. */
#include "cert_text.h"
#include "cert_key.h"
#include "clock.h"
#include "secure_expiry.h"
#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400 };

/* JSON wants UTF-8; a certificate may hold anything. */
static json_t *text_value(char const *text, size_t len)
{
    json_t *value = json_stringn(text, len);

    return value ? value : json_string("(not UTF-8)");
}

/* Takes what was printed into @p bio, and the BIO. */
static json_t *printed(BIO *bio)
{
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    json_t *value = text_value(len > 0 ? text : "", len > 0 ? (size_t)len : 0);

    BIO_free(bio);
    return value;
}

static json_t *name_value(X509_NAME const *name)
{
    BIO *bio = BIO_new(BIO_s_mem());

    X509_NAME_print_ex(bio, name, 0,
                       (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC);
    return printed(bio);
}

char *cert_text_cn(X509_NAME const *name)
{
    unsigned char *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    X509_NAME_ENTRY const *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
    int len = entry ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
    char *text = NULL;
    bool is_plain = len > 0;

    for (int i = 0; i < len; i++)
        is_plain = is_plain && utf8[i] >= ' ' && utf8[i] != 0x7f;
    if (is_plain)
        text = strndup((char *)utf8, (size_t)len);
    OPENSSL_free(utf8);
    return text;
}

char const *cert_text_title(X509_NAME const *name, char text[static CERT_TEXT_TITLE])
{
    char *title = secure_expiry_title(name);

    snprintf(text, CERT_TEXT_TITLE, "%s", title ? title : "?");
    free(title);
    return text;
}

/* --- times -------------------------------------------------------------------------------------
 */

int64_t cert_text_days_left(ASN1_TIME const *when)
{
    int64_t left_s = secure_expiry_seconds(when) - (int64_t)(clock_wall_us() / 1000000);

    return left_s < 0 ? -((-left_s + DAY_S - 1) / DAY_S) : left_s / DAY_S;
}

char const *cert_text_time(ASN1_TIME const *when, char text[static CERT_TEXT_TIME])
{
    struct tm tm;

    if (!when || ASN1_TIME_to_tm(when, &tm) != 1 ||
        strftime(text, CERT_TEXT_TIME, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
        snprintf(text, CERT_TEXT_TIME, "never");
    return text;
}

static json_t *time_value(ASN1_TIME const *when)
{
    char text[CERT_TEXT_TIME];

    return json_string(cert_text_time(when, text));
}

/* --- certificates ------------------------------------------------------------------------------
 */

char const *cert_text_digest(X509 const *cert, char text[static CERT_TEXT_DIGEST])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    text[0] = '\0';
    if (X509_digest(cert, EVP_sha256(), digest, &len) == 1)
        for (unsigned i = 0; i < len; i++)
            snprintf(text + 3 * i, CERT_TEXT_DIGEST - 3 * i, "%02X%s", digest[i],
                     i + 1 < len ? ":" : "");
    return text;
}

static json_t *serial_value(ASN1_INTEGER const *serial)
{
    BIO *bio = BIO_new(BIO_s_mem());

    i2a_ASN1_INTEGER(bio, serial);
    return printed(bio);
}

/* "DNS:a.test", one string each. */
static json_t *alternative_names(STACK_OF(GENERAL_NAME) const *names)
{
    json_t *list = json_array();

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
        json_array_append_new(list, printed(bio));
    }
    return list;
}

static json_t *key_value(EVP_PKEY const *key)
{
    char text[CERT_KEY_TEXT];

    return json_string(key ? cert_key_print(key, text) : "unknown");
}

static void add_bits(json_t *list, uint32_t have, uint32_t bit, char const *name)
{
    if (have & bit)
        json_array_append_new(list, json_string(name));
}

static json_t *usage_value(X509 *cert)
{
    json_t *list = json_array();
    uint32_t key = X509_get_key_usage(cert), extended = X509_get_extended_key_usage(cert);

    if (key != UINT32_MAX) {
        add_bits(list, key, KU_DIGITAL_SIGNATURE, "digitalSignature");
        add_bits(list, key, KU_KEY_ENCIPHERMENT, "keyEncipherment");
        add_bits(list, key, KU_KEY_AGREEMENT, "keyAgreement");
        add_bits(list, key, KU_KEY_CERT_SIGN, "keyCertSign");
        add_bits(list, key, KU_CRL_SIGN, "cRLSign");
    }
    if (extended != UINT32_MAX) {
        add_bits(list, extended, XKU_SSL_SERVER, "serverAuth");
        add_bits(list, extended, XKU_SSL_CLIENT, "clientAuth");
        add_bits(list, extended, XKU_ANYEKU, "anyExtendedKeyUsage");
    }
    return list;
}

static json_t *digest_value(X509 const *cert)
{
    char text[CERT_TEXT_DIGEST];

    return json_string(cert_text_digest(cert, text));
}

json_t *cert_text_cert(X509 *cert)
{
    STACK_OF(GENERAL_NAME) *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    ASN1_TIME const *until = X509_get0_notAfter(cert);
    json_t *object = json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:s,s:o,s:b,s:o,s:o,s:I,s:o}", "kind", "certificate", "subject",
        name_value(X509_get_subject_name(cert)), "issuer", name_value(X509_get_issuer_name(cert)),
        "serial", serial_value(X509_get0_serialNumber(cert)), "names", alternative_names(names),
        "key", key_value(X509_get0_pubkey(cert)), "signature",
        OBJ_nid2ln(X509_get_signature_nid(cert)), "usage", usage_value(cert), "ca",
        X509_check_ca(cert) > 0, "from", time_value(X509_get0_notBefore(cert)), "until",
        time_value(until), "days left", (json_int_t)cert_text_days_left(until), "sha256",
        digest_value(cert));

    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    return object;
}

static STACK_OF(GENERAL_NAME) * requested_names(X509_REQ *request)
{
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
    STACK_OF(GENERAL_NAME) *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);

    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return names;
}

json_t *cert_text_request(X509_REQ *request)
{
    STACK_OF(GENERAL_NAME) *names = requested_names(request);
    EVP_PKEY *key = X509_REQ_get0_pubkey(request);
    json_t *object = json_pack("{s:s,s:o,s:o,s:o,s:s}", "kind", "request", "subject",
                               name_value(X509_REQ_get_subject_name(request)), "names",
                               alternative_names(names), "key", key_value(key), "signature",
                               key && X509_REQ_verify(request, key) == 1 ? "good" : "BAD");

    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    return object;
}

json_t *cert_text_crl(X509_CRL *crl)
{
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(crl);
    ASN1_TIME const *until = X509_CRL_get0_nextUpdate(crl);
    json_t *object = json_pack(
        "{s:s,s:o,s:i,s:o,s:o}", "kind", "revocation list", "issuer",
        name_value(X509_CRL_get_issuer(crl)), "revoked", revoked ? sk_X509_REVOKED_num(revoked) : 0,
        "from", time_value(X509_CRL_get0_lastUpdate(crl)), "until", time_value(until));

    if (until)
        json_object_set_new(object, "days left", json_integer(cert_text_days_left(until)));
    return object;
}
