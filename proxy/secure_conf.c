/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to TLS contexts: see secure_conf.h. */
#include "secure_conf.h"
#include "proxy_conf.h"
#include "stack.h"
#include <string.h>

static char const *check_name(char const *value)
{
    static char const allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return value[strspn(value, allowed)] ? "only letters, digits and - _ . may be in a name" : NULL;
}

static char const *const verify_names[] = { "none", "optional", "required", NULL };
static char const *const crl_check_names[] = { "none", "leaf", "chain", NULL };
static char const *const match_names[] = { "both", "cn", "san", NULL };
static char const *const version_names[] = { "1.0", "1.1", "1.2", "1.3", NULL };

_Static_assert(SECURE_VERIFY_NONE == 0 && SECURE_VERIFY_OPTIONAL == 1 &&
                   SECURE_VERIFY_REQUIRED == 2 && SECURE_CRL_NONE == 0 && SECURE_CRL_LEAF == 1 &&
                   SECURE_CRL_CHAIN == 2 && SECURE_MATCH_BOTH == 0 && SECURE_MATCH_CN == 1 &&
                   SECURE_MATCH_SAN == 2 && SECURE_TLS_1_3 - SECURE_TLS_1_0 == 3,
               "names stand in the order of the enums");

char const *const secure_conf_modes[] = { "normal", "fips", "common_criteria", NULL };

