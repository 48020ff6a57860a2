/* SPDX-License-Identifier: Apache-2.0 */
/* Each source is judged by itself; then the one that stands for its kind gives the facts. */
#include "compose_facts.h"
#include "pidf.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define BIT(activity) pidf_activity_bit(PIDF_ACTIVITY_##activity)

/* What activities come to; the first row that holds one (spec: XMPP's table, rows 3 to 6). */
static enum compose_state state_of_activities(uint64_t activities)
{
    struct {
        uint64_t any;
        enum compose_state state;
    } const rows[] = {
        { BIT(UNAVAILABLE), COMPOSE_UNAVAILABLE },
        { BIT(DND), COMPOSE_DND },
        { BIT(ON_THE_PHONE), COMPOSE_ON_THE_PHONE },
        { BIT(BUSY) | BIT(MEETING) | BIT(APPOINTMENT) | BIT(PRESENTATION) | BIT(PERFORMANCE) |
              BIT(WORSHIP),
          COMPOSE_BUSY },
        { BIT(AWAY) | BIT(VACATION) | BIT(HOLIDAY) | BIT(PERMANENT_ABSENCE) | BIT(SLEEPING) |
              BIT(IN_TRANSIT) | BIT(STEERING) | BIT(TRAVEL) | BIT(SHOPPING) | BIT(MEAL) |
              BIT(BREAKFAST) | BIT(LUNCH) | BIT(DINNER),
          COMPOSE_AWAY },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (activities & rows[i].any)
            return rows[i].state;
    return COMPOSE_AVAILABLE;
}

static int rank_of(enum compose_state state)
{
    static enum compose_state const ranks[] = {
#define RULE(id, facts, rule_state, words)
#define RANK(ranked) COMPOSE_##ranked,
#include "compose.def"
#undef RULE
#undef RANK
    };
    int rank = 0;

    while (rank < (int)(sizeof ranks / sizeof *ranks) && ranks[rank] != state)
        rank++;
    return rank;
}

uint64_t compose_facts_activities(struct pidf const *doc)
{
    uint64_t activities = 0;

    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next)
            activities |= part->not_understood ? 0 : part->activities;
    return activities;
}

static bool has_tuple(struct pidf const *doc, enum pidf_basic basic)
{
    for (struct pidf_part const *tuple = doc->parts[PIDF_TUPLE]; tuple; tuple = tuple->next)
        if (tuple->basic == basic && !tuple->not_understood)
            return true;
    return false;
}

/* The show of the tuples, and idleness, in a document that names no activity. */
static enum compose_state state_of_signs(struct pidf const *doc)
{
    enum compose_state best = COMPOSE_UNAVAILABLE;
    bool idle = false, active = false;

    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next) {
            enum compose_state state = COMPOSE_AVAILABLE;
            idle |= part->input == PIDF_INPUT_IDLE;
            active |= part->input == PIDF_INPUT_ACTIVE;
            if (kind != PIDF_TUPLE || part->basic == PIDF_CLOSED || part->not_understood)
                continue;
            if (part->show == PIDF_SHOW_DND)
                state = COMPOSE_DND;
            else if (part->show == PIDF_SHOW_AWAY || part->show == PIDF_SHOW_XA)
                state = COMPOSE_AWAY;
            if (rank_of(state) < rank_of(best))
                best = state;
        }
    if (best == COMPOSE_UNAVAILABLE || best == COMPOSE_AVAILABLE)
        best = idle && !active ? COMPOSE_AWAY : COMPOSE_AVAILABLE;
    return best;
}

/* What a client, a partner or somebody by hand says. Signed out: it has tuples, and none is open;
 * but a partner may show nothing of somebody but the phone, whose tuple is closed while it is
 * engaged. */
static enum compose_state state_of_client(struct compose_source const *source)
{
    struct pidf const *doc = source->doc;

    if (source->kind == COMPOSE_GATEWAY && !has_tuple(doc, PIDF_OPEN) && !doc->not_understood &&
        compose_facts_activities(doc) & BIT(ON_THE_PHONE))
        return COMPOSE_ON_THE_PHONE;
    if (doc->not_understood || (doc->n_parts[PIDF_TUPLE] && !has_tuple(doc, PIDF_OPEN)) ||
        (!doc->n_parts[PIDF_TUPLE] && !doc->n_parts[PIDF_PERSON]))
        return COMPOSE_UNAVAILABLE;
    enum compose_state state = state_of_activities(compose_facts_activities(doc));
    if (state == COMPOSE_UNAVAILABLE)
        return state;
    if (source->suspended)
        return COMPOSE_AWAY;
    return state == COMPOSE_AVAILABLE ? state_of_signs(doc) : state;
}

/* The call manager publishes an engaged line as closed (xmpp-presence 1.4). */
static uint32_t facts_of_line(struct pidf const *doc)
{
    uint64_t activities = compose_facts_activities(doc);
    enum compose_state state = state_of_activities(activities);
    uint32_t facts = 0;

    if (doc->not_understood || state == COMPOSE_UNAVAILABLE)
        return 0;
    if (activities & BIT(DND))
        facts |= FACT(LINE_DND);
    if (activities & BIT(ALERTING))
        facts |= FACT(LINE_RINGING);
    if (state_of_activities(activities & ~BIT(DND)) == COMPOSE_ON_THE_PHONE ||
        state_of_activities(activities & ~BIT(DND)) == COMPOSE_BUSY ||
        (has_tuple(doc, PIDF_CLOSED) && !(activities & (BIT(DND) | BIT(ALERTING)))))
        facts |= FACT(LINE_ENGAGED);
    /* A phone that rings is on hook (guide 1.6). */
    return facts & (FACT(LINE_DND) | FACT(LINE_ENGAGED)) ? facts : facts | FACT(LINE_IDLE);
}

