/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ciphers: see secure_ciphers.h. */
#include "secure_ciphers.h"
#include "buf.h"
#include "spelling.h"
#include <ctype.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES = 100, LIST_BYTES = 32768 };

/* Forward secret and authenticated; what else a peer may need is configured. */
static char const default_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

/* What TLS 1.0 and 1.1 can do besides, the best first. */
static char const default_old_ciphers[] = "ECDHE+AES:DHE+AES:RSA+AES";

/* No cipher of these is ever meant: nobody is authenticated, nothing is encrypted, or there would
 * have to be a shared secret. */
static char const never[] = "!aNULL:!eNULL:!PSK:!SRP";

static char const all_suites[] =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
    "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";

enum past { PAST_3DES, PAST_RC4, PAST_DES, PAST_EXPORT, PAST_RARE, PAST_FIXED_DH };

static char const *const past_why[] = {
    [PAST_3DES] = "3DES has blocks of 64 bits (SWEET32)",
    [PAST_RC4] = "RC4 is forbidden (RFC 7465)",
    [PAST_DES] = "DES has keys of 56 bits",
    [PAST_EXPORT] = "export ciphers have keys of 40 bits (FREAK)",
    [PAST_RARE] = "hardly anybody has this cipher",
    [PAST_FIXED_DH] = "hardly anybody has certificates with a fixed Diffie-Hellman key",
};

static struct past_row {
    char const *name, *openssl;
    enum past why;
} const past_rows[] = {
#define PAST(name, openssl, why) { name, openssl, why },
#include "secure_ciphers.def"
#undef PAST
};

enum { N_PAST = sizeof past_rows / sizeof *past_rows };

/* A list on its way to OpenSSL. */
struct list {
    char const *setting; /* "ciphers", "ciphersuites" */
    SSL_CTX *all;        /* every cipher that OpenSSL has */
    SSL_CTX *probe;      /* to try words */
    struct buf text;
    struct secure_fault *fault;
};

/* --- what there is ------------------------------------------------------------------------------
 */

static bool is_suite(SSL_CIPHER const *cipher)
{
    return strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.3") == 0;
}

static SSL_CIPHER const *find(SSL_CTX *all, char const *name)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(all);

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        SSL_CIPHER const *cipher = sk_SSL_CIPHER_value(ciphers, i);
        char const *standard = SSL_CIPHER_standard_name(cipher);
        if (strcasecmp(SSL_CIPHER_get_name(cipher), name) == 0 ||
            (standard && strcasecmp(standard, name) == 0))
            return cipher;
    }
    return NULL;
}

static struct past_row const *find_past(char const *name)
{
    for (size_t i = 0; i < N_PAST; i++)
        if (strcasecmp(past_rows[i].name, name) == 0 || strcasecmp(past_rows[i].openssl, name) == 0)
            return &past_rows[i];
    return NULL;
}

static void prefer(char const **best, char const *candidate, char const *name)
{
    if (candidate &&
        (!*best || spelling_distance(name, candidate) < spelling_distance(name, *best)))
        *best = candidate;
}

static char const *nearest(struct list const *list, char const *name)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(list->all);
    char const *best = NULL;

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        SSL_CIPHER const *cipher = sk_SSL_CIPHER_value(ciphers, i);
        prefer(&best, SSL_CIPHER_standard_name(cipher), name);
        prefer(&best, SSL_CIPHER_get_name(cipher), name);
    }
    for (size_t i = 0; i < N_PAST; i++)
        prefer(&best, past_rows[i].name, name);
    return best ? best : "none";
}

/* NULL: it can be used. */
static char const *why_never(SSL_CIPHER const *cipher)
{
    int auth = SSL_CIPHER_get_auth_nid(cipher), kx = SSL_CIPHER_get_kx_nid(cipher);

    if (SSL_CIPHER_get_cipher_nid(cipher) == NID_undef)
        return "it encrypts nothing";
    if (auth == NID_auth_null)
        return "neither side would show a certificate, so anybody could be the peer";
    if (auth == NID_auth_psk || kx == NID_kx_rsa_psk || auth == NID_auth_srp || kx == NID_kx_srp)
        return "it wants a secret that both sides share, and there is none";
    if (auth == NID_auth_dss)
        return "it wants a certificate with a DSA key, which nobody issues any more";
    return NULL;
}

/* --- one name -----------------------------------------------------------------------------------
 */

/* What does the same for a certificate of the same kind. */
static char const *instead(char const *name)
{
    return strstr(name, "ECDSA") ? "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
                                 : "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
}

static int refuse_unknown(struct list const *list, char const *name)
{
    struct past_row const *past = find_past(name);

    if (past)
        return secure_fault_set(list->fault, list->setting,
                                "\"%s\" is not built into OpenSSL any more: %s. Take %s, or for a "
                                "peer that is old TLS_RSA_WITH_AES_128_CBC_SHA",
                                name, past_why[past->why], instead(name));
    return secure_fault_set(list->fault, list->setting,
                            "\"%s\" is no cipher that is known; nearest is \"%s\"", name,
                            nearest(list, name));
}

static int check_usable(struct list const *list, SSL_CIPHER const *cipher, char const *name)
{
    bool wants_suite = strcmp(list->setting, "ciphersuites") == 0;
    char const *why = why_never(cipher);

    if (is_suite(cipher) != wants_suite)
        return secure_fault_set(list->fault, list->setting, "\"%s\" is %s: it belongs to %s", name,
                                wants_suite ? "a cipher of TLS 1.2 or older" : "a suite of TLS 1.3",
                                wants_suite ? "ciphers" : "ciphersuites");
    if (why)
        return secure_fault_set(list->fault, list->setting, "\"%s\" is never used: %s. Take %s",
                                name, why, instead(name));
    return 0;
}

