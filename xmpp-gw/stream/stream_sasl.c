/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_sasl.h. */
#include "stream_sasl.h"
#include "stream.h"
#include "xml_element.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { BASE64_BYTES = (STREAMS_DOMAIN_BYTES + 2) / 3 * 4 + 1 };

bool stream_sasl_is_offered(struct xml_element const *features)
{
    struct xml_element const *mechanism =
        xml_element_first(xml_element_child(features, "mechanisms", STREAM_NS_SASL));

    while (mechanism && strcmp(xml_element_text(mechanism), "EXTERNAL") != 0)
        mechanism = xml_element_next(mechanism);
    return mechanism != NULL;
}

void stream_sasl_auth(char const *ours, char *ret, size_t size)
{
    unsigned char text[BASE64_BYTES];

    EVP_EncodeBlock(text, (unsigned char const *)ours, (int)strlen(ours));
    (void)snprintf(ret, size, "<auth xmlns='%s' mechanism='EXTERNAL'>%s</auth>", STREAM_NS_SASL,
                   (char *)text);
}

char const *stream_sasl_judge(struct xml_element const *auth, char const *theirs)
{
    char const *mechanism = xml_element_attribute(auth, "mechanism");
    char const *text = xml_element_text(auth);
    unsigned char name[BASE64_BYTES];
    size_t len = strlen(text);

    if (!mechanism || strcmp(mechanism, "EXTERNAL") != 0)
        return "invalid-mechanism";
    /* XEP-0178 3: "=" is none, and then it is who the stream says. */
    if (len == 0 || strcmp(text, "=") == 0)
        return NULL;
    if (len >= sizeof name || len % 4 != 0)
        return "incorrect-encoding";
    int n = EVP_DecodeBlock(name, (unsigned char const *)text, (int)len);
    if (n < 0)
        return "incorrect-encoding";
    n -= text[len - 1] == '=';
    n -= text[len - 2] == '=';
    name[n] = '\0';
    /* RFC 6120 6.3.8, 13.7: nobody else than the certificate is for. */
    return strlen((char *)name) == (size_t)n && strcasecmp((char *)name, theirs) == 0
               ? NULL
               : "invalid-authzid";
}
