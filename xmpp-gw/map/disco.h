/* SPDX-License-Identifier: Apache-2.0 */
/* Who our addresses are and what they can do (XEP-0030), by the rows of disco.def, and the hash of
 * that in presence (XEP-0115). Pure. */
#pragma once
#include <stddef.h>

struct xml_element;
struct xml_tree;

/* What answers and hashes call the gateway. */
#define DISCO_NAME "Crosspoint"

/** An address of ours: the domain, a user, one of a user's devices. */
enum disco_kind { DISCO_DOMAIN, DISCO_ACCOUNT, DISCO_DEVICE, DISCO_KINDS };

struct disco_identity {
    char const *category, *type, *name; /* name "": none */
};

enum { DISCO_HASH_BYTES = 32, DISCO_NODE_BYTES = 128 };

/** The hash of one identity and of features, which are sorted here (XEP-0115 5.1). Returns 0 or
 *  -ENOMEM. */
int disco_hash(struct disco_identity const *identity, char const *const *features, size_t n,
               char ret[static DISCO_HASH_BYTES]);

/** Puts <query/> with what @p kind is into @p iq; @p node may be NULL. */
void disco_add_info(struct xml_tree *tree, struct xml_element *iq, enum disco_kind kind,
                    char const *name, char const *node);

/** The node that stands for what a device can do: "URI#hash". Returns 0 or -ENOMEM. */
int disco_node(char const *name, char ret[static DISCO_NODE_BYTES]);

/** Puts the hash into the presence of a device that is being built. */
void disco_add_caps(struct xml_tree *tree, struct xml_element *presence, char const *name);