_Static_assert(SECURE_MODE_NORMAL == 0 && SECURE_MODE_FIPS == 1 && SECURE_MODE_COMMON_CRITERIA == 2,
               "modes stand in the order of the enum");

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct secure_conf, name, .min = 1, .max = 64, .example = "default",
                   .check = check_name, .effect = CFG_RELOAD,
                   .help = "Name that listeners and logs use."),
    CFG_ROW_PATHS("certificates", struct secure_conf, certificates, .max = 32, .effect = CFG_RELOAD,
                  .help = "PEM files: our certificate, then each one's issuer. Several: of other "
                          "kinds of keys (RSA, ECDSA, Ed25519), of which each peer is shown one "
                          "that it can verify, or for other names, of which it is shown the one "
                          "that it asks for (SNI), else the first of the kind. Empty = none: only "
                          "connections that we open can be under this context, and they show no "
                          "certificate."),
    CFG_ROW_PATHS("keys", struct secure_conf, keys, .max = 32, .effect = CFG_RELOAD,
                  .help = "PEM files with the keys, in the order of the certificates, without a "
                          "passphrase, readable by `node.user`; missing or empty = the key is in "
                          "the file of the certificate."),
    CFG_ROW_PATH("ca", struct secure_conf, ca, .default_text = "", .max = 4096,
                 .effect = CFG_RELOAD,
                 .help = "Certificates that are trusted, of a CA or of single peers: a PEM file, "
                         "or a folder, of which all files are read that end in .pem, .crt or .cer. "
                         "Empty = those of the system, and then nobody who connects to us can be "
                         "verified."),
    CFG_ROW_PATHS("crls", struct secure_conf, crls, .max = 1000, .effect = CFG_RELOAD,
                  .help = "PEM files of revocation lists (CRL), each of which may hold several. "
                          "Fetch them anew and reload before they are out of date: then the "
                          "certificates of their CA are refused."),
    CFG_ROW_ENUM("crl_check", struct secure_conf, crl_check, .default_text = "none",
                 .names = crl_check_names, .effect = CFG_RELOAD,
                 .help =
                     "Whether a peer's certificate (`leaf`), or that and those of the CAs above "
                     "it (`chain`), must be on no list of `crls`. One whose CA has no list "
                     "there, or only an old one, is refused; what `ca` names needs none."),
    CFG_ROW_INT("verify_depth", struct secure_conf, verify_depth, .min = 1, .max = 100,
                .default_text = "10", .effect = CFG_RELOAD,
                .help = "How many CA certificates may be in the chain of a peer's certificate, "
                        "with the trusted one."),
    CFG_ROW_INT("max_peer_certificates", struct secure_conf, max_peer_certificates, .min = 1,
                .max = 100, .default_text = "10", .effect = CFG_RELOAD,
                .help = "How many certificates a peer may send, of 1600 bytes on average, or 16384 "
                        "in all; one that sends more is refused before a signature is verified."),
    CFG_ROW_BOOL("key_usage", struct secure_conf, key_usage, .default_text = "false",
                 .effect = CFG_RELOAD,
                 .help = "Whether a peer's certificate must say what it is for, by an extended key "
                         "usage: clientAuth of who connects to us, serverAuth of those whom we "
                         "connect to. Off, one that says nothing is accepted, too; one that says "
                         "something else never is."),
    CFG_ROW_ENUM("verify_peer", struct secure_conf, verify_peer, .default_text = "none",
                 .names = verify_names, .effect = CFG_RELOAD,
                 .help = "Whether who connects to us is asked for a certificate. One that is shown "
                         "must be good; `required` refuses those who show none. See also "
                         "`acl_tls_peers`."),
    CFG_ROW_STRINGS("subjects", struct secure_conf, subjects, .max = 10000, .effect = CFG_RELOAD,
                    .help = "TLS peer subjects selected into this context: the subject CN, or a "
                            "subject alternative name, of those who may connect. Empty, and no "
                            "`subjects_file` = whoever has a good certificate."),
    CFG_ROW_PATH("subjects_file", struct secure_conf, subjects_file, .default_text = "",
                 .max = 4096, .effect = CFG_RELOAD,
                 .help = "File with further subjects, one a line; comments begin with #."),
    CFG_ROW_ENUM("subject_match", struct secure_conf, subject_match, .default_text = "both",
                 .names = match_names, .effect = CFG_RELOAD,
                 .help =
                     "Which names of a peer's certificate count: the subject CN, the subject "
                     "alternative names (DNS, IP, sip: URI), or both. For those whom we connect "
                     "to, `both` is the rule of RFC 5922: the CN counts only if there are no "
                     "alternative names."),
    CFG_ROW_BOOL("wildcards", struct secure_conf, wildcards, .default_text = "false",
                 .effect = CFG_RELOAD,
                 .help = "Whether a name *.example.test in a peer's certificate stands for each "
                         "name with one label in place of the star. RFC 5922 forbids it."),
    CFG_ROW_BOOL("verify_server", struct secure_conf, verify_server, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether those whom we connect to must show a good certificate for the "
                         "name that we looked for (RFC 5922). Off, anybody in between can be them: "
                         "for tests only."),
    CFG_ROW_STRINGS("ciphers", struct secure_conf, ciphers, .max = 200, .effect = CFG_RELOAD,
                    .help = "Ciphers of TLS 1.2 and older, the preferred first: names of IANA "
                            "(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) or of OpenSSL "
                            "(ECDHE-RSA-AES256-GCM-SHA384), or words of OpenSSL's language "
                            "(ECDHE+AESGCM). Those without authentication or encryption are never "
                            "used. Empty = ECDHE and DHE with AES-GCM and ChaCha20; with a "
                            "min_version below 1.2 also AES-CBC."),
    CFG_ROW_STRINGS("ciphersuites", struct secure_conf, suites, .max = 20, .effect = CFG_RELOAD,
                    .help = "Suites of TLS 1.3, the preferred first; empty = those of OpenSSL: "
                            "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, "
                            "TLS_AES_128_GCM_SHA256."),
    CFG_ROW_ENUM("min_version", struct secure_conf, min_version, .default_text = "1.2",
                 .names = version_names, .effect = CFG_RELOAD,
                 .help = "Oldest version of TLS. Those below 1.2 are broken (RFC 8996), and this "
                         "context then takes the weak signatures, too, that they are made of."),
    CFG_ROW_ENUM("max_version", struct secure_conf, max_version, .default_text = "1.3",
                 .names = version_names, .effect = CFG_RELOAD, .help = "Newest version of TLS."),
    CFG_ROW_BOOL("session_tickets", struct secure_conf, session_tickets, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether a peer may come back with a short handshake (resumption), and we "
                         "to those whom we connect to. Its certificate is judged again each time, "
                         "by the trust and the subjects of that moment; no ticket outlives a "
                         "reload."),
    CFG_ROW_INT("session_lifetime_s", struct secure_conf, session_lifetime_s, .min = 60,
                .max = 604800, .default_text = "7200", .unit = "s", .effect = CFG_RELOAD,
                .help = "How long after a handshake a session can be resumed. A key that seals "
                        "tickets is used for as long, opens them for as long again, and is gone."),
    CFG_ROW_INT("session_servers", struct secure_conf, session_servers, .min = 0, .max = 4096,
                .default_text = "256", .effect = CFG_RELOAD,
                .help = "Of how many server names that we connect to a session is kept; 0 = of "
                        "none."),
    CFG_ROW_PATH("key_log", struct secure_conf, key_log, .default_text = "", .max = 4096,
                 .effect = CFG_RELOAD,
                 .help = "File that the secrets of each connection are written to, in the format "
                         "of SSLKEYLOGFILE, with mode 0600: with it Wireshark, and anybody else "
                         "who has it, reads what was captured. Said in the log at each start and "
                         "reload; an alarm stands meanwhile. Empty = none."),
    CFG_ROW_BOOL("empty_fragments", struct secure_conf, empty_fragments, .default_text = "true",
                 .effect = CFG_RELOAD,
                 .help = "Whether TLS 1.0 with a CBC cipher sends an empty fragment before each "
                         "one, against the BEAST attack. Off, very old peers understand us that do "
                         "not else. No other version has a use for it."),
};

