/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of a user, composed: see composed.h. */
#include "composed.h"
#include "buf.h"
#include "compose.h"
#include "compose_facts.h"
#include "htab.h"
#include "phone_line.h"
#include "pidf.h"
#include "pidf_write.h"
#include "presence_address.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include "statement.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 1048576, ENTITY_BYTES = PRESENCE_ADDRESS_BYTES + 8 };

struct composed {
    struct compose_result result;
    uint64_t digest; /* of the document in its standard profile */
};

static struct compose_source source_of(struct publication const *p)
{
    struct published_nature const *nature = published_nature(p->content);
    bool is_partner = nature->kind == COMPOSE_DEVICE && p->by_partner;

    return (struct compose_source){ .kind = is_partner ? COMPOSE_GATEWAY : nature->kind,
                                    .name = p->name,
                                    .doc = published_document(p->content),
                                    .time_ms = p->changed_ms,
                                    .priority = nature->priority,
                                    .suspended = nature->suspended,
                                    .overrides = nature->overrides };
}

/* One manual state at a time: a newer one, or the end of it, is the end of those before. */
static bool is_over(struct publication const *p)
{
    return published_nature(p->content)->kind == COMPOSE_MANUAL &&
           p->manual != p->presentity->manual;
}

static struct compose_source source_of_phone(struct phone_line const *line)
{
    struct phone_report const *report = phone_line_state(line);

    return (struct compose_source){ .kind = COMPOSE_LINE,
                                    .name = line->name,
                                    .doc = report->doc,
                                    .time_ms = report->time_ms,
                                    .stale = report->stale };
}

static struct compose_source *gather(struct presentity const *presentity, unsigned *ret_n)
{
    size_t most = presentity->n_publications + presentity->n_phones + STATEMENT_KINDS;
    struct compose_source *sources = calloc(most, sizeof *sources);
    unsigned n = 0;
    struct publication const *p;
    struct phone_user const *user;

    if (!sources)
        return NULL;
    LIST_FOREACH(p, &presentity->publications, link)
    {
        if (!is_over(p))
            sources[n++] = source_of(p);
    }
    LIST_FOREACH(user, &presentity->phones, of_presentity)
    {
        sources[n++] = source_of_phone(user->line);
    }
    for (int kind = 0; kind < STATEMENT_KINDS; kind++)
        if (presentity->statements[kind])
            sources[n++] = statement_source(presentity->statements[kind]);
    *ret_n = n;
    return sources;
}

static int digest(struct composed *composed)
{
    struct buf xml;

    buf_init(&xml, DOCUMENT_MAX);
    int err = composed_write(composed, true, pidf_profiles(), &xml);
    composed->digest = htab_hash(buf_text(&xml), xml.len, 0);
    buf_fini(&xml);
    return err;
}

struct composed *composed_new(struct presentity const *presentity)
{
    struct composed *composed = calloc(1, sizeof *composed);
    unsigned n = 0;
    struct compose_source *sources = composed ? gather(presentity, &n) : NULL;
    char entity[ENTITY_BYTES];

    (void)snprintf(entity, sizeof entity, "pres:%s", presentity->address);
    struct compose_input const in = { entity, sources, n };
    int err = sources ? compose_run(&in, &composed->result) : -ENOMEM;
    if (err == 0)
        composed->result.decided_by = NULL; /* lives no longer than this function */
    if (composed && (err < 0 || digest(composed) < 0))
        composed_free(&composed);
    free(sources);
    return composed;
}

void composed_free(struct composed **pcomposed)
{
    struct composed *composed = *pcomposed;

    *pcomposed = NULL;
    if (!composed)
        return;
    compose_result_fini(&composed->result);
    free(composed);
}

bool composed_equal(struct composed const *a, struct composed const *b)
{
    return a->digest == b->digest;
}

bool composed_has_client(struct composed const *composed)
{
    return composed->result.has_client;
}

bool composed_clears_manual(struct composed const *composed)
{
    return composed->result.clear_manual;
}

bool composed_is_signed_in(struct composed const *composed)
{
    return composed->result.state > COMPOSE_UNAVAILABLE;
}

