/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_identity.h. */
#include "stream_identity.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "stream.h"

bool stream_identity_is(struct stream const *stream, char const *domain, char const **ret_why_not)
{
    struct secure_link const *link = stream->wire.link;
    struct secure_identity const *identity =
        stream->wire.is_secure ? secure_link_identity(link) : NULL;

    if (!identity) {
        *ret_why_not = stream->wire.is_secure ? secure_link_why(link) : "TLS is required";
        return false;
    }
    if (secure_identity_is_host(identity, domain))
        return true;
    *ret_why_not = "the certificate is not for this domain";
    return false;
}