struct cfg_schema const secure_conf_schema = {
    .group = "tls_contexts entry",
    .size = sizeof(struct secure_conf),
    .rows = rows,
    .n = sizeof rows / sizeof *rows,
    .help = "A TLS context: certificate, trust, and what a peer must show.",
};

/* A text that a row has refused is NULL: that fault is named already. */
static bool is_whole(struct secure_conf const *entry)
{
    for (size_t i = 0; i < entry->subjects.n; i++)
        if (!entry->subjects.v[i])
            return false;
    return entry->name && entry->ca && entry->subjects_file;
}

struct doubter {
    struct secure_conf const *entry;
    struct cfg_faults *faults;
};

static void warn(void *vdoubter, char const *text)
{
    struct doubter *doubter = vdoubter;
    cfg_warning(doubter->faults, doubter->entry->where, "TLS context \"%s\": %s",
                doubter->entry->name, text);
}

static void make(struct secure_conf const *entry, int mode, struct secure_set *set,
                 struct cfg_faults *faults)
{
    struct secure_settings const settings = {
        .name = entry->name,
        .mode = (enum secure_mode)mode,
        .certificates = { entry->certificates.v, entry->certificates.n },
        .keys = { entry->keys.v, entry->keys.n },
        .ca = entry->ca,
        .crls = { entry->crls.v, entry->crls.n },
        .crl_check = (enum secure_crl_check)entry->crl_check,
        .verify_depth = (int)entry->verify_depth,
        .max_peer_certificates = (int)entry->max_peer_certificates,
        .key_usage = entry->key_usage,
        .ciphers = { entry->ciphers.v, entry->ciphers.n },
        .suites = { entry->suites.v, entry->suites.n },
        .subjects = entry->subjects.v,
        .n_subjects = entry->subjects.n,
        .subjects_file = entry->subjects_file,
        .subject_match = (enum secure_match)entry->subject_match,
        .wildcards = entry->wildcards,
        .verify_peer = (enum secure_verify)entry->verify_peer,
        .verify_server = entry->verify_server,
        .min_version = (enum secure_version)(SECURE_TLS_1_0 + entry->min_version),
        .max_version = (enum secure_version)(SECURE_TLS_1_0 + entry->max_version),
        .key_log = entry->key_log,
        .session_tickets = entry->session_tickets,
        .session_lifetime_s = (unsigned)entry->session_lifetime_s,
        .session_servers = (unsigned)entry->session_servers,
        .no_empty_fragments = !entry->empty_fragments,
    };
    struct secure_fault fault;
    struct secure_context *context = secure_context_new(&settings, &fault);
    if (!context || secure_set_put(set, context) < 0)
        cfg_fault(faults, entry->where, "TLS context \"%s\": %s: %s", entry->name, fault.setting,
                  fault.text);
    else
        secure_context_doubts(context, warn, &(struct doubter){ entry, faults });
    secure_context_unref(&context);
}

