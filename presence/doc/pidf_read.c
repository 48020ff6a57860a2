/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the document; rows say who reads which element of which parent. */
#include "pidf_read.h"
#include "buf.h"
#include "pidf.h"
#include "pidf_names.h"
#include "pidf_time.h"
#include "xml_reader.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What an element is a child of. The first three are those of enum pidf_kind. */
enum place { IN_TUPLE, IN_PERSON, IN_DEVICE, IN_STATUS };
#define PLACE(place) (1u << (place))
#define ANYWHERE     (PLACE(IN_TUPLE) | PLACE(IN_PERSON) | PLACE(IN_DEVICE) | PLACE(IN_STATUS))

/* Namespaces as the rows know them: RPID has three. */
enum space {
    SPACE_OTHER,
    SPACE_PIDF,
    SPACE_MODEL,
    SPACE_RPID,
    SPACE_CIPID,
    SPACE_JABBER,
    SPACE_CSI
};

/* A long namespace, bound once, comes back with every element that is copied: no further than to so
 * many times the longest document. */
enum { PIECE_GROWTH = 2 };

struct scan {
    struct xml_reader *reader;
    struct pidf *doc;
    struct pidf_limits const *limits;
    struct pidf_fault *fault;
    struct buf text; /* of the element being read */
    unsigned n_notes, n_pieces;
    size_t piece_bytes;
};

/* Reads the element that the reader stands on, to its end. Returns 0 or -1, with the fault set. */
typedef int read_fn(struct scan *scan, struct pidf_part *part, enum place place);

struct pidf_limits const pidf_limits_default = {
    .max_bytes = 65536,
    .max_depth = 16,
    .max_tuples = 64,
    .max_persons = 4,
    .max_devices = 64,
    .max_notes = 64,
    .max_pieces = 256,
};

char const *pidf_error_text(enum pidf_error error)
{
    static char const *const texts[] = {
        [PIDF_FINE] = "",
#define PIDF_ERROR(id, words) [PIDF_ERROR_##id] = words,
#include "pidf_errors.def"
#undef PIDF_ERROR
    };
    return texts[error];
}

/* The first fault stays. @p what may hold anything: it is made printable. */
static int fail(struct scan *scan, enum pidf_error error, char const *what)
{
    struct pidf_fault *fault = scan->fault;

    if (fault->error != PIDF_FINE)
        return -1;
    fault->error = error;
    snprintf(fault->text, sizeof fault->text, "%s%s%.80s", pidf_error_text(error),
             *what ? ": " : "", what);
    for (char *c = fault->text; *c; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
            *c = '?';
    return -1;
}

static int no_memory(struct scan *scan)
{
    return fail(scan, PIDF_ERROR_MEMORY, "");
}

/* After an event that ended a reading: was it the end that was to come? */
static int expect_end(struct scan *scan, enum xml_event event)
{
    if (event == XML_END)
        return 0;
    if (xml_reader_is_out_of_memory(scan->reader))
        return no_memory(scan);
    return fail(scan, PIDF_ERROR_XML, xml_reader_fault(scan->reader));
}

static int skip(struct scan *scan)
{
    return expect_end(scan, xml_reader_skip(scan->reader));
}

/* The next element in the one that began at @p depth: 1, or 0 at its end, or -1. */
static int next_child(struct scan *scan, unsigned depth)
{
    enum xml_event event;

    do
        event = xml_reader_next(scan->reader);
    while (event == XML_TEXT || (event == XML_END && xml_reader_depth(scan->reader) > depth));
    return event == XML_START ? 1 : expect_end(scan, event);
}

/* The text of the element into scan->text, without white space around it. NULL: fault. */
static char const *take_text(struct scan *scan)
{
    static char const space[] = " \t\r\n";

    buf_reset(&scan->text);
    if (expect_end(scan, xml_reader_collect(scan->reader, &scan->text)) < 0)
        return NULL;
    if (!buf_ok(&scan->text)) {
        no_memory(scan);
        return NULL;
    }
    while (scan->text.len && strchr(space, scan->text.data[scan->text.len - 1]))
        scan->text.data[--scan->text.len] = '\0';
    return buf_text(&scan->text) + strspn(buf_text(&scan->text), space);
}

static int keep_text(struct scan *scan, char const **ret)
{
    char const *text = take_text(scan);
    if (!text)
        return -1;
    *ret = su_strdup(scan->doc->home, text);
    return *ret ? 0 : no_memory(scan);
}

/* RFC 3863 4.2.6: an element that one has to understand makes its parent something else. */
static bool is_mandatory(struct scan const *scan)
{
    char const *must = xml_reader_attribute(scan->reader, "mustUnderstand", PIDF_NS);
    return must && (strcmp(must, "true") == 0 || strcmp(must, "1") == 0);
}

static int keep_piece(struct scan *scan, struct pidf_piece **list, bool *not_understood)
{
    if (++scan->n_pieces > scan->limits->max_pieces)
        return fail(scan, PIDF_ERROR_PIECES, "");
    if (is_mandatory(scan))
        *not_understood = true;
    buf_reset(&scan->text);
    if (expect_end(scan, xml_reader_copy(scan->reader, &scan->text)) < 0)
        return -1;
    scan->piece_bytes += scan->text.len;
    if (scan->piece_bytes > PIECE_GROWTH * scan->limits->max_bytes)
        return fail(scan, PIDF_ERROR_PIECES, "they grow");
    if (!buf_ok(&scan->text) || pidf_add_piece(scan->doc, list, buf_text(&scan->text)) < 0)
        return no_memory(scan);
    return 0;
}

static int keep_note(struct scan *scan, struct pidf_note **list)
{
    char const *lang =
        xml_reader_attribute(scan->reader, "lang", "http://www.w3.org/XML/1998/namespace");
    char copy[36] = "";

    if (++scan->n_notes > scan->limits->max_notes)
        return fail(scan, PIDF_ERROR_NOTES, "");
    if (lang && strlen(lang) < sizeof copy)
        memcpy(copy, lang, strlen(lang) + 1);
    char const *text = take_text(scan);
    if (!text)
        return -1;
    if (pidf_add_note(scan->doc, list, *copy ? copy : NULL, text) < 0)
        return no_memory(scan);
    return 0;
}

static enum space space_of(char const *ns)
{
    static struct {
        char const *ns;
        enum space space;
    } const spaces[] = {
        { PIDF_NS, SPACE_PIDF },
        { PIDF_NS_DATA_MODEL, SPACE_MODEL },
        { PIDF_NS_RPID, SPACE_RPID },
        { PIDF_NS_RPID_DRAFT, SPACE_RPID },
        { PIDF_NS_RPID_CISCO, SPACE_RPID },
        { PIDF_NS_CIPID, SPACE_CIPID },
        { PIDF_NS_JABBER, SPACE_JABBER },
        { PIDF_NS_CSI, SPACE_CSI },
    };
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strcmp(spaces[i].ns, ns) == 0)
            return spaces[i].space;
    return SPACE_OTHER;
}

