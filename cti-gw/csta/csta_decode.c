/* SPDX-License-Identifier: Apache-2.0 */
/* One decoder for all messages: walks the document beside the rows of its type.
 *
 * A wrong parameter does not stop the walk: a document that breaks later is NOT_XML, wherever its
 * first wrong parameter was. */
#include "buf.h"
#include "csta_tables.h"
#include "xml_reader.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct decoder {
    struct xml_reader *reader;
    su_home_t *home;
    struct csta_msg *msg;
    struct csta_fault *fault;
    struct buf text; /* of the element at hand */
};

/* Stores the row's element, on whose XML_START the reader is, and leaves the reader on its XML_END.
 * Returns 1 if there is a value now, 0 if the element held nothing usable, -1 to stop: broken XML
 * or no memory. */
typedef int decode_fn(struct decoder *d, struct csta_row const *row, char *base);

static int decode_rows(struct decoder *d, struct csta_row const *rows, char *base);

/* The first fault stays. */
static void wrong(struct decoder *d, char const *element, char const *what)
{
    if (d->fault->kind != CSTA_FAULT_NONE)
        return;
    d->fault->kind = CSTA_FAULT_PARAMETER;
    snprintf(d->fault->text, sizeof d->fault->text, "%s: %s %s", csta_type_str(d->msg->type),
             element, what);
}

static int no_memory(struct decoder *d)
{
    d->fault->kind = CSTA_FAULT_MEMORY;
    snprintf(d->fault->text, sizeof d->fault->text, "out of memory");
    return -1;
}

/* Values that a requester made up are its fault; in answers and events of a peer they are what a
 * later edition added, and count as absent. */
