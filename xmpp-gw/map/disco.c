/* SPDX-License-Identifier: Apache-2.0 */
/* What is told and what is hashed come from the same rows. */
#include "disco.h"
#include "buf.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SOFTWARE_URI "urn:crosspoint:xmpp-gateway"

enum { MAX_FEATURES = 64, TEXT_MAX = 16384 };

static struct {
    char const *category, *type;
} const identities[] = {
#define DISCO_IDENTITY(kind, of, is) [DISCO_##kind] = { of, is },
#define DISCO_FEATURE(domain, account, device, feature)
#include "disco.def"
#undef DISCO_IDENTITY
#undef DISCO_FEATURE
};

static struct {
    bool has[DISCO_KINDS];
    char const *name;
} const features[] = {
#define DISCO_IDENTITY(kind, of, is)
#define DISCO_FEATURE(domain, account, device, feature) { { domain, account, device }, feature },
#include "disco.def"
#undef DISCO_IDENTITY
#undef DISCO_FEATURE
};

static int compare(void const *a, void const *b)
{
    return strcmp(*(char const *const *)a, *(char const *const *)b);
}

static int hash_text(struct buf const *text, char ret[static DISCO_HASH_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (!buf_ok(text) || !EVP_Digest(buf_text(text), text->len, digest, &len, EVP_sha1(), NULL))
        return -ENOMEM;
    EVP_EncodeBlock((unsigned char *)ret, digest, (int)len);
    return 0;
}

int disco_hash(struct disco_identity const *identity, char const *const *names, size_t n,
               char ret[static DISCO_HASH_BYTES])
{
    char const *sorted[MAX_FEATURES];
    struct buf text;

    *ret = '\0';
    if (n > MAX_FEATURES)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sorted[i] = names[i];
    qsort(sorted, n, sizeof *sorted, compare);
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "%s/%s//%s<", identity->category, identity->type, identity->name);
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s<", sorted[i]);
    int error = hash_text(&text, ret);
    buf_fini(&text);
    return error;
}

static int hash_of_device(char const *name, char ret[static DISCO_HASH_BYTES])
{
    struct disco_identity identity = { identities[DISCO_DEVICE].category,
                                       identities[DISCO_DEVICE].type, name };
    char const *names[sizeof features / sizeof *features];
    size_t n = 0;

    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (features[i].has[DISCO_DEVICE])
            names[n++] = features[i].name;
    return disco_hash(&identity, names, n, ret);
}

int disco_node(char const *name, char ret[static DISCO_NODE_BYTES])
{
    static char const prefix[] = SOFTWARE_URI "#";
    _Static_assert(sizeof prefix + DISCO_HASH_BYTES <= DISCO_NODE_BYTES, "a node holds its hash");

    memcpy(ret, prefix, sizeof prefix);
    return hash_of_device(name, ret + sizeof prefix - 1);
}

void disco_add_info(struct xml_tree *tree, struct xml_element *iq, enum disco_kind kind,
                    char const *name, char const *node)
{
    struct xml_element *query = xml_tree_add(tree, iq, "query", STANZA_NS_DISCO_INFO), *in;

    xml_tree_attribute(tree, query, "node", node);
    in = xml_tree_add(tree, query, "identity", NULL);
    xml_tree_attribute(tree, in, "category", identities[kind].category);
    xml_tree_attribute(tree, in, "type", identities[kind].type);
    xml_tree_attribute(tree, in, "name", *name ? name : NULL);
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (features[i].has[kind])
            xml_tree_attribute(tree, xml_tree_add(tree, query, "feature", NULL), "var",
                               features[i].name);
}

void disco_add_caps(struct xml_tree *tree, struct xml_element *presence, char const *name)
{
    char hash[DISCO_HASH_BYTES];
    struct xml_element *caps;

    if (hash_of_device(name, hash) < 0)
        return;
    caps = xml_tree_add(tree, presence, "c", STANZA_NS_CAPS);
    xml_tree_attribute(tree, caps, "hash", "sha-1");
    xml_tree_attribute(tree, caps, "node", SOFTWARE_URI);
    xml_tree_attribute(tree, caps, "ver", hash);
}
