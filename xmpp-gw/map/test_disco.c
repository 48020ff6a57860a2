/* SPDX-License-Identifier: Apache-2.0 */
/* What our addresses are, and its hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "disco.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* XEP-0115 5.2 */
static void test_vector(void **state)
{
    struct disco_identity const exodus = { "client", "pc", "Exodus 0.9.1" };
    char const *const features[] = {
        "http://jabber.org/protocol/muc",
        "http://jabber.org/protocol/disco#items",
        "http://jabber.org/protocol/caps",
        "http://jabber.org/protocol/disco#info",
    };
    char const *many[65];
    char hash[DISCO_HASH_BYTES];

    (void)state;
    assert_int_equal(disco_hash(&exodus, features, 4, hash), 0);
    assert_string_equal(hash, "QgayPKawpkPSDYmwT/WM94uAlu0=");
    for (size_t i = 0; i < 65; i++)
        many[i] = "x";
    assert_int_equal(disco_hash(&exodus, many, 64, hash), 0);
    assert_int_equal(disco_hash(&exodus, many, 65, hash), -ENOMEM);
}

static struct xml_element *make_info(struct xml_tree *tree, enum disco_kind kind, char const *node)
{
    struct xml_element *iq = xml_tree_add(tree, NULL, "iq", STANZA_NS);

    disco_add_info(tree, iq, kind, "Crosspoint", node);
    return xml_element_child(iq, "query", STANZA_NS_DISCO_INFO);
}

/* What a peer does with the answer: the hash of what a device says is the one in its presence. */
static void test_own_hash(void **state)
{
    struct xml_tree *tree = xml_tree_new(100000), *presence = xml_tree_new(100000);
    struct xml_element *query = make_info(tree, DISCO_DEVICE, NULL);
    struct xml_element *root = xml_tree_add(presence, NULL, "presence", STANZA_NS);
    char hash[DISCO_HASH_BYTES], node[DISCO_NODE_BYTES];
    struct disco_identity identity = { 0 };
    char const *features[64];
    size_t n = 0;

    (void)state;
    for (struct xml_element *in = xml_element_first(query); in; in = xml_element_next(in))
        if (strcmp(in->name, "feature") == 0)
            features[n++] = xml_element_attribute(in, "var");
        else
            identity = (struct disco_identity){ xml_element_attribute(in, "category"),
                                                xml_element_attribute(in, "type"),
                                                xml_element_attribute(in, "name") };
    assert_int_equal(disco_hash(&identity, features, n, hash), 0);
    disco_add_caps(presence, root, "Crosspoint");
    struct xml_element *caps = xml_element_child(root, "c", STANZA_NS_CAPS);
    assert_string_equal(xml_element_attribute(caps, "ver"), hash);
    assert_string_equal(xml_element_attribute(caps, "hash"), "sha-1");
    assert_int_equal(disco_node("Crosspoint", node), 0);
    assert_int_equal(strncmp(node, xml_element_attribute(caps, "node"),
                             strlen(xml_element_attribute(caps, "node"))),
                     0);
    assert_string_equal(strchr(node, '#') + 1, hash);
    xml_tree_free(&presence);
    xml_tree_free(&tree);
}

static bool has(struct xml_element const *query, char const *feature)
{
    for (struct xml_element *in = xml_element_first(query); in; in = xml_element_next(in))
        if (strcmp(in->name, "feature") == 0 &&
            strcmp(xml_element_attribute(in, "var"), feature) == 0)
            return true;
    return false;
}

static void test_kinds(void **state)
{
    static struct {
        char const *category, *type;
        bool escaping, states, version;
    } const expected[] = {
        [DISCO_DOMAIN] = { "gateway", "simple", true, false, true },
        [DISCO_ACCOUNT] = { "account", "registered", true, false, false },
        [DISCO_DEVICE] = { "client", "phone", true, true, true },
    };

    (void)state;
    for (enum disco_kind kind = 0; kind < DISCO_KINDS; kind++) {
        struct xml_tree *tree = xml_tree_new(100000);
        struct xml_element *query = make_info(tree, kind, "n");
        struct xml_element *identity = xml_element_first(query);
        assert_string_equal(xml_element_attribute(identity, "category"), expected[kind].category);
        assert_string_equal(xml_element_attribute(identity, "type"), expected[kind].type);
        assert_string_equal(xml_element_attribute(query, "node"), "n");
        assert_true(has(query, STANZA_NS_DISCO_INFO));
        assert_true(has(query, STANZA_NS_PING));
        assert_int_equal(has(query, "jid\\20escaping"), expected[kind].escaping);
        assert_int_equal(has(query, STANZA_NS_CHATSTATES), expected[kind].states);
        assert_int_equal(has(query, STANZA_NS_RECEIPTS), expected[kind].states);
        assert_int_equal(has(query, STANZA_NS_VERSION), expected[kind].version);
        assert_false(has(query, STANZA_NS_MUC)); /* SIP users cannot join rooms */
        xml_tree_free(&tree);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_own_hash),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
