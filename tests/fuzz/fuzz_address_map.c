/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the first byte chooses options, the rest is a URI and a JID. What has another form
 * comes back from there as it was. */
#include "address_map.h"
#include "buf.h"
#include "jid.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { TEXT_MAX = 8192 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_uri(char const *uri)
{
    for (; *uri; uri++)
        require((unsigned char)*uri > 0x20 && (unsigned char)*uri < 0x7f &&
                !strchr("\"<>\\", *uri));
}

static void check_prepared(struct jid const *jid)
{
    char text[JID_MAX + 1];
    struct jid again;

    require(*jid->domain);
    require(jid_parse(jid_text(jid, text), &again) == JID_FINE && jid_equal(jid, &again));
}

/* A JID that has a URI is the JID of that URI, but for the resource in im and pres. */
static void check_there_and_back(struct jid const *jid, enum address_scheme scheme,
                                 struct address_options const *options)
{
    struct jid again;
    struct buf uri;

    buf_init(&uri, TEXT_MAX);
    if (address_map_uri(jid, scheme, options, &uri) == ADDRESS_FINE) {
        check_uri(buf_text(&uri));
        require(address_map_jid(buf_text(&uri), options, &again) == ADDRESS_FINE);
        require(jid_same_bare(jid, &again));
        require(scheme == ADDRESS_IM || scheme == ADDRESS_PRES || jid_equal(jid, &again));
    }
    buf_fini(&uri);
}

static void check(struct jid const *jid, struct address_options const *options)
{
    check_prepared(jid);
    for (enum address_scheme scheme = 0; scheme < ADDRESS_SCHEMES; scheme++)
        check_there_and_back(jid, scheme, options);
}

/* Who has come from SIP can always be answered. */
static void check_answer(struct jid const *jid, struct address_options const *options)
{
    struct buf uri;

    buf_init(&uri, TEXT_MAX);
    require(address_map_uri(jid, ADDRESS_SIP, options, &uri) == ADDRESS_FINE);
    buf_fini(&uri);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    struct address_options options = { .secure = size > 0 && (data[0] & 1) };
    char text[TEXT_MAX];
    struct jid jid;

    if (size == 0 || size > sizeof text)
        return 0;
    options.gateway = data[0] & 2 ? "gw.example" : NULL;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (address_map_jid(text, &options, &jid) == ADDRESS_FINE) {
        check(&jid, &options);
        check_answer(&jid, &options);
    }
    if (jid_parse(text, &jid) == JID_FINE)
        check(&jid, &options);
    return 0;
}
