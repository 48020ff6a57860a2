/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_identity.h. */
#include "stream_identity.h"
#include "secure_link.h"
#include "stream.h"

bool stream_identity_is(struct stream const *stream, char const *domain, char const **ret_why_not)
{
    enum secure_cause cause = SECURE_FINE;

    *ret_why_not = "TLS is required";
    if (!stream->wire.is_secure)
        return false;
    cause = secure_link_proves(stream->wire.link, domain);
    *ret_why_not = secure_cause_text(cause);
    return cause == SECURE_FINE;
}
