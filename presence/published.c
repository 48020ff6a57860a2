/* SPDX-License-Identifier: Apache-2.0 */
/* Published documents: see published.h. */
#include "published.h"
#include "htab.h"
#include "pidf.h"
#include "pidf_entity.h"
#include "pidf_read.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct published {
    struct pidf *document;
    uint64_t digest; /* of the bytes */
};

static void blame(struct published_fault *fault, int kind, char const *text)
{
    struct text line;

    fault->kind = kind;
    text_begin(&line, fault->text, sizeof fault->text);
    text_puts(&line, text);
}

static int kind_of(enum pidf_error error)
{
    switch (error) {
    case PIDF_ERROR_MEMORY:
        return PUBLISHED_NO_MEMORY;
    case PIDF_ERROR_TUPLES:
    case PIDF_ERROR_PERSONS:
    case PIDF_ERROR_DEVICES:
    case PIDF_ERROR_NOTES:
    case PIDF_ERROR_PIECES:
        return PUBLISHED_TOO_MUCH;
    default:
        return PUBLISHED_WRONG;
    }
}

bool published_has_type(char const *type)
{
    return strcmp(type, "application/pidf+xml") == 0 ||
           strcmp(type, "application/cpim-pidf+xml") == 0;
}

struct published *published_parse(char const *address, char const *body, size_t len,
                                  struct pidf_limits const *limits,
                                  struct published_fault *ret_fault)
{
    struct published *published = calloc(1, sizeof *published);
    struct pidf_fault fault;

    if (!published) {
        blame(ret_fault, PUBLISHED_NO_MEMORY, "out of memory");
        return NULL;
    }
    published->digest = htab_hash(body, len, 0);
    if (pidf_read(body, len, limits, &published->document, &fault) < 0)
        blame(ret_fault, kind_of(fault.error), fault.text);
    else if (!pidf_entity_is(published->document->entity, address))
        blame(ret_fault, PUBLISHED_WRONG, "entity of the document is somebody else");
    else
        return published;
    published_free(&published);
    return NULL;
}

void published_free(struct published **ppublished)
{
    struct published *published = *ppublished;

    *ppublished = NULL;
    if (!published)
        return;
    pidf_free(&published->document);
    free(published);
}

bool published_equal(struct published const *a, struct published const *b)
{
    return a->digest == b->digest;
}

struct pidf const *published_document(struct published const *published)
{
    return published->document;
}
