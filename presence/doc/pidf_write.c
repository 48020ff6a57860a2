/* SPDX-License-Identifier: Apache-2.0 */
/* The order of elements is that of the schemas: other namespaces before contact, note, timestamp.
 */
#include "pidf_write.h"
#include "pidf.h"
#include "pidf_names.h"
#include "pidf_time.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct page {
    struct xml_writer *xml;
    struct pidf_profile const *profile;
    char const *rpid; /* prefix of RPID */
    unsigned n_unnamed;
};

static struct pidf_profile const profiles[] = {
    { .name = "standard",
      .content_type = "application/pidf+xml",
      .help = "PIDF with data model and RPID (RFC 3863, 4479, 4480)",
      .persons = true,
      .foreign = true },
    { .name = "cisco",
      .content_type = "application/pidf+xml",
      .help = "the RPID of the draft, and Cisco's own activities (dnd, alerting, available)",
      .cisco = true,
      .persons = true,
      .foreign = true },
    { .name = "phone",
      .content_type = "application/cpim-pidf+xml",
      .help =
          "PIDF under the label that phones accept, in Cisco's dialect, with nothing else in it",
      .cisco = true,
      .persons = true },
    { .name = "minimal",
      .content_type = "application/pidf+xml",
      .help = "tuples that are open or closed, with contact and note: RFC 3863 alone" },
    { .name = NULL },
};

struct pidf_profile const *pidf_profiles(void)
{
    return profiles;
}