static struct secure_conf const *find(struct proxy_conf const *conf, char const *name)
{
    struct secure_conf const *entries = conf->tls_contexts.v;
    for (size_t i = 0; name && i < conf->tls_contexts.n; i++)
        if (entries[i].name && strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

/* Place of a default; one that is not named is the first. */
static int choose(struct proxy_conf const *conf, struct secure_set const *set, char const *name)
{
    struct secure_conf const *first = conf->tls_contexts.v;
    if (name && *name)
        return secure_set_find(set, name);
    return conf->tls_contexts.n && first->name ? secure_set_find(set, first->name) : -1;
}

static void check_default(struct proxy_conf const *conf, char const *const *field, char const *key,
                          struct cfg_faults *faults)
{
    if (*field && **field && !find(conf, *field))
        cfg_fault(faults, cfg_faults_where(faults, field),
                  "%s: there is no TLS context called \"%s\"", key, *field);
}

static void check_listener(struct proxy_conf const *conf, char const *text,
                           struct cfg_faults *faults)
{
    struct secure_conf const *entry = conf->tls_contexts.v;
    struct stack_listener listener;
    if (!text || stack_listener_parse(text, &listener) || listener.kind != TRANSPORT_TLS)
        return;
    char const *name = *listener.context ? listener.context : conf->tls_server_context;
    if (!conf->tls_contexts.n) {
        cfg_fault(faults, conf->listen.where, "listener \"%s\": there are no tls_contexts", text);
        return;
    }
    if (name && *name)
        entry = find(conf, name);
    if (!entry && *listener.context) /* a wrong default is named by its own key */
        cfg_fault(faults, conf->listen.where,
                  "listener \"%s\": there is no TLS context called \"%s\"", text, name);
    else if (entry && !entry->certificates.n)
        cfg_fault(faults, conf->listen.where,
                  "listener \"%s\": its TLS context \"%s\" has no certificate", text,
                  entry->name ? entry->name : "?");
}

void secure_conf_make(struct proxy_conf const *conf, struct secure_set *set,
                      struct cfg_faults *faults)
{
    struct secure_conf const *entries = conf->tls_contexts.v;
    secure_set_init(set);
    for (size_t i = 0; i < conf->tls_contexts.n; i++) {
        if (entries[i].name && find(conf, entries[i].name) != &entries[i])
            cfg_fault(faults, entries[i].where, "TLS context \"%s\" stands twice", entries[i].name);
        else if (is_whole(&entries[i]))
            make(&entries[i], conf->tls_mode, set, faults);
    }
    set->server = choose(conf, set, conf->tls_server_context);
    set->client = choose(conf, set, conf->tls_client_context);
    check_default(conf, &conf->tls_server_context, "tls_server_context", faults);
    check_default(conf, &conf->tls_client_context, "tls_client_context", faults);
    for (size_t i = 0; i < conf->listen.n; i++)
        check_listener(conf, conf->listen.v[i], faults);
}
