/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses in their one spelling: see presence_address.h. */
#include "presence_address.h"
#include "pidf_entity.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { URI_BYTES = 1024 };

int presence_address_of(url_t const *url, char ret[static PRESENCE_ADDRESS_BYTES])
{
    bool has_users = url->url_type == url_sip || url->url_type == url_sips ||
                     url->url_type == url_pres || url->url_type == url_im;
    char uri[URI_BYTES];

    if (!has_users || !url->url_user || !url->url_host)
        return -EINVAL;
    if (snprintf(uri, sizeof uri, "sip:%s@%s", url->url_user, url->url_host) >= (int)sizeof uri)
        return -EINVAL;
    return pidf_entity_key(uri, ret, PRESENCE_ADDRESS_BYTES) ? 0 : -EINVAL;
}

int presence_address_parse(char const *text, char const *domain,
                           char ret[static PRESENCE_ADDRESS_BYTES])
{
    char uri[URI_BYTES];
    bool has_domain = strchr(text, '@') != NULL;

    if (snprintf(uri, sizeof uri, "%s%s%s", text, has_domain ? "" : "@",
                 has_domain ? "" : domain) >= (int)sizeof uri)
        return -EINVAL;
    return pidf_entity_key(uri, ret, PRESENCE_ADDRESS_BYTES) ? 0 : -EINVAL;
}

char const *presence_address_domain(char const *address)
{
    char const *at = strrchr(address, '@');

    return at ? at + 1 : "";
}
