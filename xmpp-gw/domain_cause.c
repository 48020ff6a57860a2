/* SPDX-License-Identifier: Apache-2.0 */
/* From errors to causes and remedies: see domain_cause.h. */
#include "domain_cause.h"
#include <errno.h>
#include <stddef.h>

struct domain_finding domain_cause_find(enum domain_cause cause)
{
    static struct domain_finding const rows[DOMAIN_CAUSES] = {
#define DOMAIN_CAUSE(id, cause, remedy) { #id, cause, remedy },
#include "domain_causes.def"
#undef DOMAIN_CAUSE
    };
    return rows[cause];
}

/* What can be done about it from here; a NULL stands for "look around". */
static char const *const secure_remedies[SECURE_CAUSES] = {
    [SECURE_no_certificate] = "Its administrator must give it a certificate for this domain.",
    [SECURE_expired] =
        "Its administrator must renew the certificate; compare the clock of this host, too.",
    [SECURE_not_yet_valid] = "Compare the clocks of both hosts; else wait until it is valid.",
    [SECURE_untrusted] =
        "If that CA is the right one, add its certificate, the issuer of the last one that is "
        "shown, to xmpp.ca. Certificates in between must be sent by the server.",
    [SECURE_self_signed] = "If it is the right one, add this certificate itself to xmpp.ca.",
    [SECURE_wrong_name] =
        "Its certificate must have the domain as a DNS name (or as an SRVName or XmppAddr), not "
        "only the name of its host; or the DNS leads to a wrong server.",
    [SECURE_revoked] = "Its administrator must get a new certificate.",
    [SECURE_wrong_use] = "Its certificate must be one for servers or clients of TLS (extended key "
                         "usage).",
    [SECURE_weak] = "It needs a larger key (RSA 2048, EC P-256) or a newer signature.",
    [SECURE_too_large] = "It must send its own chain only, not all that it trusts.",
    [SECURE_not_tls] = "It does not begin with TLS on this port: see `direct_tls`, or its SRV "
                       "record _xmpps-server.",
    [SECURE_no_version] = "Its administrator must allow TLS 1.2 or 1.3.",
    [SECURE_no_cipher] = "Its administrator must allow current ciphers of TLS 1.2 or 1.3.",
    [SECURE_ours] = "See the log of the gateway.",
};

struct domain_finding domain_cause_of_secure(enum secure_cause cause)
{
    char const *remedy = secure_remedies[cause];

    switch (cause) {
    case SECURE_FINE:
        return (struct domain_finding){ NULL, NULL, NULL };
    case SECURE_closed:
        return domain_cause_find(DOMAIN_CAUSE_tls_closed);
    case SECURE_late:
        return domain_cause_find(DOMAIN_CAUSE_tls_silent);
    case SECURE_not_accepted:
        return domain_cause_find(DOMAIN_CAUSE_tls_refused_us);
    case SECURE_alert:
        return domain_cause_find(DOMAIN_CAUSE_tls_refused);
    default:
        return (struct domain_finding){ secure_cause_name(cause), secure_cause_text(cause),
                                        remedy ? remedy
                                               : "See what was shown, and the server's log." };
    }
}

struct domain_finding domain_cause_of_connect(int error)
{
    switch (error) {
    case -ECONNREFUSED:
        return domain_cause_find(DOMAIN_CAUSE_refused);
    case -ETIMEDOUT:
        return domain_cause_find(DOMAIN_CAUSE_connect_late);
    case -ENETUNREACH:
    case -EHOSTUNREACH:
    case -ENETDOWN:
        return domain_cause_find(DOMAIN_CAUSE_unreachable);
    default:
        return domain_cause_find(DOMAIN_CAUSE_connect_failed);
    }
}
