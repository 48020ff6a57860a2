/* SPDX-License-Identifier: Apache-2.0 */
/* Each document is read into a list of its own and merged only when all of it was good. */
#include "dialog_info.h"
#include "buf.h"
#include "htab.h"
#include "pidf.h"
#include "pidf_read.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS "urn:ietf:params:xml:ns:dialog-info"

struct dialog {
    struct dialog *next;
    bool is_over, is_confirmed, is_outgoing;
    char id[]; /* of the dialog in the document, not its Call-ID */
};

struct dialog_info {
    char *entity;
    bool has_version;
    uint32_t version;
    uint64_t subject;       /* of the last document */
    struct dialog *dialogs; /* those that are not over */
};

/* One document. */
struct scan {
    struct xml_reader *reader;
    char *entity;
    uint32_t version;
    bool is_partial;
    struct dialog *dialogs;
    unsigned n_dialogs, max_dialogs;
    uint64_t subject;
    size_t max_bytes;
};

static void free_dialogs(struct dialog **list)
{
    struct dialog *dialog;

    while ((dialog = *list)) {
        *list = dialog->next;
        free(dialog);
    }
}

struct dialog_info *dialog_info_new(void)
{
    return calloc(1, sizeof(struct dialog_info));
}

void dialog_info_free(struct dialog_info **pinfo)
{
    struct dialog_info *info = *pinfo;

    *pinfo = NULL;
    if (!info)
        return;
    free_dialogs(&info->dialogs);
    free(info->entity);
    free(info);
}

static bool is_element(struct xml_reader const *reader, char const *name)
{
    return strcmp(xml_reader_name(reader), name) == 0 &&
           strcmp(xml_reader_namespace(reader), NS) == 0;
}

/* Is the text this word, but for white space around it? */
static bool is_word(char const *text, char const *word)
{
    static char const space[] = " \t\r\n";
    size_t len = strlen(word);

    text += strspn(text, space);
    return strncmp(text, word, len) == 0 && !text[len + strspn(text + len, space)];
}

/* Trying, proceeding, early, and what nobody knows: the phone is in use somehow. */
static enum dialog_info_result read_state(struct scan *scan, struct dialog *dialog)
{
    enum dialog_info_result result = DIALOG_INFO_TAKEN;
    struct buf text;

    buf_init(&text, scan->max_bytes);
    if (xml_reader_collect(scan->reader, &text) != XML_END)
        result = DIALOG_INFO_BAD;
    else if (!buf_ok(&text))
        result = DIALOG_INFO_NO_MEMORY;
    dialog->is_confirmed = is_word(buf_text(&text), "confirmed");
    dialog->is_over = is_word(buf_text(&text), "terminated");
    buf_fini(&text);
    return result;
}

static enum dialog_info_result read_dialog(struct scan *scan)
{
    char const *id = xml_reader_attribute(scan->reader, "id", NULL);
    char const *direction = xml_reader_attribute(scan->reader, "direction", NULL);
    enum dialog_info_result result = DIALOG_INFO_TAKEN;
    enum xml_event event;

    if (!id)
        return DIALOG_INFO_BAD;
    if (++scan->n_dialogs > scan->max_dialogs)
        return DIALOG_INFO_TOO_MANY;
    struct dialog *dialog = calloc(1, sizeof *dialog + strlen(id) + 1);
    if (!dialog)
        return DIALOG_INFO_NO_MEMORY;
    memcpy(dialog->id, id, strlen(id) + 1);
    scan->subject += htab_hash(id, strlen(id), 0);
    dialog->is_outgoing = direction && strcmp(direction, "initiator") == 0;
    dialog->next = scan->dialogs;
    scan->dialogs = dialog;
    while (result == DIALOG_INFO_TAKEN && (event = xml_reader_next(scan->reader)) != XML_END) {
        if (event == XML_ERROR)
            return DIALOG_INFO_BAD;
        if (event == XML_START && is_element(scan->reader, "state"))
            result = read_state(scan, dialog);
        else if (event == XML_START && xml_reader_skip(scan->reader) != XML_END)
            return DIALOG_INFO_BAD;
    }
    return result;
}

