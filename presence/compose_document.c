/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the sources say goes into the document, each id once; the person is ours. */
#include "compose_document.h"
#include "compose_facts.h"
#include "htab.h"
#include "pidf.h"
#include <errno.h>
#include <string.h>

#define BIT(activity) pidf_activity_bit(PIDF_ACTIVITY_##activity)

/* What activities say about the state itself; the others tell more about it. */
#define STATE_BITS                                                                                 \
    (BIT(AWAY) | BIT(BUSY) | BIT(DND) | BIT(AVAILABLE) | BIT(UNAVAILABLE) | BIT(ON_THE_PHONE) |    \
     BIT(UNKNOWN) | BIT(ALERTING))

struct used_id {
    struct htab_entry entry;
    char const *id;
};

struct work {
    struct compose_order const *order;
    struct compose_facts const *facts;
    struct compose_result *ret;
    struct pidf *doc;
    struct htab ids;
};

uint64_t compose_document_activity(enum compose_state state)
{
    switch (state) {
    case COMPOSE_UNAVAILABLE:
        return BIT(UNAVAILABLE);
    case COMPOSE_AWAY:
        return BIT(AWAY);
    case COMPOSE_DND:
        return BIT(DND);
    case COMPOSE_BUSY:
        return BIT(BUSY);
    case COMPOSE_ON_THE_PHONE:
        return BIT(ON_THE_PHONE);
    case COMPOSE_AVAILABLE:
        return BIT(AVAILABLE);
    default:
        return BIT(UNKNOWN);
    }
}

static bool match_id(struct htab_entry const *entry, void const *key)
{
    return strcmp(((struct used_id const *)entry)->id, key) == 0;
}

static bool is_used(struct work *work, char const *id)
{
    return htab_find(&work->ids, htab_hash(id, strlen(id), 0), match_id, id);
}

static int mark_used(struct work *work, char const *id)
{
    struct used_id *used = su_zalloc(work->doc->home, sizeof *used);
    if (!used)
        return -ENOMEM;
    used->id = id;
    return htab_insert(&work->ids, &used->entry, htab_hash(id, strlen(id), 0));
}

/* Its id in the document: with the source's name in front if it is taken, and a number behind if
 * even that is. */
static int name_part(struct work *work, struct pidf_part *part, char const *source)
{
    char const *wanted = part->id ? part->id : pidf_kind_name(part->kind);

    part->id = part->id ? part->id : su_strdup(work->doc->home, wanted);
    for (unsigned number = 1; part->id && is_used(work, part->id); number++)
        part->id = number == 1 ? su_sprintf(work->doc->home, "%s-%s", source, wanted)
                               : su_sprintf(work->doc->home, "%s-%s-%u", source, wanted, number);
    return part->id ? mark_used(work, part->id) : -ENOMEM;
}

static int take_parts(struct work *work, struct compose_source const *source, enum pidf_kind kind)
{
    for (struct pidf_part const *part = source->doc->parts[kind]; part; part = part->next) {
        struct pidf_part *copy = pidf_add_copy(work->doc, part);
        if (!copy || name_part(work, copy, source->name) < 0)
            return -ENOMEM;
        if (source->kind == COMPOSE_LINE && copy->basic == PIDF_CLOSED &&
            !(compose_facts_activities(source->doc) & BIT(UNAVAILABLE)))
            copy->basic = PIDF_OPEN;
    }
    return 0;
}

/* What is set by hand and what the calendar says has no service of its own: it is the person's. */
static bool has_services(struct compose_source const *source)
{
    return !source->stale && source->kind != COMPOSE_MANUAL && source->kind != COMPOSE_CALENDAR;
}

static bool is_heard(struct work const *work, struct compose_source const *source)
{
    return source->kind == COMPOSE_MANUAL ? source == work->facts->manual : !source->stale;
}

/* Somebody who is not there has at least one tuple that says so, in front of those of phones. */
static int take_services(struct work *work)
{
    bool has_client = false;

    for (unsigned i = 0; i < work->order->n; i++) {
        struct compose_source const *source = work->order->sources[i];
        has_client |= has_services(source) && source->kind != COMPOSE_LINE &&
                      source->doc->n_parts[PIDF_TUPLE];
    }
    if (work->ret->state <= COMPOSE_UNAVAILABLE && !has_client) {
        struct pidf_part *offline = pidf_add(work->doc, PIDF_TUPLE, "offline");
        if (!offline || mark_used(work, offline->id) < 0)
            return -ENOMEM;
        offline->basic = PIDF_CLOSED;
    }
    for (unsigned i = 0; i < work->order->n; i++) {
        struct compose_source const *source = work->order->sources[i];
        if (has_services(source) &&
            (take_parts(work, source, PIDF_TUPLE) < 0 || take_parts(work, source, PIDF_DEVICE) < 0))
            return -ENOMEM;
    }
    return 0;
}

