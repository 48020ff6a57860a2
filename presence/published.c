/* SPDX-License-Identifier: Apache-2.0 */
/* Published documents: see published.h. */
#include "published.h"
#include "dialog_info.h"
#include "htab.h"
#include "pidf.h"
#include "pidf_entity.h"
#include "pidf_read.h"
#include "text.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct published {
    struct published_package const *package;
    struct pidf *document;
    struct published_nature nature;
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

struct published_package const *published_package_find(char const *name)
{
    static struct published_package const packages[] = {
        { .name = "presence",
          .accept = "Accept: application/pidf+xml, application/cpim-pidf+xml",
          .types = { "application/pidf+xml", "application/cpim-pidf+xml" },
          .kind = COMPOSE_DEVICE },
        { .name = "dialog",
          .accept = "Accept: application/dialog-info+xml",
          .types = { "application/dialog-info+xml" },
          .kind = COMPOSE_LINE },
    };

    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (strcasecmp(packages[i].name, name) == 0)
            return &packages[i];
    return NULL;
}

bool published_package_has(struct published_package const *package, char const *type)
{
    return strcmp(package->types[0], type) == 0 ||
           (package->types[1] && strcmp(package->types[1], type) == 0);
}

static int read_presence(struct published *published, char const *body, size_t len,
                         struct pidf_limits const *limits, struct published_fault *ret_fault)
{
    struct pidf_fault fault;
    int err = pidf_read(body, len, limits, &published->document, &fault);

    if (err < 0)
        blame(ret_fault, kind_of(fault.error), fault.text);
    return err;
}

/* A publication is what it says now, so a document that builds on others is none. */
static int read_dialogs(struct published *published, char const *body, size_t len,
                        struct pidf_limits const *limits, struct published_fault *ret_fault)
{
    struct dialog_info *info = dialog_info_new();
    enum dialog_info_result result =
        info ? dialog_info_take(info, body, len, limits) : DIALOG_INFO_NO_MEMORY;

    if (result == DIALOG_INFO_TAKEN) {
        published->document = dialog_info_document(info, dialog_info_entity(info), "line");
        result = published->document ? result : DIALOG_INFO_NO_MEMORY;
    }
    if (result != DIALOG_INFO_TAKEN)
        blame(ret_fault,
              result == DIALOG_INFO_NO_MEMORY  ? PUBLISHED_NO_MEMORY
              : result == DIALOG_INFO_TOO_MANY ? PUBLISHED_TOO_MUCH
                                               : PUBLISHED_WRONG,
              dialog_info_result_text(result));
    dialog_info_free(&info);
    return published->document ? 0 : -EINVAL;
}

static bool is_called(struct pidf_part const *tuple, char const *name)
{
    size_t len = strlen(name);

    return strncmp(tuple->id, name, len) == 0 && !isalnum((unsigned char)tuple->id[len]);
}

/* A device that is off screen is all there is to know of it; else one client of several is. */
static bool is_suspended(struct pidf const *doc)
{
    struct pidf_part const *part;
    bool has_marked = false;

    for (part = doc->parts[PIDF_DEVICE]; part; part = part->next)
        if (part->suspended)
            return true;
    for (part = doc->parts[PIDF_TUPLE]; part; part = part->next) {
        if (part->basic == PIDF_OPEN && !part->suspended)
            return false;
        has_marked |= part->suspended;
    }
    return has_marked;
}

static struct published_nature find_nature(struct published_package const *package,
                                           struct pidf const *doc)
{
    struct published_nature nature = { .kind = package->kind, .suspended = is_suspended(doc) };
    unsigned by_hand = 0;

    for (struct pidf_part const *tuple = doc->parts[PIDF_TUPLE]; tuple; tuple = tuple->next) {
        bool overrides = is_called(tuple, "pws-override");
        nature.overrides |= overrides;
        by_hand += overrides || is_called(tuple, "cisco-pws") || is_called(tuple, "pws-persistent");
        if (tuple->priority > nature.priority)
            nature.priority = tuple->priority;
    }
    if (package->kind == COMPOSE_DEVICE && by_hand && by_hand == doc->n_parts[PIDF_TUPLE])
        nature.kind = COMPOSE_MANUAL;
    return nature;
}

struct published *published_parse(struct published_package const *package, char const *address,
                                  char const *body, size_t len, struct pidf_limits const *limits,
                                  struct published_fault *ret_fault)
{
    struct published *published = calloc(1, sizeof *published);
    int err;

    if (!published) {
        blame(ret_fault, PUBLISHED_NO_MEMORY, "out of memory");
        return NULL;
    }
    published->package = package;
    published->digest = htab_hash(body, len, 0);
    err = package->kind == COMPOSE_LINE ? read_dialogs(published, body, len, limits, ret_fault)
                                        : read_presence(published, body, len, limits, ret_fault);
    if (err == 0 && !pidf_entity_is(published->document->entity, address)) {
        blame(ret_fault, PUBLISHED_WRONG, "entity of the document is somebody else");
        err = -EINVAL;
    }
    if (err < 0)
        published_free(&published);
    else
        published->nature = find_nature(package, published->document);
    return published;
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

struct published_package const *published_package_of(struct published const *published)
{
    return published->package;
}

struct published_nature const *published_nature(struct published const *published)
{
    return &published->nature;
}

struct pidf const *published_document(struct published const *published)
{
    return published->document;
}