/* False: no number that fits. */
static bool parse_version(char const *text, uint32_t *ret)
{
    *ret = 0;
    if (!text || !*text)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(*ret, 10u, ret) ||
            __builtin_add_overflow(*ret, (uint32_t)(*text - '0'), ret))
            return false;
    return !*text;
}

static enum dialog_info_result read_root(struct scan *scan)
{
    if (xml_reader_next(scan->reader) != XML_START || !is_element(scan->reader, "dialog-info"))
        return DIALOG_INFO_BAD;
    char const *entity = xml_reader_attribute(scan->reader, "entity", NULL);
    char const *state = xml_reader_attribute(scan->reader, "state", NULL);
    if (!entity || !state ||
        !parse_version(xml_reader_attribute(scan->reader, "version", NULL), &scan->version))
        return DIALOG_INFO_BAD;
    scan->is_partial = strcmp(state, "partial") == 0;
    scan->entity = strdup(entity);
    return scan->entity ? DIALOG_INFO_TAKEN : DIALOG_INFO_NO_MEMORY;
}

static enum dialog_info_result read_document(struct scan *scan)
{
    enum dialog_info_result result = read_root(scan);
    enum xml_event event;

    while (result == DIALOG_INFO_TAKEN &&
           (event = xml_reader_next(scan->reader)) != XML_END_DOCUMENT) {
        if (event == XML_ERROR)
            return DIALOG_INFO_BAD;
        if (event == XML_START && is_element(scan->reader, "dialog"))
            result = read_dialog(scan);
        else if (event == XML_START && xml_reader_skip(scan->reader) != XML_END)
            return DIALOG_INFO_BAD;
    }
    return result;
}

/* What the document says of a dialog that is known already takes its place. */
static void replace(struct dialog **known, struct dialog *dialog)
{
    while (*known && strcmp((*known)->id, dialog->id) != 0)
        known = &(*known)->next;
    dialog->next = *known ? (*known)->next : NULL;
    free(*known);
    *known = dialog;
}

static void drop_ended(struct dialog **known)
{
    while (*known) {
        struct dialog *dialog = *known;
        if (dialog->is_over) {
            *known = dialog->next;
            free(dialog);
        } else {
            known = &dialog->next;
        }
    }
}

/* Partial documents may not gather what one full document may not hold. */
static bool is_too_much(struct dialog const *known, struct scan const *scan)
{
    unsigned n = scan->n_dialogs;

    for (; known; known = known->next)
        n++;
    return scan->is_partial && n > scan->max_dialogs;
}

static enum dialog_info_result merge(struct dialog_info *info, struct scan *scan)
{
    bool gap = info->has_version ? scan->version - info->version != 1 : scan->is_partial;
    struct dialog *first = NULL, *dialog;

    if (info->has_version && scan->version <= info->version)
        return DIALOG_INFO_OLD;
    if (is_too_much(info->dialogs, scan))
        return DIALOG_INFO_TOO_MANY;
    if (!scan->is_partial)
        free_dialogs(&info->dialogs);
    while ((dialog = scan->dialogs)) { /* read last to first: turn them round */
        scan->dialogs = dialog->next;
        dialog->next = first;
        first = dialog;
    }
    while ((dialog = first)) {
        first = dialog->next;
        replace(&info->dialogs, dialog);
    }
    drop_ended(&info->dialogs);
    free(info->entity);
    info->entity = scan->entity;
    scan->entity = NULL;
    info->version = scan->version;
    info->subject = scan->subject;
    info->has_version = true;
    return gap && scan->is_partial ? DIALOG_INFO_GAP : DIALOG_INFO_TAKEN;
}