/* A state that nobody else would understand is worth more as an error than as silence. */
static int read_basic(struct scan *scan, struct pidf_part *part, enum place place)
{
    char const *text = take_text(scan);

    (void)place;
    if (!text)
        return -1;
    if (strcasecmp(text, "open") == 0)
        part->basic = PIDF_OPEN;
    else if (strcasecmp(text, "closed") == 0)
        part->basic = PIDF_CLOSED;
    else
        return fail(scan, PIDF_ERROR_BASIC, text);
    return 0;
}

static int read_show(struct scan *scan, struct pidf_part *part, enum place place)
{
    char const *text = take_text(scan);

    (void)place;
    if (!text)
        return -1;
    for (enum pidf_show show = PIDF_SHOW_CHAT; show <= PIDF_SHOW_DND; show++)
        if (strcmp(pidf_show_name(show), text) == 0)
            part->show = show;
    return 0;
}

/* A decimal from 0 to 1 in thousandths, or PIDF_PRIORITY_NONE. */
static int parse_priority(char const *text)
{
    int thousandths, unit = 100;

    if (!text || (*text != '0' && *text != '1'))
        return PIDF_PRIORITY_NONE;
    thousandths = (*text++ - '0') * PIDF_PRIORITY_MAX;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
            thousandths += (*text - '0') * unit;
    return *text || thousandths > PIDF_PRIORITY_MAX ? PIDF_PRIORITY_NONE : thousandths;
}

static int read_contact(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    part->priority = parse_priority(xml_reader_attribute(scan->reader, "priority", NULL));
    return keep_text(scan, &part->contact);
}

static int read_note(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    return keep_note(scan, &part->notes);
}

/* A time that cannot be read is as good as none. */
static int read_timestamp(struct scan *scan, struct pidf_part *part, enum place place)
{
    char const *text = take_text(scan);

    (void)place;
    if (!text)
        return -1;
    if (pidf_time_parse(text, &part->timestamp_ms) < 0)
        part->timestamp_ms = PIDF_TIME_NONE;
    return 0;
}

static int read_device_id(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    return keep_text(scan, &part->device_id);
}

static int read_display_name(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    return keep_text(scan, &part->display_name);
}

