/* SPDX-License-Identifier: Apache-2.0 */
/* Building presence documents. */
#include "pidf.h"
#include <errno.h>
#include <string.h>

struct pidf *pidf_new(char const *entity)
{
    struct pidf *doc = su_home_new(sizeof *doc);
    if (!doc)
        return NULL;
    doc->entity = su_strdup(doc->home, entity);
    if (!doc->entity)
        pidf_free(&doc);
    return doc;
}

void pidf_free(struct pidf **pdoc)
{
    struct pidf *doc = *pdoc;

    *pdoc = NULL;
    if (doc)
        su_home_unref(doc->home);
}

static void append(struct pidf *doc, struct pidf_part *part)
{
    struct pidf_part **end =
        doc->ends[part->kind] ? doc->ends[part->kind] : &doc->parts[part->kind];

    *end = part;
    doc->ends[part->kind] = &part->next;
    doc->n_parts[part->kind]++;
}

struct pidf_part *pidf_add(struct pidf *doc, enum pidf_kind kind, char const *id)
{
    struct pidf_part *part = su_zalloc(doc->home, sizeof *part);
    if (!part)
        return NULL;

    part->kind = kind;
    part->last_input_ms = PIDF_TIME_NONE;
    part->timestamp_ms = PIDF_TIME_NONE;
    part->priority = PIDF_PRIORITY_NONE;
    part->id = id ? su_strdup(doc->home, id) : NULL;
    if (id && !part->id)
        return NULL;
    append(doc, part);
    return part;
}

/* False: out of memory. */
static bool copy_text(struct pidf *doc, char const **ret, char const *text)
{
    *ret = text ? su_strdup(doc->home, text) : NULL;
    return !text || *ret;
}

static int copy_notes(struct pidf *doc, struct pidf_note **list, struct pidf_note const *from)
{
    int result = 0;

    for (; from && result == 0; from = from->next)
        result = pidf_add_note(doc, list, from->lang, from->text);
    return result;
}

static int copy_pieces(struct pidf *doc, struct pidf_piece **list, struct pidf_piece const *from)
{
    int result = 0;

    for (; from && result == 0; from = from->next)
        result = pidf_add_piece(doc, list, from->xml);
    return result;
}

struct pidf_part *pidf_add_copy(struct pidf *doc, struct pidf_part const *part)
{
    struct pidf_part *copy = su_alloc(doc->home, sizeof *copy);
    if (!copy)
        return NULL;

    *copy = *part;
    copy->next = NULL;
    copy->notes = NULL;
    copy->pieces = copy->status_pieces = copy->activity_pieces = NULL;
    if (!copy_text(doc, &copy->id, part->id) ||
        !copy_text(doc, &copy->device_id, part->device_id) ||
        !copy_text(doc, &copy->display_name, part->display_name) ||
        !copy_text(doc, &copy->other, part->other) ||
        !copy_text(doc, &copy->idle_threshold, part->idle_threshold) ||
        !copy_text(doc, &copy->contact, part->contact) ||
        copy_notes(doc, &copy->notes, part->notes) < 0 ||
        copy_pieces(doc, &copy->pieces, part->pieces) < 0 ||
        copy_pieces(doc, &copy->status_pieces, part->status_pieces) < 0 ||
        copy_pieces(doc, &copy->activity_pieces, part->activity_pieces) < 0)
        return NULL;
    append(doc, copy);
    return copy;
}

int pidf_add_note(struct pidf *doc, struct pidf_note **list, char const *lang, char const *text)
{
    struct pidf_note *note = su_zalloc(doc->home, sizeof *note);

    if (!note || !copy_text(doc, &note->lang, lang) || !copy_text(doc, &note->text, text))
        return -ENOMEM;
    while (*list)
        list = &(*list)->next;
    *list = note;
    return 0;
}

int pidf_add_piece(struct pidf *doc, struct pidf_piece **list, char const *xml)
{
    struct pidf_piece *piece = su_zalloc(doc->home, sizeof *piece);

    if (!piece || !copy_text(doc, &piece->xml, xml))
        return -ENOMEM;
    while (*list)
        list = &(*list)->next;
    *list = piece;
    return 0;
}

static bool has_note(struct pidf_note const *list, struct pidf_note const *note)
{
    for (; list; list = list->next)
        if (strcmp(list->text, note->text) == 0 && !list->lang == !note->lang &&
            (!note->lang || strcmp(list->lang, note->lang) == 0))
            return true;
    return false;
}

int pidf_merge_notes(struct pidf *doc, struct pidf_note **list, struct pidf_note const *from)
{
    for (; from; from = from->next)
        if (!has_note(*list, from) && pidf_add_note(doc, list, from->lang, from->text) < 0)
            return -ENOMEM;
    return 0;
}

static bool has_piece(struct pidf_piece const *list, char const *xml)
{
    while (list && strcmp(list->xml, xml) != 0)
        list = list->next;
    return list;
}

int pidf_merge_pieces(struct pidf *doc, struct pidf_piece **list, struct pidf_piece const *from)
{
    for (; from; from = from->next)
        if (!has_piece(*list, from->xml) && pidf_add_piece(doc, list, from->xml) < 0)
            return -ENOMEM;
    return 0;
}

char const *pidf_kind_name(enum pidf_kind kind)
{
    static char const *const names[] = { "tuple", "person", "device" };
    return names[kind];
}

char const *pidf_basic_name(enum pidf_basic basic)
{
    static char const *const names[] = { "", "open", "closed" };
    return names[basic];
}

char const *pidf_show_name(enum pidf_show show)
{
    static char const *const names[] = { "", "chat", "away", "xa", "dnd" };
    return names[show];
}

char const *pidf_input_name(enum pidf_input input)
{
    static char const *const names[] = { "", "active", "idle" };
    return names[input];
}

struct pidf *pidf_new_offline(char const *entity)
{
    struct pidf *doc = pidf_new(entity);
    if (!doc)
        return NULL;

    struct pidf_part *tuple = pidf_add(doc, PIDF_TUPLE, "offline");
    if (tuple)
        tuple->basic = PIDF_CLOSED;
    else
        pidf_free(&doc);
    return doc;
}