static int unknown_value(struct decoder *d, struct csta_row const *row)
{
    if (csta_is_service(d->msg->type) || csta_is_session(d->msg->type))
        wrong(d, row->name, "has an unknown value");
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *trim(struct buf *text)
{
    char *start = text->data;

    while (text->len > 0 && is_blank(text->data[text->len - 1]))
        text->data[--text->len] = '\0';
    while (is_blank(*start))
        start++;
    return start;
}

static bool has_control(char const *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

/* Collects the text up to the element's end. Never NULL; *@p ret_go_on is -1 to stop. */
static char *read_text(struct decoder *d, int *ret_go_on)
{
    enum xml_event event;

    buf_reset(&d->text);
    buf_puts(&d->text, "");
    while ((event = xml_reader_next(d->reader)) == XML_TEXT || event == XML_START) {
        if (event == XML_TEXT)
            buf_puts(&d->text, xml_reader_text(d->reader));
        else if (xml_reader_skip(d->reader) != XML_END)
            break;
    }
    *ret_go_on = 0;
    if (!buf_ok(&d->text))
        *ret_go_on = no_memory(d);
    else if (event != XML_END)
        *ret_go_on = -1;
    return d->text.data;
}

/* Keeps a text in the message's home. An empty one counts as absent. */
static int keep(struct decoder *d, struct csta_row const *row, char const *text, char const **ret)
{
    if (has_control(text)) {
        wrong(d, row->name, "holds a control character");
        return 0;
    }
    if (!*text)
        return 0;
    *ret = su_strdup(d->home, text);
    return *ret ? 1 : no_memory(d);
}

static int store_text(struct decoder *d, struct csta_row const *row, char *base)
{
    char const *text = row->kind == ROW_SECRET ? d->text.data : trim(&d->text);

    return keep(d, row, text, (char const **)(base + row->offset));
}

static int decode_text(struct decoder *d, struct csta_row const *row, char *base)
{
    int go_on;

    read_text(d, &go_on);
    return go_on < 0 ? -1 : store_text(d, row, base);
}

/* 1, 0, or -1 if the text is no xs:boolean. */
static int parse_bool(char const *text)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return 1;
    return strcmp(text, "false") == 0 || strcmp(text, "0") == 0 ? 0 : -1;
}

static int decode_bool(struct decoder *d, struct csta_row const *row, char *base)
{
    int go_on;

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    int value = parse_bool(trim(&d->text));
    *(bool *)(base + row->offset) = value == 1;
    return value < 0 ? unknown_value(d, row) : 1;
}

static int decode_flag(struct decoder *d, struct csta_row const *row, char *base)
{
    int go_on;

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    int value = parse_bool(trim(&d->text));
    if (value == 1)
        csta_set_add((struct csta_set *)(base + row->offset), row->value);
    return value < 0 ? unknown_value(d, row) : value;
}

static int store_uint(struct decoder *d, struct csta_row const *row, char *base)
{
    uint64_t value = 0;
    char const *text = trim(&d->text), *at = text;

    for (; *at >= '0' && *at <= '9' && value <= UINT32_MAX; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    if (*at || at == text || value > UINT32_MAX)
        return unknown_value(d, row);
    *(uint32_t *)(base + row->offset) = (uint32_t)value;
    return 1;
}

static int decode_uint(struct decoder *d, struct csta_row const *row, char *base)
{
    int go_on;

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    /* Phones leave ringCount empty when they have none to say. */
    bool may_be_empty = row->need == OPTIONAL && !csta_is_session(d->msg->type);
    return may_be_empty && trim(&d->text)[0] == '\0' ? 0 : store_uint(d, row, base);
}

static int decode_enum(struct decoder *d, struct csta_row const *row, char *base)
{
    int go_on;

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    unsigned value = csta_spelling_parse(row->spelling, trim(&d->text));
    if (value == 0)
        return unknown_value(d, row);
    *(unsigned *)(base + row->offset) = value;
    return 1;
}

static int decode_group(struct decoder *d, struct csta_row const *row, char *base)
{
    return decode_rows(d, row->rows, base + row->offset) < 0 ? -1 : 1;
}

static int decode_conn(struct decoder *d, struct csta_row const *row, char *base)
{
    if (decode_rows(d, row->rows, base + row->offset) < 0)
        return -1;
    return csta_row_is_present(row, base);
}

/* The element on which the reader stands is one of the alternatives of a device. */
static int decode_device_choice(struct decoder *d, struct csta_row const *row,
                                struct csta_device *device)
{
    int go_on;
    enum csta_device_kind kind =
        csta_spelling_parse(&csta_spell_device, xml_reader_name(d->reader));

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    if (kind == CSTA_DEVICE_IDENTIFIER && keep(d, row, trim(&d->text), &device->id) <= 0)
        return d->fault->kind == CSTA_FAULT_MEMORY ? -1 : 0;
    if (kind != CSTA_DEVICE_ABSENT)
        device->kind = kind;
    return 0;
}

/* Servers of phones write the number alone, without deviceIdentifier. */
static int decode_plain_device(struct decoder *d, struct csta_row const *row,
                               struct csta_device *device)
{
    if (!buf_ok(&d->text))
        return no_memory(d);
    int got = keep(d, row, trim(&d->text), &device->id);
    if (got > 0)
        device->kind = CSTA_DEVICE_IDENTIFIER;
    return got;
}

static int decode_device(struct decoder *d, struct csta_row const *row, char *base)
{
    struct csta_device *device = (struct csta_device *)(base + row->offset);
    enum xml_event event;
    bool is_plain = true;

    buf_reset(&d->text);
    buf_puts(&d->text, "");
    while ((event = xml_reader_next(d->reader)) == XML_TEXT || event == XML_START) {
        if (event == XML_START && decode_device_choice(d, row, device) < 0)
            return -1;
        is_plain &= event == XML_TEXT;
        if (is_plain)
            buf_puts(&d->text, xml_reader_text(d->reader));
    }
    if (event != XML_END)
        return -1;
    return is_plain ? decode_plain_device(d, row, device) : device->kind != CSTA_DEVICE_ABSENT;
}

/* One more element of the list; the array doubles. */
static int decode_list(struct decoder *d, struct csta_row const *row, char *base)
{
    char **items = (char **)(base + row->offset);
    size_t *n = (size_t *)(base + row->count_offset);

    if ((*n & (*n - 1)) == 0) {
        size_t room = *n ? 2 * *n : 1;
        char *grown = su_realloc(d->home, *items, room * row->item_size);
        if (!grown)
            return no_memory(d);
        *items = grown;
    }
    char *item = *items + *n * row->item_size;
    memset(item, 0, row->item_size);
    ++*n;
    return decode_rows(d, row->rows, item) < 0 ? -1 : 1;
}

static bool is_row(struct decoder const *d, struct csta_row const *row);
static int decode_row(struct decoder *d, struct csta_row const *row, char *base);

static int decode_wrapped(struct decoder *d, struct csta_row const *row, char *base)
{
    struct csta_row const *inner = row->rows;
    enum xml_event event;
    int got = 0;

    buf_reset(&d->text);
    buf_puts(&d->text, "");
    while ((event = xml_reader_next(d->reader)) == XML_TEXT || event == XML_START) {
        if (event == XML_TEXT && !got)
            buf_puts(&d->text, xml_reader_text(d->reader));
        else if (event == XML_START && !got && is_row(d, inner))
            got = decode_row(d, inner, base + row->offset);
        else if (event == XML_START && xml_reader_skip(d->reader) != XML_END)
            got = -1;
        if (got < 0)
            return -1;
    }
    if (event != XML_END)
        return -1;
    if (!buf_ok(&d->text))
        return no_memory(d);
    if (got || trim(&d->text)[0] == '\0')
        return got;
    return (inner->kind == ROW_UINT ? store_uint : store_text)(d, inner, base + row->offset);
}

static int decode_capability(struct decoder *d, struct csta_row const *row, char *base)
{
    if (xml_reader_skip(d->reader) != XML_END)
        return -1;
    csta_set_add((struct csta_set *)(base + row->offset), row->value);
    return 1;
}

static int decode_error(struct decoder *d, struct csta_row const *row, char *base)
{
    struct csta_error *error = (struct csta_error *)(base + row->offset);
    int go_on;

    read_text(d, &go_on);
    if (go_on < 0)
        return -1;
    error->category = row->value;
    error->value = NULL;
    return keep(d, row, trim(&d->text), &error->value) < 0 ? -1 : 1;
}

static decode_fn *const decoders[ROW_KINDS] = {
    [ROW_TEXT] = decode_text,
    [ROW_SECRET] = decode_text,
    [ROW_BOOL] = decode_bool,
    [ROW_UINT] = decode_uint,
    [ROW_ENUM] = decode_enum,
    [ROW_GROUP] = decode_group,
    [ROW_CONN] = decode_conn,
    [ROW_DEVICE] = decode_device,
    [ROW_REDIRECTION] = decode_device,
    [ROW_LIST] = decode_list,
    [ROW_CAPABILITY] = decode_capability,
    [ROW_FLAG] = decode_flag,
    [ROW_WRAPPED] = decode_wrapped,
    [ROW_ERROR] = decode_error,
};

/* Children are matched whatever the edition: peers mix them. */
static bool is_in_space(struct decoder const *d, struct csta_row const *row)
{
    char const *ns = xml_reader_namespace(d->reader);

    if (row->space)
        return strcmp(ns, row->space->uri) == 0;
    if (csta_is_session(d->msg->type))
        return strcmp(ns, csta_namespace_354) == 0;
    return csta_edition_parse(ns) != 0;
}

/* Whether the element on which the reader stands is the row's. */
static bool is_row(struct decoder const *d, struct csta_row const *row)
{
    return strcmp(row->name, xml_reader_name(d->reader)) == 0 && is_in_space(d, row);
}

static int decode_row(struct decoder *d, struct csta_row const *row, char *base)
{
    return decoders[row->kind](d, row, base);
}

/* Index of the row for the element on which the reader stands, -1 if there is none. */
static int find_row(struct decoder const *d, struct csta_row const *rows)
{
    for (int i = 0; rows[i].name; i++)
        if (is_row(d, &rows[i]))
            return i;
    return -1;
}

static void check_needs(struct decoder *d, struct csta_row const *rows, uint64_t seen)
{
    bool choice = false, chosen = false;

    for (int i = 0; rows[i].name; i++) {
        bool is_seen = seen >> i & 1;
        if (rows[i].need == REQUIRED && !is_seen)
            wrong(d, rows[i].name, "is missing");
        choice |= rows[i].need == ONE_OF;
        chosen |= is_seen;
    }
    if (choice && !chosen)
        wrong(d, "child", "is missing or unknown");
}

/* Inside an element, up to its end. Of an element that may come once, the first counts. */
static int decode_rows(struct decoder *d, struct csta_row const *rows, char *base)
{
    enum xml_event event;
    uint64_t seen = 0;

    while ((event = xml_reader_next(d->reader)) == XML_TEXT || event == XML_START) {
        if (event == XML_TEXT)
            continue;
        int i = find_row(d, rows);
        if (i < 0 || (seen >> i & 1 && rows[i].kind != ROW_LIST)) {
            if (xml_reader_skip(d->reader) != XML_END)
                return -1;
            continue;
        }
        int got = decode_row(d, &rows[i], base);
        if (got < 0)
            return -1;
        seen |= (uint64_t)got << i;
    }
    if (event != XML_END)
        return -1;
    check_needs(d, rows, seen);
    return 0;
}

/* The root element says edition and type. Leaves a fault if we do not know them. */
static void decode_root(struct decoder *d)
{
    char const *ns = xml_reader_namespace(d->reader);
    bool session = strcmp(ns, csta_namespace_354) == 0;

    d->msg->edition = csta_edition_parse(ns);
    d->fault->edition = d->msg->edition;
    if (!session && d->msg->edition == 0) {
        d->fault->kind = CSTA_FAULT_NOT_CSTA;
        snprintf(d->fault->text, sizeof d->fault->text, "namespace is not CSTA: %.100s", ns);
        return;
    }
    enum csta_type type = csta_type_parse(xml_reader_name(d->reader));
    if (type == CSTA_NONE || csta_is_session(type) != session) {
        d->fault->kind = CSTA_FAULT_UNKNOWN;
        snprintf(d->fault->text, sizeof d->fault->text, "unknown message %.100s",
                 xml_reader_name(d->reader));
        return;
    }
    d->msg->type = type;
}

static void decode_document(struct decoder *d)
{
    int go_on = -1;

    if (xml_reader_next(d->reader) == XML_START) {
        decode_root(d);
        if (d->fault->kind == CSTA_FAULT_NONE)
            go_on = decode_rows(d, csta_rows(d->msg->type), (char *)d->msg);
        else
            go_on = xml_reader_skip(d->reader) == XML_END ? 0 : -1;
    }
    if (d->fault->kind == CSTA_FAULT_MEMORY)
        return;
    if (go_on == 0 && xml_reader_next(d->reader) == XML_END_DOCUMENT)
        return;
    if (xml_reader_is_out_of_memory(d->reader)) {
        no_memory(d);
    } else {
        d->fault->kind = CSTA_FAULT_NOT_XML;
        snprintf(d->fault->text, sizeof d->fault->text, "%s", xml_reader_fault(d->reader));
    }
}

int csta_decode(su_home_t *home, char const *xml, size_t len, struct csta_msg *ret,
                struct csta_fault *ret_fault)
{
    struct decoder d = { .home = home, .msg = ret, .fault = ret_fault };

    *ret = (struct csta_msg){ 0 };
    *ret_fault = (struct csta_fault){ 0 };
    buf_init(&d.text, xml_limits_default.max_bytes);
    d.reader = xml_reader_new(xml, len, &xml_limits_default);
    if (d.reader)
        decode_document(&d);
    else
        no_memory(&d);
    xml_reader_free(&d.reader);
    buf_fini(&d.text);
    return ret_fault->kind == CSTA_FAULT_NONE ? 0 : -EINVAL;
}
