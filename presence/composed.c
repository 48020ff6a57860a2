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
    return (struct compose_source){ .kind = published_package_of(p->content)->kind,
                                    .name = p->name,
                                    .doc = published_document(p->content),
                                    .time_ms = p->changed_ms };
}

static struct compose_source source_of_phone(struct phone_line const *line)
{
    struct phone_report const *report = phone_line_state(line);

    return (struct compose_source){
        .kind = COMPOSE_LINE, .name = line->name, .doc = report->doc, .time_ms = report->time_ms
    };
}

static struct compose_source *gather(struct presentity const *presentity)
{
    size_t n = 0, most = presentity->n_publications + presentity->n_phones;
    struct compose_source *sources = calloc(most ? most : 1, sizeof *sources);
    struct publication const *p;
    struct phone_user const *user;

    if (!sources)
        return NULL;
    LIST_FOREACH(p, &presentity->publications, link)
    {
        sources[n++] = source_of(p);
    }
    LIST_FOREACH(user, &presentity->phones, of_presentity)
    {
        sources[n++] = source_of_phone(user->line);
    }
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
    struct compose_source *sources = composed ? gather(presentity) : NULL;
    char entity[ENTITY_BYTES];

    (void)snprintf(entity, sizeof entity, "pres:%s", presentity->address);
    struct compose_input const in = { entity, sources,
                                      presentity->n_publications + presentity->n_phones };
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

bool composed_is_signed_in(struct composed const *composed)
{
    return composed->result.state > COMPOSE_UNAVAILABLE;
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

char const *composed_phone_says(struct pidf const *doc)
{
    static struct {
        uint32_t fact;
        char const *word;
    } const words[] = { { FACT(LINE_DND), "dnd" },
                        { FACT(LINE_ENGAGED), "engaged" },
                        { FACT(LINE_RINGING), "ringing" },
                        { FACT(LINE_IDLE), "idle" } };
    struct compose_source const source = { .kind = COMPOSE_LINE, .name = "", .doc = doc };
    struct compose_source const *sources[] = { &source };
    struct compose_order const order = { sources, 1 };
    struct compose_facts facts;

    compose_facts_find(&order, &facts);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (facts.set & words[i].fact)
            return words[i].word;
    return "nothing";
}

char const *composed_says(struct publication const *publication)
{
    struct compose_source const source = source_of(publication);
    struct compose_input const in = { source.doc->entity, &source, 1 };
    struct compose_result result;

    if (compose_run(&in, &result) < 0)
        return "";
    compose_result_fini(&result);
    return compose_state_name(result.state);
}

char const *composed_kind(struct publication const *publication)
{
    return compose_kind_name(published_package_of(publication->content)->kind);
}