static int add_word(struct list *list, char const *sign, char const *name)
{
    buf_printf(&list->text, "%s%s%s", list->text.len ? ":" : "", sign, name);
    return 0;
}

/* A word of OpenSSL's language: the name of a cipher or of many, or what is done with them. */
static int translate(struct list *list, char const *word)
{
    char const sign[2] = { strchr("!-+", *word) ? *word : '\0' };
    char const *name = word + strlen(sign);
    SSL_CIPHER const *cipher = find(list->all, name);

    if (*word == '!' || *word == '-') /* of what is not there, nothing need be taken away */
        return add_word(list, sign, cipher ? SSL_CIPHER_get_name(cipher) : name);
    if (*word == '@')
        return add_word(list, "", word);
    if (cipher)
        return check_usable(list, cipher, name) ? -1
                                                : add_word(list, sign, SSL_CIPHER_get_name(cipher));
    if (strcmp(list->setting, "ciphersuites") != 0 &&
        SSL_CTX_set_cipher_list(list->probe, name) == 1)
        return add_word(list, sign, name);
    return refuse_unknown(list, name);
}

static int translate_entry(struct list *list, char const *text, size_t place)
{
    static char const between[] = ":, ;";
    char word[NAME_BYTES];

    text += strspn(text, between);
    if (!*text)
        return secure_fault_set(list->fault, list->setting, "entry %zu is empty", place);
    while (*text) {
        size_t len = strcspn(text, between);
        if (len >= sizeof word)
            return secure_fault_set(list->fault, list->setting, "\"%s\" is no cipher that is known",
                                    text);
        memcpy(word, text, len);
        word[len] = '\0';
        if (translate(list, word) < 0)
            return -1;
        text += len;
        text += strspn(text, between);
    }
    return 0;
}

/* --- the whole list -----------------------------------------------------------------------------
 */

static int list_init(struct list *list, char const *setting, struct secure_fault *fault)
{
    *list = (struct list){ .setting = setting,
                           .fault = fault,
                           .all = SSL_CTX_new(TLS_method()),
                           .probe = SSL_CTX_new(TLS_method()) };
    buf_init(&list->text, LIST_BYTES);
    if (list->all && list->probe &&
        SSL_CTX_set_cipher_list(list->all, "ALL:COMPLEMENTOFALL:@SECLEVEL=0") == 1 &&
        SSL_CTX_set_ciphersuites(list->all, all_suites) == 1)
        return 0;
    return secure_fault_set(fault, setting, "OpenSSL cannot list its ciphers: %s",
                            secure_fault_reason());
}

static void list_fini(struct list *list)
{
    SSL_CTX_free(list->all);
    SSL_CTX_free(list->probe);
    buf_fini(&list->text);
}

static int set_suites(SSL_CTX *ctx, struct list *list)
{
    if (SSL_CTX_set_ciphersuites(ctx, buf_text(&list->text)) == 1)
        return 0;
    return secure_fault_set(list->fault, list->setting,
                            "\"%s\" is nothing that OpenSSL can use: %s", buf_text(&list->text),
                            secure_fault_reason());
}

static int set_ciphers(SSL_CTX *ctx, struct list *list)
{
    add_word(list, "", never);
    if (buf_ok(&list->text) && SSL_CTX_set_cipher_list(ctx, buf_text(&list->text)) == 1)
        return 0;
    return secure_fault_set(list->fault, list->setting, "\"%s\" leaves no cipher",
                            buf_text(&list->text));
}

static int set_list(SSL_CTX *ctx, char const *setting, struct secure_names const *names,
                    struct secure_fault *fault)
{
    struct list list;
    int error = list_init(&list, setting, fault);

    for (size_t i = 0; !error && i < names->n; i++)
        error = translate_entry(&list, names->v[i] ? names->v[i] : "", i + 1);
    if (!error && strcmp(setting, "ciphersuites") == 0)
        error = set_suites(ctx, &list);
    else if (!error)
        error = set_ciphers(ctx, &list);
    list_fini(&list);
    return error;
}

int secure_ciphers_set(SSL_CTX *ctx, struct secure_settings const *settings,
                       struct secure_fault *fault)
{
    char const *defaults[] = { default_ciphers, default_old_ciphers };
    bool is_old =
        settings->min_version == SECURE_TLS_1_0 || settings->min_version == SECURE_TLS_1_1;
    struct secure_names ciphers = { defaults, is_old ? 2 : 1 };

    if (settings->ciphers.n)
        ciphers = settings->ciphers;
    if (set_list(ctx, "ciphers", &ciphers, fault) < 0)
        return -1;
    return settings->suites.n ? set_list(ctx, "ciphersuites", &settings->suites, fault) : 0;
}

/* --- what a list is good for --------------------------------------------------------------------
 */

bool secure_ciphers_serve(SSL_CTX *ctx, char const *kind)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
    int wanted = strcmp(kind, "RSA") == 0 ? NID_auth_rsa : NID_auth_ecdsa;

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
        if (SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(ciphers, i)) == wanted)
            return true;
    return false;
}

bool secure_ciphers_are_old(SSL_CTX *ctx)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        char const *since = SSL_CIPHER_get_version(sk_SSL_CIPHER_value(ciphers, i));
        if (strcmp(since, "TLSv1.2") != 0 && strcmp(since, "TLSv1.3") != 0)
            return true;
    }
    return false;
}
