/* SPDX-License-Identifier: Apache-2.0 */
/* The table of precedence: the first row whose facts hold. */
#include "compose.h"
#include "buf.h"
#include "compose_document.h"
#include "compose_facts.h"
#include "pidf.h"
#include <errno.h>

static struct {
    char const *name, *text;
    uint32_t facts;
    enum compose_state state;
} const rules[] = {
#define RULE(id, needed, result, words) { #id, words, needed, COMPOSE_##result },
#define RANK(state)
#include "compose.def"
#undef RULE
#undef RANK
};

static enum compose_state const ranks[] = {
#define RULE(id, needed, result, words)
#define RANK(state) COMPOSE_##state,
#include "compose.def"
#undef RULE
#undef RANK
};

/* Who has said it; of two facts, the one that made the difference is first in the enum. */
static struct compose_source const *who_decided(struct compose_facts const *facts, uint32_t needed)
{
    return needed ? facts->by[__builtin_ctz(needed)] : NULL;
}

int compose_run(struct compose_input const *in, struct compose_result *ret)
{
    struct compose_order order;
    struct compose_facts facts;
    enum compose_rule rule = 0;

    if (compose_order_init(&order, in) < 0)
        return -ENOMEM;
    compose_facts_find(&order, &facts);
    while ((rules[rule].facts & ~facts.set) != 0)
        rule++;
    *ret = (struct compose_result){
        .state = rules[rule].state,
        .rule = rule,
        .decided_by = who_decided(&facts, rules[rule].facts),
        .has_client = facts.signed_in,
        .clear_manual = facts.has_manual && !facts.signed_in,
    };
    int result = compose_document_make(in->entity, &order, &facts, ret);
    compose_order_fini(&order);
    return result;
}

void compose_result_fini(struct compose_result *result)
{
    pidf_free(&result->doc);
}

struct pidf *compose_statement(char const *entity, char const *id, enum compose_state state,
                               char const *note)
{
    struct pidf *doc = pidf_new(entity);
    struct pidf_part *tuple = doc ? pidf_add(doc, PIDF_TUPLE, id) : NULL;
    if (!tuple)
        goto fail;

    tuple->basic = state <= COMPOSE_UNAVAILABLE ? PIDF_CLOSED : PIDF_OPEN;
    tuple->activities = compose_document_activity(state);
    if (note && pidf_add_note(doc, &tuple->notes, NULL, note) < 0)
        goto fail;
    return doc;

fail:
    pidf_free(&doc);
    return NULL;
}

char const *compose_state_name(enum compose_state state)
{
    static char const *const names[] = { "unknown", "unavailable",  "away",     "dnd",
                                         "busy",    "on-the-phone", "available" };
    return names[state];
}

char const *compose_kind_name(enum compose_kind kind)
{
    static char const *const names[] = { "device", "line", "manual", "calendar", "gateway" };
    return names[kind];
}

char const *compose_rule_name(enum compose_rule rule)
{
    return rules[rule].name;
}

char const *compose_rule_text(enum compose_rule rule)
{
    return rules[rule].text;
}

enum compose_state compose_rule_state(enum compose_rule rule)
{
    return rules[rule].state;
}

void compose_print_rules(struct buf *out)
{
    for (enum compose_rule rule = 0; rule < COMPOSE_RULES; rule++)
        buf_printf(out, "%2d  %-20s  %-12s  %s\n", rule + 1, rules[rule].name,
                   compose_state_name(rules[rule].state), rules[rule].text);
    buf_puts(out, "Of several devices the first of these stands for the person:");
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        buf_printf(out, "%s %s", i ? "," : "", compose_state_name(ranks[i]));
    buf_puts(out, ". Of equal ones, the one that spoke last.\n");
}
