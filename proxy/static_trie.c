/* SPDX-License-Identifier: Apache-2.0 */
/* The trie: see static_trie.h. Nodes stand in one array, level by level, the children of a node
 * side by side in the order of their first token; a node's label is all tokens that its keys share,
 * but ends behind an ANYN. */
#include "static_trie.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NO_VALUE = UINT32_MAX, ROOT = 0, STAR_SLOTS = 2 * STATIC_TRIE_STARS };

struct static_trie_node {
    uint32_t label; /* into labels */
    uint32_t child; /* first of its children */
    uint32_t value; /* of the key that ends here, or NO_VALUE */
    uint16_t n_children;
    uint8_t label_len;
};

/* --- building ------------------------------------------------------------------------------------
 */

/* The keys [low, high) share their first `depth` tokens, which nodes above this one hold. */
struct range {
    uint32_t low, high;
    uint8_t depth;
};

struct build {
    struct static_trie *trie;
    struct static_trie_key const *keys;
    struct range *ranges; /* of each node */
    size_t size_nodes, size_labels;
};

int static_trie_compare(struct static_trie_key const *a, struct static_trie_key const *b)
{
    int order = memcmp(a->tokens, b->tokens, a->len < b->len ? a->len : b->len);
    return order ? order : (int)a->len - (int)b->len;
}

static void *grown(void *array, size_t n, size_t width)
{
    return reallocarray(array, n, width);
}

static int reserve_nodes(struct build *build)
{
    struct static_trie *trie = build->trie;
    size_t size = build->size_nodes ? build->size_nodes + build->size_nodes / 2 : 256;
    if (trie->n_nodes < build->size_nodes)
        return 0;
    void *nodes = grown(trie->nodes, size, sizeof *trie->nodes);
    trie->nodes = nodes ? nodes : trie->nodes;
    void *firsts = grown(trie->firsts, size, sizeof *trie->firsts);
    trie->firsts = firsts ? firsts : trie->firsts;
    void *ranges = grown(build->ranges, size, sizeof *build->ranges);
    build->ranges = ranges ? ranges : build->ranges;
    if (!nodes || !firsts || !ranges)
        return -ENOMEM;
    build->size_nodes = size;
    return 0;
}

static int add_node(struct build *build, struct range range, unsigned char first)
{
    struct static_trie *trie = build->trie;
    int error = reserve_nodes(build);
    if (error < 0)
        return error;
    trie->nodes[trie->n_nodes] = (struct static_trie_node){ .value = NO_VALUE };
    trie->firsts[trie->n_nodes] = first;
    build->ranges[trie->n_nodes++] = range;
    return 0;
}

static int add_label(struct build *build, unsigned char const *tokens, size_t len)
{
    struct static_trie *trie = build->trie;
    if (len == 0)
        return 0;
    if (trie->n_labels + len > build->size_labels) {
        size_t size = build->size_labels + build->size_labels / 2 + 4096;
        void *labels = grown(trie->labels, size, 1);
        if (!labels)
            return -ENOMEM;
        trie->labels = labels;
        build->size_labels = size;
    }
    memcpy(trie->labels + trie->n_labels, tokens, len);
    trie->n_labels += (uint32_t)len;
    return 0;
}

/* Sorted keys share what the first and the last of them share. */
static size_t shared_len(struct build const *build, struct range const *range)
{
    struct static_trie_key const *first = &build->keys[range->low];
    struct static_trie_key const *last = &build->keys[range->high - 1];
    size_t len = range->depth;
    while (len < first->len && len < last->len && first->tokens[len] == last->tokens[len])
        if (first->tokens[len++] == PATTERN_ANYN)
            break;
    return len;
}

static int add_children(struct build *build, uint32_t low, uint32_t high, size_t depth)
{
    while (low < high) {
        unsigned char first = build->keys[low].tokens[depth];
        uint32_t end = low + 1;
        while (end < high && build->keys[end].tokens[depth] == first)
            end++;
        int error = add_node(build, (struct range){ low, end, (uint8_t)depth }, first);
        if (error < 0)
            return error;
        low = end;
    }
    return 0;
}

static int finish_node(struct build *build, uint32_t index)
{
    struct static_trie *trie = build->trie;
    struct range const range = build->ranges[index];
    struct static_trie_key const *first = &build->keys[range.low];
    size_t depth = index == ROOT ? 0 : shared_len(build, &range);
    uint32_t label = trie->n_labels, child = trie->n_nodes;
    bool ends_here = first->len == depth;
    int error = add_label(build, first->tokens + range.depth, depth - range.depth);
    if (error == 0)
        error = add_children(build, range.low + ends_here, range.high, depth);
    if (error < 0)
        return error;
    trie->nodes[index] = (struct static_trie_node){
        .label = label,
        .label_len = (uint8_t)(depth - range.depth),
        .child = child,
        .n_children = (uint16_t)(trie->n_nodes - child),
        .value = ends_here ? first->value : NO_VALUE,
    };
    return 0;
}

static void give_back(struct build *build)
{
    struct static_trie *trie = build->trie;
    void *nodes = grown(trie->nodes, trie->n_nodes, sizeof *trie->nodes);
    void *firsts = grown(trie->firsts, trie->n_nodes, sizeof *trie->firsts);
    void *labels = grown(trie->labels, trie->n_labels + 1, 1);
    trie->nodes = nodes ? nodes : trie->nodes;
    trie->firsts = firsts ? firsts : trie->firsts;
    trie->labels = labels ? labels : trie->labels;
}