static int read_input(struct scan *scan, struct pidf_part *part, enum place place)
{
    char const *last = xml_reader_attribute(scan->reader, "last-input", NULL);
    char const *threshold = xml_reader_attribute(scan->reader, "idle-threshold", NULL);

    (void)place;
    if (last && pidf_time_parse(last, &part->last_input_ms) < 0)
        part->last_input_ms = PIDF_TIME_NONE;
    part->idle_threshold = threshold ? su_strdup(scan->doc->home, threshold) : NULL;
    if (threshold && !part->idle_threshold)
        return no_memory(scan);
    char const *text = take_text(scan);
    if (!text)
        return -1;
    part->input = strcmp(text, "idle") == 0     ? PIDF_INPUT_IDLE
                  : strcmp(text, "active") == 0 ? PIDF_INPUT_ACTIVE
                                                : PIDF_INPUT_NONE;
    return 0;
}

static int read_inactive(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    part->suspended = true;
    return skip(scan);
}

/* The draft said <activity>busy</activity>, too. */
static int read_activity(struct scan *scan, struct pidf_part *part)
{
    char const *name = xml_reader_name(scan->reader);

    if (space_of(xml_reader_namespace(scan->reader)) != SPACE_RPID)
        return keep_piece(scan, &part->activity_pieces, &part->not_understood);
    if (strcmp(name, "other") == 0)
        return keep_text(scan, &part->other);
    if (strcmp(name, "activity") == 0) {
        char const *text = take_text(scan);
        part->activities |= pidf_activity_bit(pidf_activity_find(text ? text : ""));
        return text ? 0 : -1;
    }
    enum pidf_activity activity = pidf_activity_find(name);
    if (activity == PIDF_ACTIVITY_NONE)
        return keep_piece(scan, &part->activity_pieces, &part->not_understood);
    part->activities |= pidf_activity_bit(activity);
    return skip(scan);
}

static int read_activities(struct scan *scan, struct pidf_part *part, enum place place)
{
    unsigned depth = xml_reader_depth(scan->reader);
    int more;

    (void)place;
    while ((more = next_child(scan, depth)) > 0)
        if (read_activity(scan, part) < 0)
            return -1;
    return more;
}

static int read_children(struct scan *scan, struct pidf_part *part, enum place place);

static int read_status(struct scan *scan, struct pidf_part *part, enum place place)
{
    (void)place;
    return read_children(scan, part, IN_STATUS);
}

static struct {
    char const *name;
    enum space space;
    unsigned places;
    read_fn *read;
} const rows[] = {
    { "status", SPACE_PIDF, PLACE(IN_TUPLE), read_status },
    { "basic", SPACE_PIDF, PLACE(IN_STATUS), read_basic },
    { "show", SPACE_JABBER, PLACE(IN_STATUS), read_show },
    { "contact", SPACE_PIDF, PLACE(IN_TUPLE), read_contact },
    { "note", SPACE_PIDF, PLACE(IN_TUPLE), read_note },
    { "note", SPACE_MODEL, PLACE(IN_PERSON) | PLACE(IN_DEVICE), read_note },
    { "timestamp", SPACE_PIDF, PLACE(IN_TUPLE), read_timestamp },
    { "timestamp", SPACE_MODEL, PLACE(IN_PERSON) | PLACE(IN_DEVICE), read_timestamp },
    { "deviceID", SPACE_MODEL, PLACE(IN_TUPLE) | PLACE(IN_DEVICE), read_device_id },
    { "activities", SPACE_RPID, ANYWHERE, read_activities },
    { "user-input", SPACE_RPID, ANYWHERE, read_input },
    { "display-name", SPACE_CIPID, ANYWHERE, read_display_name },
    { "inactive", SPACE_CSI, PLACE(IN_TUPLE) | PLACE(IN_STATUS) | PLACE(IN_DEVICE), read_inactive },
};

/* Cisco's server writes the state of a person as a child of its own: <ce:person><ce:away/>. */
static bool is_bare_activity(struct scan const *scan, enum place place)
{
    return place == IN_PERSON &&
           strcmp(xml_reader_namespace(scan->reader), PIDF_NS_RPID_CISCO) == 0 &&
           pidf_activity_find(xml_reader_name(scan->reader)) != PIDF_ACTIVITY_NONE;
}

static int read_child(struct scan *scan, struct pidf_part *part, enum place place)
{
    char const *name = xml_reader_name(scan->reader);
    enum space space = space_of(xml_reader_namespace(scan->reader));

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].space == space && rows[i].places & PLACE(place) &&
            strcmp(rows[i].name, name) == 0)
            return rows[i].read(scan, part, place);
    if (is_bare_activity(scan, place))
        return read_activity(scan, part);
    return keep_piece(scan, place == IN_STATUS ? &part->status_pieces : &part->pieces,
                      &part->not_understood);
}

static int read_children(struct scan *scan, struct pidf_part *part, enum place place)
{
    unsigned depth = xml_reader_depth(scan->reader);
    int more;

    while ((more = next_child(scan, depth)) > 0)
        if (read_child(scan, part, place) < 0)
            return -1;
    return more;
}

