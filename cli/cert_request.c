/* SPDX-License-Identifier: Apache-2.0 */
/* Names, extensions and signatures. */
#include "cert_request.h"
#include "cert_key.h"
#include "clock.h"
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { SERIAL_BITS = 127, DAY_S = 86400 };

/* --- names -------------------------------------------------------------------------------------
 */

static bool is_address(char const *text)
{
    unsigned char address[16];

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* Of a name that says its kind, the rest. */
static char const *split_kind(char const *text, int *ret_kind)
{
    static struct {
        char const *prefix;
        int kind;
    } const kinds[] = { { "DNS:", GEN_DNS }, { "IP:", GEN_IPADD }, { "URI:", GEN_URI } };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t len = strlen(kinds[i].prefix);
        if (strncasecmp(text, kinds[i].prefix, len) == 0) {
            *ret_kind = kinds[i].kind;
            return text + len;
        }
    }
    *ret_kind = is_address(text) ? GEN_IPADD : strchr(text, ':') ? GEN_URI : GEN_DNS;
    return text;
}

/* Letters, digits and what else DNS and URIs are made of: blanks and the like are typing errors. */
static bool is_well_formed(char const *value, int kind)
{
    static char const of_dns[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._*";
    static char const of_scheme[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

    if (!*value)
        return false;
    if (kind == GEN_DNS)
        return !value[strspn(value, of_dns)];
    if (kind == GEN_IPADD)
        return is_address(value);
    for (char const *p = value; *p; p++)
        if (*p <= ' ' || *p >= 0x7f)
            return false;
    return value[strspn(value, of_scheme)] == ':';
}

int cert_request_add_name(STACK_OF(GENERAL_NAME) * names, char const *text,
                          struct cert_fault *fault)
{
    int kind;
    char const *value = split_kind(text, &kind);
    GENERAL_NAME *name;

    if (!is_well_formed(value, kind))
        return cert_fault_set(fault, "\"%s\" is no DNS name, IP address or URI", text);
    name = a2i_GENERAL_NAME(NULL, NULL, NULL, kind, value, 0);
    if (!name)
        return cert_fault_set(fault, "\"%s\": %s", text, cert_fault_reason());
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(names, i), name) == 0) {
            GENERAL_NAME_free(name);
            return 0;
        }
    if (sk_GENERAL_NAME_push(names, name) > 0)
        return 0;
    GENERAL_NAME_free(name);
    return cert_fault_set(fault, "out of memory");
}

static int set_cn(X509_NAME *subject, char const *cn, struct cert_fault *fault)
{
    if (!*cn || strlen(cn) > CERT_REQUEST_CN_MAX)
        return cert_fault_set(fault, "the CN \"%s\" wants 1 to %d bytes (RFC 5280)", cn,
                              CERT_REQUEST_CN_MAX);
    for (char const *p = cn; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return cert_fault_set(fault, "the CN holds a control character");
    if (X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                   (unsigned char const *)cn, -1, -1, 0) == 1)
        return 0;
    return cert_fault_set(fault, "the CN \"%s\" cannot be used: %s", cn, cert_fault_reason());
}

/* --- extensions --------------------------------------------------------------------------------
 */

static bool add_text(STACK_OF(X509_EXTENSION) * *list, X509V3_CTX *ctx, int nid, char const *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    bool is_added = extension && X509v3_add_ext(list, extension, -1);

    X509_EXTENSION_free(extension);
    return is_added;
}

/* Caller owns; NULL when that failed. */
static STACK_OF(X509_EXTENSION) *
    make_extensions(EVP_PKEY const *key, STACK_OF(GENERAL_NAME) * names)
{
    STACK_OF(X509_EXTENSION) *list = NULL;
    /* Only RSA keys encrypt others (RFC 5246 7.4.2); modern suites sign with them, too. */
    char const *usage = EVP_PKEY_is_a(key, "RSA") ? "critical,digitalSignature,keyEncipherment"
                                                  : "critical,digitalSignature";
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
    if (add_text(&list, &ctx, NID_basic_constraints, "critical,CA:FALSE") &&
        add_text(&list, &ctx, NID_key_usage, usage) &&
        add_text(&list, &ctx, NID_ext_key_usage, "serverAuth,clientAuth") &&
        (sk_GENERAL_NAME_num(names) == 0 ||
         X509V3_add1_i2d(&list, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1))
        return list;
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    return NULL;
}

/* --- requests ----------------------------------------------------------------------------------
 */

X509_REQ *cert_request_new(EVP_PKEY *key, char const *cn, STACK_OF(GENERAL_NAME) * names,
                           struct cert_fault *fault)
{
    X509_REQ *request = X509_REQ_new();
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    bool is_done = false;

    cert_fault_set(fault, "out of memory");
    if (!request || set_cn(X509_REQ_get_subject_name(request), cn, fault) < 0)
        goto out;
    extensions = make_extensions(key, names);
    is_done = extensions && X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1 &&
              X509_REQ_set_pubkey(request, key) == 1 &&
              X509_REQ_add_extensions(request, extensions) == 1 &&
              X509_REQ_sign(request, key, cert_key_digest(key)) > 0;
    if (!is_done)
        cert_fault_set(fault, "the request could not be made: %s", cert_fault_reason());
out:
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    if (!is_done) {
        X509_REQ_free(request);
        request = NULL;
    }
    return request;
}

/* --- self-signed -------------------------------------------------------------------------------
 */

static bool set_serial(X509 *cert)
{
    BIGNUM *number = BN_new();
    bool is_set = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
                  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;

    BN_free(number);
    return is_set;
}

static bool set_dates(X509 *cert, long days)
{
    time_t now = (time_t)(clock_wall_us() / 1000000);

    return ASN1_TIME_set(X509_getm_notBefore(cert), now) &&
           ASN1_TIME_adj(X509_getm_notAfter(cert), now, (int)days, 0);
}

static bool add_extensions(X509 *cert, EVP_PKEY const *key, STACK_OF(GENERAL_NAME) * names)
{
    STACK_OF(X509_EXTENSION) *extensions = make_extensions(key, names);
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    bool is_added = extensions && add_text(&extensions, &ctx, NID_subject_key_identifier, "hash");
    for (int i = 0; is_added && i < sk_X509_EXTENSION_num(extensions); i++)
        is_added = X509_add_ext(cert, sk_X509_EXTENSION_value(extensions, i), -1) == 1;
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return is_added;
}

X509 *cert_request_self_sign(EVP_PKEY *key, char const *cn, STACK_OF(GENERAL_NAME) * names,
                             long days, struct cert_fault *fault)
{
    X509 *cert = X509_new();
    bool is_done = false;

    cert_fault_set(fault, "out of memory");
    if (!cert || set_cn(X509_get_subject_name(cert), cn, fault) < 0)
        goto out;
    is_done = X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
              set_dates(cert, days) && X509_set_pubkey(cert, key) == 1 &&
              X509_set_issuer_name(cert, X509_get_subject_name(cert)) == 1 &&
              add_extensions(cert, key, names) && X509_sign(cert, key, cert_key_digest(key)) > 0;
    if (!is_done)
        cert_fault_set(fault, "the certificate could not be made: %s", cert_fault_reason());
out:
    if (!is_done) {
        X509_free(cert);
        cert = NULL;
    }
    return cert;
}
