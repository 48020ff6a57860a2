/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP side: RFC 3863, 4479, 4480. */
#include "buf.h"
#include "jid.h"
#include "presence_map.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define ID_PREFIX "ID-"

enum { TEXT_MAX = 8192, ID_MAX = 1 << 20 };

/* Names that a tuple's id cannot clash with. */
static char const person_id[] = "person";

/* --- ids -------------------------------------------------------------------------------------- */

/* xs:ID takes few characters: others become _HH. */
static void put_id(char const *resource, struct buf *out)
{
    buf_puts(out, ID_PREFIX);
    for (; *resource; resource++)
        if (isalnum((unsigned char)*resource) || *resource == '-' || *resource == '.')
            buf_add(out, resource, 1);
        else
            buf_printf(out, "_%02X", (unsigned char)*resource);
}

static int hex_digit(char c)
{
    char const *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The byte of "_HH", 0 if it is none. */
static char escaped_byte(char const *text)
{
    int high = *text == '_' ? hex_digit(text[1]) : -1;
    int low = high < 0 ? -1 : hex_digit(text[2]);

    return low < 0 ? 0 : (char)(high << 4 | low);
}

/* What put_id() has written, or an id of somebody else's as it is. */
static void put_resource(char const *id, struct buf *out)
{
    bool ours = strncmp(id, ID_PREFIX, strlen(ID_PREFIX)) == 0;

    id += ours ? strlen(ID_PREFIX) : 0;
    while (*id) {
        char c = ours ? escaped_byte(id) : 0;
        buf_add(out, c ? &c : id, 1);
        id += c ? 3 : 1;
    }
}

/* --- to PIDF ---------------------------------------------------------------------------------- */

/* What is being built. */
struct page {
    struct presence_map const *map;
    struct pidf *doc;
    struct jid who;
    struct address_options const *options;
};

static char const *keep(struct page *page, struct buf *text)
{
    char const *kept = buf_ok(text) ? su_strdup(page->doc->home, buf_text(text)) : NULL;

    buf_fini(text);
    return kept;
}

static uint64_t activities_of(struct presence_row const *row)
{
    return pidf_activity_bit(row->activity) | pidf_activity_bit(row->cisco_activity);
}

static int add_idle_and_note(struct page *page, struct pidf_part *part,
                             struct presence_resource const *told)
{
    if (told->idle_since_ms != PIDF_TIME_NONE) {
        part->input = PIDF_INPUT_IDLE;
        part->last_input_ms = told->idle_since_ms;
    }
    return told->status ? pidf_add_note(page->doc, &part->notes, told->lang, told->status) : 0;
}

static int add_contact(struct page *page, struct pidf_part *tuple,
                       struct presence_resource const *told)
{
    struct buf uri;
    struct jid full;

    if (jid_make(page->who.local, page->who.domain, told->resource, &full) != JID_FINE)
        return -EINVAL;
    buf_init(&uri, TEXT_MAX);
    enum address_fault fault = address_map_uri(&full, ADDRESS_SIP, page->options, &uri);
    tuple->contact = keep(page, &uri);
    tuple->priority = presence_map_priority_to_pidf(told->priority);
    return fault != ADDRESS_FINE ? -EINVAL : tuple->contact ? 0 : -ENOMEM;
}

static int add_tuple(struct page *page, struct presence_resource const *told)
{
    struct presence_row const *row = &page->map->rows[told->show];
    struct pidf_part *tuple;
    struct buf id;

    buf_init(&id, TEXT_MAX);
    put_id(told->resource, &id);
    tuple = buf_ok(&id) ? pidf_add(page->doc, PIDF_TUPLE, buf_text(&id)) : NULL;
    buf_fini(&id);
    if (!tuple)
        return -ENOMEM;
    tuple->basic = row->basic;
    tuple->show = row->show;
    if (told->show == PRESENCE_UNAVAILABLE)
        return told->status ? pidf_add_note(page->doc, &tuple->notes, told->lang, told->status) : 0;
    int error = add_contact(page, tuple, told);
    return error ? error : add_idle_and_note(page, tuple, told);
}

static int add_person(struct page *page, struct presence_resource const *best)
{
    struct pidf_part *person = pidf_add(page->doc, PIDF_PERSON, person_id);

    if (!person)
        return -ENOMEM;
    person->activities = activities_of(&page->map->rows[best->show]);
    return add_idle_and_note(page, person, best);
}

static int fill(struct page *page, struct presence_resource const *told, size_t n)
{
    struct presence_resource const nobody = { .resource = "", .idle_since_ms = PIDF_TIME_NONE };
    struct presence_resource const *best = presence_map_best(told, n);
    int error = 0;

    for (size_t i = 0; i < n && !error; i++)
        error = add_tuple(page, &told[i]);
    if (n == 0)
        error = add_tuple(page, &nobody);
    if (!error && best && best->show != PRESENCE_UNAVAILABLE)
        error = add_person(page, best);
    return error;
}

struct pidf *presence_map_pidf(struct presence_map const *map, char const *bare,
                               struct presence_resource const *told, size_t n,
                               struct address_options const *options)
{
    struct page page = { .map = map, .options = options };
    struct buf entity;

    if (jid_parse(bare, &page.who) != JID_FINE)
        return NULL;
    buf_init(&entity, TEXT_MAX);
    if (address_map_uri(&page.who, ADDRESS_SIP, options, &entity) == ADDRESS_FINE)
        page.doc = pidf_new(buf_text(&entity));
    buf_fini(&entity);
    if (page.doc && fill(&page, told, n) < 0)
        pidf_free(&page.doc);
    return page.doc;
}

/* --- from PIDF -------------------------------------------------------------------------------- */

static uint64_t const phoning =
    UINT64_C(1) << PIDF_ACTIVITY_ON_THE_PHONE | UINT64_C(1) << PIDF_ACTIVITY_ALERTING;

/* What a document says of the person as a whole. */
struct facts {
    uint64_t activities; /* of persons and devices */
    bool idle;
    int64_t last_input_ms;
    struct pidf_note const *note;
};

static void add_facts(struct facts *facts, struct pidf_part const *part)
{
    if (part->not_understood)
        return;
    facts->activities |= part->activities;
    if (part->input == PIDF_INPUT_IDLE) {
        facts->idle = true;
        facts->last_input_ms = part->last_input_ms;
    }
    if (part->notes)
        facts->note = part->notes;
}

static struct facts facts_of(struct pidf const *doc)
{
    struct facts facts = { .last_input_ms = PIDF_TIME_NONE, .note = doc->notes };

    for (struct pidf_part const *part = doc->parts[PIDF_DEVICE]; part; part = part->next)
        add_facts(&facts, part);
    for (struct pidf_part const *part = doc->parts[PIDF_PERSON]; part; part = part->next)
        add_facts(&facts, part);
    return facts;
}

static bool has_phone_source(struct pidf_part const *tuple)
{
    for (struct pidf_piece const *piece = tuple->pieces; piece; piece = piece->next)
        if (strstr(piece->xml, "urn:cisco:params:xml:ns:pidf:source") &&
            strstr(piece->xml, ">phone<"))
            return true;
    return false;
}

/* A line of a phone: by its number, by what Cisco says of its source, or because somebody phones
 * while it is closed, which is how a call manager says that it is engaged. */
static bool is_phone(struct pidf_part const *tuple, struct facts const *facts)
{
    uint64_t busy = UINT64_C(1) << PIDF_ACTIVITY_BUSY;

    if (tuple->contact &&
        (strncasecmp(tuple->contact, "tel:", 4) == 0 || strcasestr(tuple->contact, ";user=phone")))
        return true;
    if (has_phone_source(tuple))
        return true;
    return tuple->basic == PIDF_CLOSED &&
           ((facts->activities & phoning) || (tuple->activities & (phoning | busy)));
}

static bool holds(struct presence_rule const *rule, struct pidf_part const *tuple,
                  struct facts const *facts)
{
    switch (rule->when) {
    case PRESENCE_IF_SHOW:
        return tuple && tuple->show == rule->show;
    case PRESENCE_IF_ACTIVITY:
        return facts->activities & rule->activities;
    case PRESENCE_IF_IDLE:
        return facts->idle;
    case PRESENCE_ALWAYS:
        break;
    }
    return true;
}

static struct presence_rule const *
find_rule(struct presence_map const *map, struct pidf_part const *tuple, struct facts const *facts)
{
    static struct presence_rule const available = { .when = PRESENCE_ALWAYS,
                                                    .result = PRESENCE_AVAILABLE };

    for (size_t i = 0; i < map->n_rules; i++)
        if (holds(&map->rules[i], tuple, facts))
            return &map->rules[i];
    return &available;
}

/* "on the phone" of the first activity that is going on. */
static char const *words_of(struct presence_list *list, uint64_t activities)
{
    enum pidf_activity activity = 0;
    char *words;

    while (!(activities & pidf_activity_bit(activity)))
        activity++;
    words = su_strdup(list->home, pidf_activity_name(activity));
    for (char *c = words; c && *c; c++)
        if (*c == '-')
            *c = ' ';
    return words;
}

static int set_resource(struct presence_list *list, struct presence_resource *ret, char const *id)
{
    struct buf text;
    struct jid jid;

    buf_init(&text, ID_MAX);
    put_resource(id ? id : "", &text);
    if (buf_ok(&text)) {
        bool fits = jid_make("", "x", buf_text(&text), &jid) == JID_FINE;
        ret->resource = su_strdup(list->home, fits ? jid.resource : "sip");
    }
    buf_fini(&text);
    return ret->resource ? 0 : -ENOMEM;
}

static int set_status(struct presence_list *list, struct presence_resource *ret,
                      struct pidf_note const *note)
{
    if (!note || !*note->text)
        return 0;
    ret->status = su_strdup(list->home, note->text);
    ret->lang = note->lang && *note->lang ? su_strdup(list->home, note->lang) : NULL;
    return ret->status && (!note->lang || !*note->lang || ret->lang) ? 0 : -ENOMEM;
}

/* @p tuple NULL: there is none. */
static int add_resource(struct presence_map const *map, struct presence_list *list,
                        struct pidf_part const *tuple, struct facts const *of_person, bool closed)
{
    struct presence_resource *told = &list->all[list->n++];
    struct facts facts = *of_person;
    struct presence_rule const *rule;
    int error;

    *told = (struct presence_resource){ .idle_since_ms = PIDF_TIME_NONE };
    if (tuple)
        add_facts(&facts, tuple);
    error = set_resource(list, told, tuple ? tuple->id : NULL);
    error = error ? error : set_status(list, told, facts.note);
    if (error || closed)
        return error;
    rule = find_rule(map, tuple, &facts);
    told->show = rule->result;
    told->priority = presence_map_priority_to_xmpp(tuple ? tuple->priority : PIDF_PRIORITY_NONE);
    told->idle_since_ms = facts.idle ? facts.last_input_ms : PIDF_TIME_NONE;
    if (rule->tell && !told->status && rule->activities & facts.activities) {
        told->status = words_of(list, rule->activities & facts.activities);
        error = told->status ? 0 : -ENOMEM;
    }
    return error;
}

static int add_tuples(struct presence_map const *map, struct pidf const *doc,
                      struct facts const *facts, struct presence_list *list)
{
    int error = 0;

    for (struct pidf_part const *tuple = doc->parts[PIDF_TUPLE]; tuple && !error;
         tuple = tuple->next)
        if (!tuple->not_understood && !is_phone(tuple, facts))
            error = add_resource(map, list, tuple, facts, tuple->basic == PIDF_CLOSED);
    return error;
}

/* Nothing but phones, or not even those. */
static int add_alone(struct presence_map const *map, struct pidf const *doc, struct facts *facts,
                     struct presence_list *list)
{
    struct pidf_part const *phone = NULL;

    for (struct pidf_part const *tuple = doc->parts[PIDF_TUPLE]; tuple; tuple = tuple->next)
        if (!tuple->not_understood) {
            add_facts(facts, tuple);
            phone = phone ? phone : tuple;
        }
    return add_resource(map, list, phone, facts, !phone && !doc->parts[PIDF_PERSON]);
}

static void put_best_first(struct presence_list *list)
{
    struct presence_resource const *best = presence_map_best(list->all, list->n);
    struct presence_resource first = *best;

    list->all[best - list->all] = list->all[0];
    list->all[0] = first;
}

int presence_map_list(struct presence_map const *map, struct pidf const *doc,
                      struct presence_list **ret)
{
    struct facts facts = facts_of(doc);
    struct presence_list *list;
    int error;

    *ret = NULL;
    if (doc->not_understood)
        return -EINVAL;
    list = su_home_new(sizeof *list);
    if (!list)
        return -ENOMEM;
    list->all =
        su_zalloc(list->home, (isize_t)((doc->n_parts[PIDF_TUPLE] + 1) * sizeof *list->all));
    error = list->all ? add_tuples(map, doc, &facts, list) : -ENOMEM;
    if (!error && list->n == 0)
        error = add_alone(map, doc, &facts, list);
    if (error) {
        presence_map_list_free(&list);
        return error;
    }
    put_best_first(list);
    *ret = list;
    return 0;
}

void presence_map_list_free(struct presence_list **plist)
{
    struct presence_list *list = *plist;

    *plist = NULL;
    if (list)
        su_home_unref(list->home);
}