static int read_part(struct scan *scan, enum pidf_kind kind)
{
    static enum pidf_error const too_many[] = { PIDF_ERROR_TUPLES, PIDF_ERROR_PERSONS,
                                                PIDF_ERROR_DEVICES };
    unsigned const limits[] = { scan->limits->max_tuples, scan->limits->max_persons,
                                scan->limits->max_devices };
    char const *id = xml_reader_attribute(scan->reader, "id", NULL);

    if (scan->doc->n_parts[kind] >= limits[kind])
        return fail(scan, too_many[kind], "");
    if (kind == PIDF_TUPLE && (!id || !*id))
        return fail(scan, PIDF_ERROR_TUPLE_ID, "");
    struct pidf_part *part = pidf_add(scan->doc, kind, id && *id ? id : NULL);
    if (!part)
        return no_memory(scan);
    return read_children(scan, part, (enum place)kind);
}

static int read_top(struct scan *scan)
{
    char const *name = xml_reader_name(scan->reader);
    char const *ns = xml_reader_namespace(scan->reader);
    enum space space = space_of(ns);

    if (space == SPACE_PIDF && strcmp(name, "tuple") == 0)
        return read_part(scan, PIDF_TUPLE);
    if (space == SPACE_PIDF && strcmp(name, "note") == 0)
        return keep_note(scan, &scan->doc->notes);
    if ((space == SPACE_MODEL || strcmp(ns, PIDF_NS_RPID_CISCO) == 0) &&
        strcmp(name, "person") == 0)
        return read_part(scan, PIDF_PERSON);
    if (space == SPACE_MODEL && strcmp(name, "device") == 0)
        return read_part(scan, PIDF_DEVICE);
    return keep_piece(scan, &scan->doc->pieces, &scan->doc->not_understood);
}

static int compare_ids(void const *a, void const *b)
{
    return strcmp(*(char const *const *)a, *(char const *const *)b);
}

static int check_ids(struct scan *scan)
{
    unsigned n = 0, total = scan->doc->n_parts[PIDF_TUPLE];
    char const **ids = calloc(total ? total : 1, sizeof *ids);
    int result = 0;

    if (!ids)
        return no_memory(scan);
    for (struct pidf_part const *tuple = scan->doc->parts[PIDF_TUPLE]; tuple; tuple = tuple->next)
        ids[n++] = tuple->id;
    qsort(ids, n, sizeof *ids, compare_ids);
    for (unsigned i = 1; i < n && result == 0; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            result = fail(scan, PIDF_ERROR_SAME_ID, ids[i]);
    free(ids);
    return result;
}

static int read_document(struct scan *scan)
{
    enum xml_event event = xml_reader_next(scan->reader);
    int more;

    if (event != XML_START)
        return expect_end(scan, XML_ERROR);
    if (strcmp(xml_reader_name(scan->reader), "presence") != 0 ||
        space_of(xml_reader_namespace(scan->reader)) != SPACE_PIDF)
        return fail(scan, PIDF_ERROR_ROOT, xml_reader_name(scan->reader));
    char const *entity = xml_reader_attribute(scan->reader, "entity", NULL);
    if (!entity || !*entity)
        return fail(scan, PIDF_ERROR_ENTITY, "");
    scan->doc = pidf_new(entity);
    if (!scan->doc)
        return no_memory(scan);
    while ((more = next_child(scan, 1)) > 0)
        if (read_top(scan) < 0)
            return -1;
    if (more < 0)
        return -1;
    event = xml_reader_next(scan->reader); /* what follows the root must be nothing */
    if (event != XML_END_DOCUMENT)
        return expect_end(scan, XML_ERROR);
    return check_ids(scan);
}

int pidf_read(char const *body, size_t len, struct pidf_limits const *limits, struct pidf **ret_doc,
              struct pidf_fault *ret_fault)
{
    struct xml_limits xml = xml_limits_default;
    struct scan scan = { .limits = limits, .fault = ret_fault };
    int result = -1;

    *ret_doc = NULL;
    *ret_fault = (struct pidf_fault){ 0 };
    xml.max_bytes = limits->max_bytes;
    xml.max_depth = limits->max_depth;
    /* A character may become six (&quot;), and all bindings may come to that: it never fails for
     * want of room, only of memory. */
    buf_init(&scan.text, 8 * limits->max_bytes + 4096);
    scan.reader = xml_reader_new(body, len, &xml);
    if (scan.reader)
        result = read_document(&scan);
    else
        no_memory(&scan);
    xml_reader_free(&scan.reader);
    buf_fini(&scan.text);
    if (result == 0)
        *ret_doc = scan.doc;
    else
        pidf_free(&scan.doc);
    return result == 0 ? 0 : ret_fault->error == PIDF_ERROR_MEMORY ? -ENOMEM : -EINVAL;
}
