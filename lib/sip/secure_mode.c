/* SPDX-License-Identifier: Apache-2.0 */
/* Modes of TLS: see secure_mode.h. */
#include "secure_mode.h"
#include "buf.h"
#include <openssl/conf.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <string.h>

enum { LIST_BYTES = 8192 };

static char const approved_groups[] = "P-256:P-384:P-521";

static char const *name_of(enum secure_mode mode)
{
    static char const *const names[] = { [SECURE_MODE_NORMAL] = "normal",
                                         [SECURE_MODE_FIPS] = "fips",
                                         [SECURE_MODE_COMMON_CRITERIA] = "common_criteria" };

    return names[mode];
}

/* --- contradictions -----------------------------------------------------------------------------
 */

/* NULL, or the setting that the common criteria forbid as it is; why goes to @p ret_why. */
static char const *find_contradiction(struct secure_settings const *settings, char const **ret_why)
{
    bool has_subjects =
        settings->n_subjects || (settings->subjects_file && *settings->subjects_file);
    struct {
        char const *setting, *why;
        bool is_broken;
    } const rules[] = {
        { "verify_server", "those whom we connect to must be verified", !settings->verify_server },
        { "crls", "revocation must be checked, and there are no lists", !settings->crls.n },
        { "crl_check", "revocation must be checked for the chain",
          settings->crl_check != SECURE_CRL_CHAIN },
        { "wildcards", "a name must be given in full", settings->wildcards },
        { "key_log", "keys must not be written down", settings->key_log && *settings->key_log },
        { "subjects", "the names of peers must be checked, and none is selected",
          settings->verify_peer != SECURE_VERIFY_NONE && !has_subjects },
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        *ret_why = rules[i].why;
        if (rules[i].is_broken)
            return rules[i].setting;
    }
    return NULL;
}

int secure_mode_check(struct secure_settings const *settings, struct secure_fault *fault)
{
    bool is_old =
        settings->min_version != SECURE_TLS_DEFAULT && settings->min_version < SECURE_TLS_1_2;
    char const *name = name_of(settings->mode), *setting = NULL, *why = "";

    if (settings->mode == SECURE_MODE_NORMAL)
        return 0;
    if (settings->mode == SECURE_MODE_COMMON_CRITERIA)
        setting = find_contradiction(settings, &why);
    if (!setting && is_old) {
        setting = "min_version";
        why = "TLS below 1.2 is not allowed";
    }
    return setting ? secure_fault_set(fault, setting, "%s (tls_mode is %s)", why, name) : 0;
}

struct secure_settings secure_mode_tighten(struct secure_settings const *settings)
{
    struct secure_settings strict = *settings;

    if (settings->mode != SECURE_MODE_NORMAL) {
        strict.session_tickets = false;
        strict.session_servers = 0;
    }
    strict.key_usage |= settings->mode == SECURE_MODE_COMMON_CRITERIA;
    return strict;
}

/* --- the module ---------------------------------------------------------------------------------
 */

SSL_CTX *secure_mode_open(char const *module, char const *properties,
                          struct secure_mode_library *library, struct secure_fault *fault)
{
    char *file = CONF_get1_default_config_file();
    SSL_CTX *ctx = NULL;

    library->library = OSSL_LIB_CTX_new();
    /* The module wants to be told of its installation, which stands there. */
    if (library->library && file)
        (void)OSSL_LIB_CTX_load_config(library->library, file);
    OPENSSL_free(file);
    if (library->library)
        library->module = OSSL_PROVIDER_load(library->library, module);
    if (!library->module) {
        secure_fault_set(fault, "tls_mode", "OpenSSL has no %s module here: %s", module,
                         secure_fault_reason());
        return NULL;
    }
    /* Not algorithms, but how keys are read. */
    library->base = OSSL_PROVIDER_load(library->library, "base");
    if (library->base && OSSL_PROVIDER_self_test(library->module) == 1)
        ctx = SSL_CTX_new_ex(library->library, properties, TLS_method());
    if (!ctx)
        secure_fault_set(fault, "tls_mode", "the %s module of OpenSSL does not work: %s", module,
                         secure_fault_reason());
    return ctx;
}

SSL_CTX *secure_mode_new(enum secure_mode mode, struct secure_mode_library *library,
                         struct secure_fault *fault)
{
    return mode == SECURE_MODE_FIPS ? secure_mode_open("fips", "fips=yes", library, fault)
                                    : SSL_CTX_new(TLS_method());
}

