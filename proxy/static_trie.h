/* SPDX-License-Identifier: Apache-2.0 */
/* Many patterns of one mode against one text: a trie over their tokens. The cost of a look-up
 * follows the length of the text, not the number of patterns.
 *
 * User patterns: a place of the text can go on along its own character or along `.`. Patterns
 * without embedded dots make at most len * len / 2 of these ways, each embed template adds len.
 *
 * Domain patterns are kept from back to front, so that the `*` of *.example.test comes last and
 * costs nothing. A `*` with something behind it tries each place of the rest; it does so once per
 * look-up, from the first place where it was reached, because what it reaches from a later one is
 * a part of that. So a look-up is polynomial, whatever the patterns; STATIC_TRIE_STEPS bounds it
 * also where thousands of patterns hold several `*`. A look-up cut short there has found the
 * patterns with the longest literal ends first.
 *
 * Immutable after static_trie_init(); look-ups may run in any number of threads. */
#pragma once
#include "pattern.h"

enum {
    STATIC_TRIE_STEPS = 65536, /* nodes and places that one look-up visits; one pattern alone,
                                  whatever it is, needs less */
    STATIC_TRIE_STARS = 256,   /* `*` behind another one that one look-up goes into */
};

/** What a trie is built from: a token string and what it stands for. */
struct static_trie_key {
    unsigned char const *tokens; /* of domain patterns from back to front */
    uint8_t len;
    uint32_t value;
};

struct static_trie {
    struct static_trie_node *nodes;
    unsigned char *firsts; /* first token of each node's label */
    unsigned char *labels;
    uint32_t n_nodes, n_labels; /* n_labels: bytes */
};

/** Hears about each match, in no order, once. */
typedef void static_trie_fn(void *ctx, uint32_t value);

/** Builds from @p n keys, sorted by static_trie_compare() and all different; they are not needed
 *  afterwards. Returns 0, or -ENOMEM (static_trie_fini() is safe then, too). */
int static_trie_init(struct static_trie *trie, struct static_trie_key const *keys, size_t n);
void static_trie_fini(struct static_trie *trie);

/** The order that static_trie_init() wants. */
int static_trie_compare(struct static_trie_key const *a, struct static_trie_key const *b);

/** Calls @p fn for each pattern that matches. Returns the steps taken; STATIC_TRIE_STEPS or more:
 *  the look-up was cut short. */
unsigned static_trie_find(struct static_trie const *trie, struct pattern_subject const *subject,
                          static_trie_fn *fn, void *ctx);

/** Bytes of memory that the trie takes. */
size_t static_trie_bytes(struct static_trie const *trie);