struct pidf_profile const *pidf_profile_find(char const *name)
{
    for (struct pidf_profile const *row = profiles; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static void element(struct page *page, char const *prefix, char const *name, char const *text)
{
    if (!text)
        return;
    xml_writer_open_bound(page->xml, prefix, name);
    xml_writer_text(page->xml, text);
    xml_writer_close(page->xml);
}

static void pieces(struct page *page, struct pidf_piece const *list)
{
    for (; list && page->profile->foreign; list = list->next)
        xml_writer_raw(page->xml, list->xml);
}

static void notes(struct page *page, char const *prefix, struct pidf_note const *list)
{
    for (; list; list = list->next) {
        xml_writer_open_bound(page->xml, prefix, "note");
        if (list->lang)
            xml_writer_attribute(page->xml, "xml:lang", list->lang);
        xml_writer_text(page->xml, list->text);
        xml_writer_close(page->xml);
    }
}

static void timestamp(struct page *page, char const *prefix, int64_t ms)
{
    char text[PIDF_TIME_TEXT];

    if (ms != PIDF_TIME_NONE)
        element(page, prefix, "timestamp", pidf_time_print(ms, text));
}

/* What the peer is told of the activities of @p part. */
static uint64_t told_activities(struct page const *page, struct pidf_part const *part)
{
    if (!page->profile->persons)
        return 0;
    return page->profile->cisco ? part->activities : pidf_activity_standard(part->activities);
}

static void activities(struct page *page, struct pidf_part const *part)
{
    uint64_t told = told_activities(page, part);
    bool free_text = page->profile->persons && part->other;

    if (!told && !free_text && !(page->profile->foreign && part->activity_pieces))
        return;
    xml_writer_open_bound(page->xml, page->rpid, "activities");
    for (enum pidf_activity activity = 0; activity < PIDF_ACTIVITY_NONE; activity++)
        if (told & pidf_activity_bit(activity)) {
            bool cisco = pidf_activity_is_cisco(activity);
            xml_writer_open_bound(page->xml, cisco ? "ce" : page->rpid,
                                  pidf_activity_name(activity));
            xml_writer_close(page->xml);
        }
    if (free_text)
        element(page, page->rpid, "other", part->other);
    pieces(page, part->activity_pieces);
    xml_writer_close(page->xml);
}

static void user_input(struct page *page, struct pidf_part const *part)
{
    char text[PIDF_TIME_TEXT];

    if (part->input == PIDF_INPUT_NONE || !page->profile->persons)
        return;
    xml_writer_open_bound(page->xml, page->rpid, "user-input");
    if (part->idle_threshold)
        xml_writer_attribute(page->xml, "idle-threshold", part->idle_threshold);
    if (part->last_input_ms != PIDF_TIME_NONE)
        xml_writer_attribute(page->xml, "last-input", pidf_time_print(part->last_input_ms, text));
    xml_writer_text(page->xml, pidf_input_name(part->input));
    xml_writer_close(page->xml);
}

/* What tuples, persons and devices have in common, before notes. */
static void shared(struct page *page, struct pidf_part const *part)
{
    activities(page, part);
    user_input(page, part);
    if (page->profile->persons)
        element(page, "c", "display-name", part->display_name);
    if (page->profile->foreign)
        element(page, "dm", "deviceID", part->device_id);
    pieces(page, part->pieces);
}

static void status(struct page *page, struct pidf_part const *tuple)
{
    xml_writer_open_bound(page->xml, NULL, "status");
    if (tuple->basic != PIDF_BASIC_NONE)
        element(page, NULL, "basic", pidf_basic_name(tuple->basic));
    if (tuple->show != PIDF_SHOW_NONE && page->profile->foreign) {
        xml_writer_open(page->xml, "show", PIDF_NS_JABBER);
        xml_writer_text(page->xml, pidf_show_name(tuple->show));
        xml_writer_close(page->xml);
    }
    pieces(page, tuple->status_pieces);
    xml_writer_close(page->xml);
}

static void contact(struct page *page, struct pidf_part const *tuple)
{
    char text[16];

    if (!tuple->contact)
        return;
    xml_writer_open_bound(page->xml, NULL, "contact");
    if (tuple->priority != PIDF_PRIORITY_NONE) {
        snprintf(text, sizeof text, "%d.%03d", tuple->priority / 1000, tuple->priority % 1000);
        xml_writer_attribute(page->xml, "priority", text);
    }
    xml_writer_text(page->xml, tuple->contact);
    xml_writer_close(page->xml);
}

/* The data model wants an id of every person and device (RFC 4479 5). */
static void part_id(struct page *page, struct pidf_part const *part)
{
    char text[32];

    snprintf(text, sizeof text, "unnamed-%u", page->n_unnamed);
    page->n_unnamed += !part->id;
    xml_writer_attribute(page->xml, "id", part->id ? part->id : text);
}

static void write_part(struct page *page, struct pidf_part const *part)
{
    char const *prefix = part->kind == PIDF_TUPLE ? NULL : "dm";

    xml_writer_open_bound(page->xml, prefix, pidf_kind_name(part->kind));
    part_id(page, part);
    if (part->kind == PIDF_TUPLE)
        status(page, part);
    shared(page, part);
    if (part->kind == PIDF_TUPLE)
        contact(page, part);
    notes(page, prefix, part->notes);
    timestamp(page, prefix, part->timestamp_ms);
    xml_writer_close(page->xml);
}

static bool is_written(struct pidf_profile const *profile, enum pidf_kind kind)
{
    return kind == PIDF_TUPLE || (kind == PIDF_PERSON ? profile->persons : profile->foreign);
}

/* Only what will be used, for a document of a thousand watchers is sent a thousand times. */
static void bindings(struct page *page, struct pidf const *doc)
{
    bool model = false, rpid = false, cisco = false, cipid = false;

    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next) {
            uint64_t told = told_activities(page, part);
            model |= kind != PIDF_TUPLE || part->device_id;
            rpid |= told || part->input || part->other || part->activity_pieces;
            cisco |= told != pidf_activity_standard(told);
            cipid |= part->display_name != NULL;
        }
    if (model && (page->profile->persons || page->profile->foreign))
        xml_writer_bind(page->xml, "dm", PIDF_NS_DATA_MODEL);
    if (rpid && page->profile->persons)
        xml_writer_bind(page->xml, page->rpid,
                        page->profile->cisco ? PIDF_NS_RPID_DRAFT : PIDF_NS_RPID);
    if (cisco)
        xml_writer_bind(page->xml, "ce", PIDF_NS_RPID_CISCO);
    if (cipid && page->profile->persons)
        xml_writer_bind(page->xml, "c", PIDF_NS_CIPID);
}

int pidf_write(struct pidf const *doc, struct pidf_profile const *profile, struct buf *out)
{
    struct page page = { .profile = profile, .rpid = profile->cisco ? "e" : "rpid" };

    page.xml = xml_writer_new(out);
    if (!page.xml)
        return -ENOMEM;
    xml_writer_open(page.xml, "presence", PIDF_NS);
    bindings(&page, doc);
    xml_writer_attribute(page.xml, "entity", doc->entity);
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next)
            if (is_written(profile, kind))
                write_part(&page, part);
    notes(&page, NULL, doc->notes);
    pieces(&page, doc->pieces);
    return xml_writer_finish(&page.xml);
}