bool composed_is_hidden(struct composed const *composed)
{
    return composed->result.rule == COMPOSE_RULE_manual_unavailable;
}

char const *composed_rule(struct composed const *composed)
{
    return compose_rule_name(composed->result.rule);
}

char const *composed_state(struct composed const *composed)
{
    return compose_state_name(composed->result.state);
}

int composed_write(struct composed const *composed, bool is_full,
                   struct pidf_profile const *profile, struct buf *out)
{
    if (is_full)
        return pidf_write(composed->result.doc, profile, out);
    struct pidf *offline = pidf_new_offline(composed->result.doc->entity);
    int err = offline ? pidf_write(offline, profile, out) : -ENOMEM;
    pidf_free(&offline);
    return err;
}

/* What says most first. */
static struct {
    uint32_t fact;
    char const *word;
} const phone_words[] = { { FACT(LINE_DND), "dnd" },
                          { FACT(LINE_ENGAGED), "engaged" },
                          { FACT(LINE_RINGING), "ringing" },
                          { FACT(LINE_IDLE), "idle" },
                          { 0, "nothing" } };
enum { PHONE_WORDS = sizeof phone_words / sizeof phone_words[0] };

unsigned composed_phone_rank(struct pidf const *doc)
{
    struct compose_source const source = { .kind = COMPOSE_LINE, .name = "", .doc = doc };
    struct compose_source const *sources[] = { &source };
    struct compose_order const order = { sources, 1 };
    struct compose_facts facts;

    compose_facts_find(&order, &facts);
    for (unsigned i = 0; i < PHONE_WORDS; i++)
        if (facts.set & phone_words[i].fact)
            return PHONE_WORDS - 1 - i;
    return 0;
}

char const *composed_phone_says(struct pidf const *doc)
{
    return phone_words[PHONE_WORDS - 1 - composed_phone_rank(doc)].word;
}

/* Of what is set by hand, a calendar and a partner: as a device would say it. */
static char const *says(struct compose_source source)
{
    struct compose_result result;

    if (source.kind == COMPOSE_LINE)
        return composed_phone_says(source.doc);
    source.kind = COMPOSE_DEVICE;
    source.suspended = false;
    struct compose_input const in = { source.doc->entity, &source, 1 };
    if (compose_run(&in, &result) < 0)
        return "";
    compose_result_fini(&result);
    return compose_state_name(result.state);
}

char const *composed_says(struct publication const *publication)
{
    return says(source_of(publication));
}

static char const *marks_of(struct compose_source const *source, bool is_over)
{
    if (is_over)
        return "over";
    if (source->stale)
        return "stale";
    if (source->suspended)
        return "suspended";
    return source->overrides && source->kind == COMPOSE_MANUAL ? "override" : "";
}

static struct composed_source describe(struct compose_source const *source, bool is_over,
                                       uint64_t due_ms)
{
    return (struct composed_source){ .name = source->name,
                                     .kind = compose_kind_name(source->kind),
                                     .says = says(*source),
                                     .marks = marks_of(source, is_over),
                                     .time_ms = source->time_ms,
                                     .due_ms = due_ms };
}

void composed_sources(struct presentity const *presentity, composed_source_fn *fn, void *ctx)
{
    struct publication const *p;
    struct phone_user const *user;

    LIST_FOREACH(p, &presentity->publications, link)
    {
        struct compose_source const source = source_of(p);
        struct composed_source const row = describe(&source, is_over(p), p->due_ms);
        fn(ctx, &row);
    }
    LIST_FOREACH(user, &presentity->phones, of_presentity)
    {
        struct compose_source const source = source_of_phone(user->line);
        struct composed_source row = describe(&source, false, 0);
        row.says = source.stale ? "unknown" : row.says;
        fn(ctx, &row);
    }
    for (int kind = 0; kind < STATEMENT_KINDS; kind++) {
        struct statement const *said = presentity->statements[kind];
        if (!said)
            continue;
        struct compose_source const source = statement_source(said);
        struct composed_source const row = describe(&source, false, said->due_ms);
        fn(ctx, &row);
    }
}
