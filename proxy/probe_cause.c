/* SPDX-License-Identifier: Apache-2.0 */
/* From errors to causes and remedies: see probe_cause.h. */
#include "probe_cause.h"
#include "secure_sight.h"
#include <errno.h>
#include <stddef.h>

struct probe_finding probe_cause_find(enum probe_cause cause)
{
    static struct probe_finding const rows[PROBE_CAUSES] = {
#define PROBE_CAUSE(id, cause, remedy) { #id, cause, remedy },
#include "probe_causes.def"
#undef PROBE_CAUSE
    };
    return rows[cause];
}

/* What the administrator of this node can do about it; a NULL stands for "look around". */
static char const *const secure_remedies[SECURE_CAUSES] = {
    [SECURE_expired] = "The peer needs a new certificate; compare the clock of this host, too.",
    [SECURE_not_yet_valid] = "Compare the clocks of both hosts; else wait until it is valid.",
    [SECURE_untrusted] =
        "Add the certificate of its CA, the issuer of the last certificate that it shows, to `ca` "
        "of our context. Certificates in between must be sent by the peer.",
    [SECURE_self_signed] =
        "If it is the right one, add this certificate itself to `ca` of our context.",
    [SECURE_wrong_name] =
        "Look for the peer by a name that its certificate has (the host of the route, or --sni), "
        "or give it a certificate for this name.",
    [SECURE_revoked] = "The peer needs a new certificate.",
    [SECURE_no_crl] = "Add the revocation list of this CA to `crls` of our context.",
    [SECURE_old_crl] = "Put the current revocation list of this CA into `crls` of our context.",
    [SECURE_bad_crl] = "Replace the revocation list of this CA in `crls` of our context.",
    [SECURE_wrong_use] =
        "The peer needs a certificate for servers (extended key usage serverAuth).",
    [SECURE_too_deep] = "Raise `verify_depth` of our context, if so long a chain is meant.",
    [SECURE_weak] = "The peer needs a larger key (RSA 2048, EC P-256) or a newer signature.",
    [SECURE_not_tls] = "It speaks plain SIP, or something else, on this port: use --transport tcp, "
                       "or its TLS port, which is usually 5061.",
    [SECURE_no_version] =
        "Raise the peer's version of TLS; or lower `min_version` of our context, if you must.",
    [SECURE_ours] = "See the log of the proxy.",
    [SECURE_too_large] = "The peer must send its own chain only, not all that it trusts.",
    [SECURE_no_cipher] = "Compare the peer's ciphers with `ciphers` and `ciphersuites` of ours.",
};

struct probe_finding probe_cause_of_secure(enum secure_cause cause)
{
    char const *remedy = secure_remedies[cause];
    if (cause == SECURE_FINE)
        return (struct probe_finding){ NULL, NULL, NULL };
    return (struct probe_finding){ secure_cause_name(cause), secure_cause_text(cause),
                                   remedy ? remedy
                                          : "See what was shown above, and the peer's log." };
}

struct number_row {
    int number;
    enum probe_cause cause;
};

static enum probe_cause find(struct number_row const *rows, size_t n, int number,
                             enum probe_cause other)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].number == number)
            return rows[i].cause;
    return other;
}

#define FIND(rows, number, other) find(rows, sizeof rows / sizeof *rows, number, other)

struct probe_finding probe_cause_of_connect(int error)
{
    static struct number_row const rows[] = {
        { -ECONNREFUSED, PROBE_CAUSE_refused },    { -ETIMEDOUT, PROBE_CAUSE_connect_timeout },
        { -ENETUNREACH, PROBE_CAUSE_unreachable }, { -EHOSTUNREACH, PROBE_CAUSE_unreachable },
        { -ENETDOWN, PROBE_CAUSE_unreachable },    { -EADDRNOTAVAIL, PROBE_CAUSE_source },
        { -ECONNRESET, PROBE_CAUSE_dropped },      { -ENOMEM, PROBE_CAUSE_memory },
    };
    return probe_cause_find(FIND(rows, error, PROBE_CAUSE_connect_failed));
}

/* RFC 8446 §6.2, RFC 6066 §9: finer than the link tells, for here is somebody to do something. */
static enum probe_cause of_alert(struct secure_sight const *sight)
{
    static struct number_row const rows[] = {
        { SECURE_SIGHT_HANDSHAKE_FAILURE, PROBE_CAUSE_alert_handshake },
        { SECURE_SIGHT_CERTIFICATE_REQUIRED, PROBE_CAUSE_alert_no_certificate },
        { SECURE_SIGHT_UNKNOWN_CA, PROBE_CAUSE_alert_unknown_ca },
        { SECURE_SIGHT_BAD_CERTIFICATE, PROBE_CAUSE_alert_certificate },
        { SECURE_SIGHT_UNSUPPORTED_CERTIFICATE, PROBE_CAUSE_alert_certificate },
        { SECURE_SIGHT_CERTIFICATE_UNKNOWN, PROBE_CAUSE_alert_certificate },
        { SECURE_SIGHT_CERTIFICATE_EXPIRED, PROBE_CAUSE_alert_expired },
        { SECURE_SIGHT_CERTIFICATE_REVOKED, PROBE_CAUSE_alert_revoked },
        { SECURE_SIGHT_ACCESS_DENIED, PROBE_CAUSE_alert_access },
        { SECURE_SIGHT_UNRECOGNIZED_NAME, PROBE_CAUSE_alert_name },
    };
    bool is_bare = sight->is_asked && !sight->is_answered;

    /* Before TLS 1.3 there is no alert of its own for that. */
    if (is_bare &&
        (sight->alert == SECURE_SIGHT_HANDSHAKE_FAILURE ||
         sight->alert == SECURE_SIGHT_UNKNOWN_CA || sight->alert == SECURE_SIGHT_BAD_CERTIFICATE))
        return PROBE_CAUSE_alert_no_certificate;
    return FIND(rows, sight->alert, PROBE_CAUSE_alert_other);
}

struct probe_finding probe_cause_of_handshake(struct secure_sight const *sight,
                                              enum secure_cause cause)
{
    if (sight->alert && (cause == SECURE_not_accepted || cause == SECURE_alert))
        return probe_cause_find(of_alert(sight));
    if (cause == SECURE_closed)
        return probe_cause_find(PROBE_CAUSE_tls_closed);
    if (cause == SECURE_late)
        return probe_cause_find(PROBE_CAUSE_tls_silent);
    return probe_cause_of_secure(cause);
}

struct probe_finding probe_cause_of_status(int status)
{
    static struct number_row const rows[] = {
        { 503, PROBE_CAUSE_unavailable }, { 408, PROBE_CAUSE_timed_out },
        { 403, PROBE_CAUSE_forbidden },   { 401, PROBE_CAUSE_challenged },
        { 407, PROBE_CAUSE_challenged },
    };
    if (status < 300)
        return (struct probe_finding){ NULL, NULL, NULL };
    return probe_cause_find(FIND(rows, status, PROBE_CAUSE_other_status));
}