static void add(struct compose_facts *facts, uint32_t set, struct compose_source const *source)
{
    for (unsigned fact = 0; fact < FACTS; fact++)
        if (set & UINT32_C(1) << fact && !(facts->set & UINT32_C(1) << fact))
            facts->by[fact] = source;
    facts->set |= set;
}

static int compare_sources(void const *a, void const *b)
{
    struct compose_source const *x = *(struct compose_source const *const *)a;
    struct compose_source const *y = *(struct compose_source const *const *)b;
    size_t len_x = strlen(x->name), len_y = strlen(y->name);

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return len_x != len_y ? (len_x < len_y ? -1 : 1) : strcmp(x->name, y->name);
}

int compose_order_init(struct compose_order *order, struct compose_input const *in)
{
    order->n = in->n_sources;
    order->sources = calloc(in->n_sources ? in->n_sources : 1, sizeof *order->sources);
    if (!order->sources)
        return -ENOMEM;
    for (unsigned i = 0; i < in->n_sources; i++)
        order->sources[i] = &in->sources[i];
    qsort(order->sources, order->n, sizeof *order->sources, compare_sources);
    return 0;
}

void compose_order_fini(struct compose_order *order)
{
    free(order->sources);
}

/* Does @p a stand for its person rather than @p b? The name makes the answer one. */
static bool is_better(struct compose_source const *a, enum compose_state state_a,
                      struct compose_source const *b, enum compose_state state_b)
{
    if (rank_of(state_a) != rank_of(state_b))
        return rank_of(state_a) < rank_of(state_b);
    if (a->time_ms != b->time_ms)
        return a->time_ms > b->time_ms;
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return strcmp(a->name, b->name) < 0;
}

/* The best of the devices, or of the gateways. @p closed is the first of their facts. */
static enum compose_state find_best(struct compose_order const *order, enum compose_kind kind,
                                    enum compose_fact closed, struct compose_facts *facts)
{
    struct compose_source const *best = NULL;
    enum compose_state best_state = COMPOSE_UNKNOWN;

    for (unsigned i = 0; i < order->n; i++) {
        struct compose_source const *source = order->sources[i];
        if (source->kind != kind)
            continue;
        enum compose_state state = state_of_client(source);
        if (!best || is_better(source, state, best, best_state)) {
            best = source;
            best_state = state;
        }
    }
    if (best)
        add(facts, UINT32_C(1) << (closed + (best_state - COMPOSE_UNAVAILABLE)), best);
    return best_state;
}

/* One manual state at a time: the newest. Do not disturb, and to seem signed out, are not heard
 * without the flag; busy with it is how RFC 4480 has to say the former. */
static void find_manual(struct compose_order const *order, struct compose_facts *facts)
{
    struct compose_source const *newest = NULL;

    for (unsigned i = 0; i < order->n; i++) {
        struct compose_source const *source = order->sources[i];
        if (source->kind == COMPOSE_MANUAL && (!newest || source->time_ms > newest->time_ms))
            newest = source;
    }
    facts->has_manual = newest;
    if (!newest || !facts->signed_in)
        return;
    facts->manual = newest;
    switch (state_of_client(newest)) {
    case COMPOSE_DND:
        add(facts, newest->overrides ? FACT(MANUAL_DND) : 0, newest);
        break;
    case COMPOSE_BUSY:
        add(facts, newest->overrides ? FACT(MANUAL_DND) : FACT(MANUAL_BUSY), newest);
        break;
    case COMPOSE_UNAVAILABLE:
        add(facts, newest->overrides ? FACT(MANUAL_UNAVAILABLE) : 0, newest);
        break;
    case COMPOSE_AWAY:
        add(facts, FACT(MANUAL_AWAY), newest);
        break;
    case COMPOSE_AVAILABLE:
        add(facts, FACT(MANUAL_AVAILABLE), newest);
        break;
    default: /* nobody sets by hand that he phones */
        break;
    }
}

static void find_other(struct compose_source const *source, struct compose_facts *facts)
{
    if (source->kind == COMPOSE_LINE) {
        add(facts, source->stale ? FACT(STALE) : facts_of_line(source->doc), source);
    } else if (source->kind == COMPOSE_CALENDAR) {
        enum compose_state state = state_of_client(source);
        bool busy = state == COMPOSE_BUSY || state == COMPOSE_DND;
        add(facts, FACT(CALENDAR) | (busy ? FACT(CALENDAR_BUSY) : 0), source);
    }
}

void compose_facts_find(struct compose_order const *order, struct compose_facts *ret)
{
    *ret = (struct compose_facts){ 0 };
    for (unsigned i = 0; i < order->n; i++)
        if (order->sources[i]->kind != COMPOSE_MANUAL)
            find_other(order->sources[i], ret);
    enum compose_state device = find_best(order, COMPOSE_DEVICE, FACT_DEVICE_CLOSED, ret);
    ret->signed_in = device > COMPOSE_UNAVAILABLE;
    find_best(order, COMPOSE_GATEWAY, FACT_GATEWAY_CLOSED, ret);
    find_manual(order, ret);
}