void secure_mode_fini(struct secure_mode_library *library)
{
    if (library->base)
        OSSL_PROVIDER_unload(library->base);
    if (library->module)
        OSSL_PROVIDER_unload(library->module);
    OSSL_LIB_CTX_free(library->library);
    *library = (struct secure_mode_library){ .library = NULL };
}

/* --- algorithms ---------------------------------------------------------------------------------
 */

/* SP 800-52 revision 2: AES, and keys that are agreed upon; to send a key under RSA is no longer
 * approved (SP 800-131A revision 2). */
static bool is_approved(SSL_CIPHER const *cipher)
{
    static int const encryptions[] = { NID_aes_128_gcm, NID_aes_256_gcm, NID_aes_128_ccm,
                                       NID_aes_256_ccm, NID_aes_128_cbc, NID_aes_256_cbc };
    int kx = SSL_CIPHER_get_kx_nid(cipher), auth = SSL_CIPHER_get_auth_nid(cipher);
    bool is_agreed = kx == NID_kx_ecdhe || kx == NID_kx_dhe || kx == NID_kx_any;
    bool is_signed = auth == NID_auth_rsa || auth == NID_auth_ecdsa || auth == NID_auth_any;

    for (size_t i = 0; i < sizeof encryptions / sizeof *encryptions; i++)
        if (SSL_CIPHER_get_cipher_nid(cipher) == encryptions[i])
            return is_agreed && is_signed;
    return false;
}

static bool is_suite(SSL_CIPHER const *cipher)
{
    return SSL_CIPHER_get_kx_nid(cipher) == NID_kx_any;
}

/* Writes the names of the approved ones to @p list. NULL, or the name of one that is not. */
static char const *collect(SSL_CTX *ctx, bool suites, struct buf *list)
{
    STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx);
    char const *unapproved = NULL;

    for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
        SSL_CIPHER const *cipher = sk_SSL_CIPHER_value(all, i);
        if (is_suite(cipher) != suites)
            continue;
        if (is_approved(cipher))
            buf_printf(list, "%s%s", list->len ? ":" : "", SSL_CIPHER_get_name(cipher));
        else
            unapproved = SSL_CIPHER_get_name(cipher);
    }
    return unapproved;
}

static int restrict_list(SSL_CTX *ctx, bool suites, bool is_configured, enum secure_mode mode,
                         struct secure_fault *fault)
{
    char const *setting = suites ? "ciphersuites" : "ciphers";
    struct buf list;
    int error = 0;

    buf_init(&list, LIST_BYTES);
    char const *unapproved = collect(ctx, suites, &list);
    if (unapproved && is_configured)
        error = secure_fault_set(fault, setting, "\"%s\" is not approved (tls_mode is %s)",
                                 unapproved, name_of(mode));
    else if (unapproved && (suites ? SSL_CTX_set_ciphersuites(ctx, buf_text(&list))
                                   : SSL_CTX_set_cipher_list(ctx, buf_text(&list))) != 1)
        error = secure_fault_set(fault, setting, "no approved one is left (tls_mode is %s)",
                                 name_of(mode));
    buf_fini(&list);
    return error;
}

static int check_certificates(struct secure_choice const *choice, enum secure_mode mode,
                              struct secure_fault *fault)
{
    for (size_t i = 0; i < choice->n; i++)
        if (strcmp(secure_certificate_kind(&choice->v[i]), "EdDSA") == 0)
            return secure_fault_set(fault, "certificates",
                                    "\"%s\" has a key that is not approved (tls_mode is %s): "
                                    "take RSA or ECDSA",
                                    choice->v[i].file, name_of(mode));
    return 0;
}

int secure_mode_restrict(SSL_CTX *ctx, struct secure_settings const *settings,
                         struct secure_choice const *choice, struct secure_fault *fault)
{
    enum secure_mode mode = settings->mode;

    if (mode == SECURE_MODE_NORMAL)
        return 0;
    if (SSL_CTX_set1_groups_list(ctx, approved_groups) != 1)
        return secure_fault_set(fault, "tls_mode", "no approved group: %s", secure_fault_reason());
    if (restrict_list(ctx, false, settings->ciphers.n > 0, mode, fault) < 0 ||
        restrict_list(ctx, true, settings->suites.n > 0, mode, fault) < 0)
        return -1;
    return check_certificates(choice, mode, fault);
}