enum dialog_info_result dialog_info_take(struct dialog_info *info, char const *body, size_t len,
                                         struct pidf_limits const *limits)
{
    struct xml_limits xml = xml_limits_default;
    struct scan scan = { .max_dialogs = limits->max_tuples, .max_bytes = limits->max_bytes };

    xml.max_bytes = limits->max_bytes;
    xml.max_depth = limits->max_depth;
    scan.reader = xml_reader_new(body, len, &xml);
    if (!scan.reader)
        return DIALOG_INFO_NO_MEMORY;
    enum dialog_info_result result = read_document(&scan);
    if (result == DIALOG_INFO_BAD && xml_reader_is_out_of_memory(scan.reader))
        result = DIALOG_INFO_NO_MEMORY;
    if (result == DIALOG_INFO_TAKEN)
        result = merge(info, &scan);
    xml_reader_free(&scan.reader);
    free_dialogs(&scan.dialogs);
    free(scan.entity);
    return result;
}

enum dialog_info_line dialog_info_line(struct dialog_info const *info)
{
    enum dialog_info_line line = DIALOG_INFO_IDLE;

    for (struct dialog const *dialog = info->dialogs; dialog; dialog = dialog->next) {
        if (dialog->is_confirmed || dialog->is_outgoing)
            return DIALOG_INFO_ENGAGED;
        line = DIALOG_INFO_RINGING;
    }
    return line;
}

uint64_t dialog_info_subject(struct dialog_info const *info)
{
    return info->subject;
}

char const *dialog_info_entity(struct dialog_info const *info)
{
    return info->entity ? info->entity : "";
}

struct pidf *dialog_info_document(struct dialog_info const *info, char const *entity,
                                  char const *id)
{
    static enum pidf_activity const activities[] = { PIDF_ACTIVITY_NONE, PIDF_ACTIVITY_ALERTING,
                                                     PIDF_ACTIVITY_ON_THE_PHONE };
    struct pidf *doc = pidf_new(entity);
    struct pidf_part *tuple = doc ? pidf_add(doc, PIDF_TUPLE, id) : NULL;

    if (!tuple) {
        pidf_free(&doc);
        return NULL;
    }
    tuple->basic = PIDF_OPEN;
    tuple->activities = pidf_activity_bit(activities[dialog_info_line(info)]);
    return doc;
}

static void write_dialog(struct xml_writer *xml, struct dialog_info_entry const *entry)
{
    bool rings = entry->line == DIALOG_INFO_RINGING;

    xml_writer_open_bound(xml, NULL, "dialog");
    xml_writer_attribute(xml, "id", entry->id);
    if (rings)
        xml_writer_attribute(xml, "direction", "recipient");
    xml_writer_element(xml, "state", rings ? "early" : "confirmed");
    xml_writer_close(xml);
}

int dialog_info_write(char const *entity, uint32_t version, struct dialog_info_entry const *entries,
                      size_t n, struct buf *out)
{
    struct xml_writer *xml = xml_writer_new(out);
    char number[16];

    if (!xml)
        return -ENOMEM;
    (void)snprintf(number, sizeof number, "%u", (unsigned)version);
    xml_writer_open(xml, "dialog-info", NS);
    xml_writer_attribute(xml, "version", number);
    xml_writer_attribute(xml, "state", "full");
    xml_writer_attribute(xml, "entity", entity);
    for (size_t i = 0; i < n; i++)
        write_dialog(xml, &entries[i]);
    return xml_writer_finish(&xml);
}

char const *dialog_info_line_name(enum dialog_info_line line)
{
    static char const *const names[] = { "idle", "ringing", "engaged" };
    return names[line];
}

char const *dialog_info_result_text(enum dialog_info_result result)
{
    static char const *const texts[] = {
        "taken",
        "older than the one before it",
        "a document before it is missing",
        "no dialog-info document",
        "too many dialogs",
        "out of memory",
    };
    return texts[result];
}