int static_trie_init(struct static_trie *trie, struct static_trie_key const *keys, size_t n)
{
    struct build build = { .trie = trie, .keys = keys };
    int error = 0;
    *trie = (struct static_trie){ .nodes = NULL };
    if (n == 0)
        return 0;
    error = add_node(&build, (struct range){ 0, (uint32_t)n, 0 }, 0);
    for (uint32_t i = 0; error == 0 && i < trie->n_nodes; i++)
        error = finish_node(&build, i);
    if (error == 0)
        give_back(&build);
    free(build.ranges);
    return error;
}

void static_trie_fini(struct static_trie *trie)
{
    free(trie->nodes);
    free(trie->firsts);
    free(trie->labels);
    *trie = (struct static_trie){ .nodes = NULL };
}

size_t static_trie_bytes(struct static_trie const *trie)
{
    return trie->n_nodes * (sizeof *trie->nodes + sizeof *trie->firsts) + trie->n_labels;
}

/* --- looking up ----------------------------------------------------------------------------------
 */

struct find {
    struct static_trie const *trie;
    static_trie_fn *fn;
    void *ctx;
    size_t len;
    unsigned char const *text; /* of a host from back to front */
    unsigned steps;
    unsigned depth;             /* inner stars that the walk is behind */
    unsigned n_stars;           /* in the set */
    uint32_t stars[STAR_SLOTS]; /* a set of nodes by hash; empty slots are ROOT */
};

static void walk(struct find *find, uint32_t index, size_t at);

static void found(struct find *find, struct static_trie_node const *node)
{
    if (node->value != NO_VALUE)
        find->fn(find->ctx, node->value);
}

static uint32_t literal_child(struct static_trie const *trie, struct static_trie_node const *node,
                              unsigned char c)
{
    unsigned char const *firsts = trie->firsts + node->child;
    /* Text may hold the bytes of the wildcards; no literal of a pattern does. */
    unsigned char const *hit =
        c == PATTERN_ANY1 || c == PATTERN_ANYN ? NULL : memchr(firsts, c, node->n_children);
    return hit ? node->child + (uint32_t)(hit - firsts) : ROOT;
}

/* The wildcards are the first two tokens, so they stand first among the children. */
static void walk_children(struct find *find, struct static_trie_node const *node, size_t at)
{
    struct static_trie const *trie = find->trie;
    uint32_t literal = at < find->len ? literal_child(trie, node, find->text[at]) : ROOT;
    if (literal != ROOT)
        walk(find, literal, at);
    for (uint32_t i = 0; i < 2 && i < node->n_children; i++)
        if (trie->firsts[node->child + i] <= PATTERN_ANYN)
            walk(find, node->child + i, at);
}

/* Behind an inner star one node may be reached at several places; the first is enough. */
static bool star_is_new(struct find *find, uint32_t index)
{
    uint32_t slot = index * UINT32_C(2654435761) % STAR_SLOTS;
    if (find->n_stars == 0)
        memset(find->stars, 0, sizeof find->stars);
    for (; find->stars[slot] != ROOT; slot = (slot + 1) % STAR_SLOTS)
        if (find->stars[slot] == index)
            return false;
    if (find->n_stars == STATIC_TRIE_STARS) {
        find->steps = STATIC_TRIE_STEPS;
        return false;
    }
    find->stars[slot] = index;
    find->n_stars++;
    return true;
}

static void walk_star(struct find *find, uint32_t index, size_t at)
{
    struct static_trie_node const *node = &find->trie->nodes[index];
    if (find->depth > 0 && !star_is_new(find, index))
        return;
    found(find, node);
    find->depth++;
    for (; node->n_children > 0 && at < find->len && find->steps < STATIC_TRIE_STEPS; at++) {
        uint32_t literal = literal_child(find->trie, node, find->text[at]);
        find->steps++;
        if (literal != ROOT)
            walk(find, literal, at);
    }
    find->depth--;
}

static void walk(struct find *find, uint32_t index, size_t at)
{
    struct static_trie_node const *node = &find->trie->nodes[index];
    unsigned char const *label = find->trie->labels + node->label;
    if (find->steps >= STATIC_TRIE_STEPS)
        return;
    find->steps++;
    for (size_t i = 0; i < node->label_len; i++, at++) {
        if (label[i] == PATTERN_ANYN) {
            walk_star(find, index, at);
            return;
        }
        if (at == find->len || (label[i] != PATTERN_ANY1 && label[i] != find->text[at]))
            return;
    }
    if (at == find->len)
        found(find, node);
    walk_children(find, node, at);
}

unsigned static_trie_find(struct static_trie const *trie, struct pattern_subject const *subject,
                          static_trie_fn *fn, void *ctx)
{
    unsigned char turned[PATTERN_MAX + 1];
    struct find find;
    if (trie->n_nodes == 0)
        return 0;
    find.trie = trie;
    find.fn = fn;
    find.ctx = ctx;
    find.len = subject->len;
    find.text = (unsigned char const *)subject->text;
    find.steps = find.depth = find.n_stars = 0;
    if (subject->mode == PATTERN_DOMAIN) {
        for (size_t i = 0; i < subject->len; i++)
            turned[i] = find.text[subject->len - 1 - i];
        find.text = turned;
    }
    walk(&find, ROOT, 0);
    return find.steps;
}