/* Words about the person: of persons, and of the tuples of sources that have no services. */
static int take_words(struct work *work, struct pidf_part *person,
                      struct compose_source const *source)
{
    for (enum pidf_kind kind = has_services(source) ? PIDF_PERSON : PIDF_TUPLE; kind <= PIDF_PERSON;
         kind++)
        for (struct pidf_part const *part = source->doc->parts[kind]; part; part = part->next) {
            if (pidf_merge_notes(work->doc, &person->notes, part->notes) < 0 ||
                pidf_merge_pieces(work->doc, &person->pieces, part->pieces) < 0 ||
                pidf_merge_pieces(work->doc, &person->activity_pieces, part->activity_pieces) < 0)
                return -ENOMEM;
            if (part->display_name && !person->display_name &&
                !(person->display_name = su_strdup(work->doc->home, part->display_name)))
                return -ENOMEM;
        }
    if (pidf_merge_notes(work->doc, &work->doc->notes, source->doc->notes) < 0 ||
        pidf_merge_pieces(work->doc, &work->doc->pieces, source->doc->pieces) < 0)
        return -ENOMEM;
    return 0;
}

/* Idleness and free words of the one that stands for the person. */
static int take_signs(struct work *work, struct pidf_part *person,
                      struct compose_source const *source)
{
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = source->doc->parts[kind]; part; part = part->next) {
            if (part->input && !person->input) {
                person->input = part->input;
                person->last_input_ms = part->last_input_ms;
            }
            if (part->other && !person->other &&
                !(person->other = su_strdup(work->doc->home, part->other)))
                return -ENOMEM;
        }
    person->activities |= compose_facts_activities(source->doc) & ~STATE_BITS;
    person->timestamp_ms = source->time_ms;
    return 0;
}

static bool is_manual(enum compose_rule rule)
{
    return rule == COMPOSE_RULE_manual_dnd || rule == COMPOSE_RULE_manual_away ||
           rule == COMPOSE_RULE_manual_busy || rule == COMPOSE_RULE_manual_available;
}

/* A ringing phone and a meeting are told beside the state, unless somebody has set another. */
static int make_person(struct work *work)
{
    struct compose_source const *decided = work->ret->decided_by;
    struct compose_source const *calendar = work->facts->by[FACT_CALENDAR];
    struct pidf_part *person = pidf_add(work->doc, PIDF_PERSON, NULL);

    if (!person || name_part(work, person, "composed") < 0)
        return -ENOMEM;
    person->activities = compose_document_activity(work->ret->state);
    if (!is_manual(work->ret->rule) && work->facts->set & FACT(LINE_RINGING))
        person->activities |= BIT(ALERTING);
    if (!is_manual(work->ret->rule) && calendar && work->ret->state > COMPOSE_UNAVAILABLE)
        person->activities |= compose_facts_activities(calendar->doc) & ~STATE_BITS;
    if (decided && !decided->stale &&
        (take_signs(work, person, decided) < 0 || take_words(work, person, decided) < 0))
        return -ENOMEM;
    for (unsigned i = 0; i < work->order->n; i++) {
        struct compose_source const *source = work->order->sources[i];
        if (source != decided && is_heard(work, source) && take_words(work, person, source) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* Nobody can tell one who has nothing to say from one who may not be seen. */
static bool is_anybody_heard(struct work const *work)
{
    for (unsigned i = 0; i < work->order->n; i++)
        if (is_heard(work, work->order->sources[i]) &&
            work->order->sources[i]->kind != COMPOSE_CALENDAR)
            return true;
    return false;
}

int compose_document_make(char const *entity, struct compose_order const *order,
                          struct compose_facts const *facts, struct compose_result *ret)
{
    struct work work = { .order = order, .facts = facts, .ret = ret };

    if (ret->rule == COMPOSE_RULE_manual_unavailable || !is_anybody_heard(&work)) {
        ret->doc = pidf_new_offline(entity);
        return ret->doc ? 0 : -ENOMEM;
    }
    work.doc = pidf_new(entity);
    if (!work.doc)
        return -ENOMEM;
    htab_init(&work.ids);
    int result = take_services(&work);
    if (result == 0)
        result = make_person(&work);
    htab_fini(&work.ids);
    if (result < 0)
        pidf_free(&work.doc);
    ret->doc = work.doc;
    return result;
}
