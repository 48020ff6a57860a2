/* SPDX-License-Identifier: Apache-2.0 */
/* One encoder for all messages: writes the rows of the type in their order. */
#include "buf.h"
#include "csta_tables.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdio.h>

struct encoder {
    struct xml_writer *w;
    enum csta_edition edition;
    struct csta_space const *space; /* of the open element, NULL: the message's own */
    bool missing;                   /* a required member has no value */
};

/* Writes the row's element; base is the struct that the row's offset counts from. */
typedef void encode_fn(struct encoder *e, struct csta_row const *row, char const *base);

static void encode_rows(struct encoder *e, struct csta_row const *rows, char const *base);

static void open_row(struct encoder *e, struct csta_row const *row)
{
    if (!row->space || row->space == e->space)
        xml_writer_open(e->w, row->name, NULL);
    else if (row->space->prefix)
        xml_writer_open_prefixed(e->w, row->space->prefix, row->name, row->space->uri);
    else
        xml_writer_open(e->w, row->name, row->space->uri);
}

static void encode_text(struct encoder *e, struct csta_row const *row, char const *base)
{
    open_row(e, row);
    xml_writer_text(e->w, *(char const *const *)(base + row->offset));
    xml_writer_close(e->w);
}

static void encode_bool(struct encoder *e, struct csta_row const *row, char const *base)
{
    xml_writer_element(e->w, row->name, *(bool const *)(base + row->offset) ? "true" : "false");
}

static void encode_uint(struct encoder *e, struct csta_row const *row, char const *base)
{
    char text[16];

    snprintf(text, sizeof text, "%u", (unsigned)*(uint32_t const *)(base + row->offset));
    xml_writer_element(e->w, row->name, text);
}

static void encode_enum(struct encoder *e, struct csta_row const *row, char const *base)
{
    char const *name = csta_spelling_str(row->spelling, *(unsigned const *)(base + row->offset));

    if (!name)
        e->missing = true; /* a number outside the enum */
    else
        xml_writer_element(e->w, row->name, name);
}

static void encode_group(struct encoder *e, struct csta_row const *row, char const *base)
{
    struct csta_space const *outer = e->space;

    open_row(e, row);
    if (row->space)
        e->space = row->space;
    encode_rows(e, row->rows, base + row->offset);
    e->space = outer;
    xml_writer_close(e->w);
}

/* A device that nobody filled in is not known; no redirection is asked for if none is told. */
static void encode_device(struct encoder *e, struct csta_row const *row, char const *base)
{
    struct csta_device const *device = (struct csta_device const *)(base + row->offset);
    bool redirection = row->kind == ROW_REDIRECTION;
    enum csta_device_kind kind = device->kind;

    if (!csta_row_is_present(row, base))
        kind = redirection ? CSTA_DEVICE_NOT_REQUIRED : CSTA_DEVICE_NOT_KNOWN;
    else if (kind == CSTA_DEVICE_PLAIN) {
        xml_writer_element(e->w, row->name, device->id);
        return;
    } else if (!redirection && kind > CSTA_DEVICE_RESTRICTED)
        kind = CSTA_DEVICE_NOT_KNOWN; /* the other kinds belong to redirection */

    xml_writer_open(e->w, row->name, NULL);
    if (kind == CSTA_DEVICE_IDENTIFIER)
        xml_writer_element(e->w, redirection ? "numberDialed" : "deviceIdentifier", device->id);
    else
        xml_writer_element(e->w, csta_spelling_str(&csta_spell_device, kind), NULL);
    xml_writer_close(e->w);
}

static void encode_list(struct encoder *e, struct csta_row const *row, char const *base)
{
    char const *items = *(char const *const *)(base + row->offset);
    size_t n = *(size_t const *)(base + row->count_offset);

    for (size_t i = 0; i < n; i++) {
        xml_writer_open(e->w, row->name, NULL);
        encode_rows(e, row->rows, items + i * row->item_size);
        xml_writer_close(e->w);
    }
}

static void encode_capability(struct encoder *e, struct csta_row const *row, char const *base)
{
    (void)base;
    xml_writer_element(e->w, row->name, NULL);
}

static void encode_flag(struct encoder *e, struct csta_row const *row, char const *base)
{
    (void)base;
    xml_writer_element(e->w, row->name, "true");
}

static void encode_row(struct encoder *e, struct csta_row const *row, char const *base);

static void encode_wrapped(struct encoder *e, struct csta_row const *row, char const *base)
{
    struct csta_row inner = row->rows[0];

    if (e->edition >= row->value) {
        encode_group(e, row, base);
    } else {
        inner.name = row->name;
        encode_row(e, &inner, base + row->offset);
    }
}

static void encode_error(struct encoder *e, struct csta_row const *row, char const *base)
{
    struct csta_error const *error = (struct csta_error const *)(base + row->offset);

    if (row->value != CSTA_ERROR_unspecified && !error->value)
        e->missing = true;
    xml_writer_element(e->w, row->name, row->value == CSTA_ERROR_unspecified ? NULL : error->value);
}

static encode_fn *const encoders[ROW_KINDS] = {
    [ROW_TEXT] = encode_text,
    [ROW_SECRET] = encode_text,
    [ROW_BOOL] = encode_bool,
    [ROW_UINT] = encode_uint,
    [ROW_ENUM] = encode_enum,
    [ROW_GROUP] = encode_group,
    [ROW_CONN] = encode_group,
    [ROW_DEVICE] = encode_device,
    [ROW_REDIRECTION] = encode_device,
    [ROW_LIST] = encode_list,
    [ROW_CAPABILITY] = encode_capability,
    [ROW_FLAG] = encode_flag,
    [ROW_WRAPPED] = encode_wrapped,
    [ROW_ERROR] = encode_error,
};

static void encode_row(struct encoder *e, struct csta_row const *row, char const *base)
{
    encoders[row->kind](e, row, base);
}

/* Whether a row without a value is written all the same. */
static bool is_written_empty(struct csta_row const *row)
{
    return row->need == ALWAYS || (row->need == REQUIRED && row->kind == ROW_GROUP);
}

static void encode_rows(struct encoder *e, struct csta_row const *rows, char const *base)
{
    bool choice = false, chosen = false;

    for (struct csta_row const *row = rows; row->name; row++) {
        if (row->need == ACCEPTED)
            continue;
        bool present = csta_row_is_present(row, base);
        if (present || is_written_empty(row))
            encode_row(e, row, base);
        else if (row->need == REQUIRED)
            e->missing = true;
        choice |= row->need == ONE_OF;
        chosen |= present;
    }
    if (choice && !chosen)
        e->missing = true;
}

int csta_encode(struct csta_msg const *msg, struct buf *out)
{
    struct encoder e = { .edition = msg->edition };
    size_t start = out->len;
    bool session = csta_is_session(msg->type);
    char const *ns = session ? csta_namespace_354 : csta_namespace(msg->edition);

    if (msg->type <= CSTA_NONE || msg->type >= CSTA_TYPES || !ns[0])
        return -EINVAL;
    e.w = xml_writer_new(out);
    if (!e.w)
        return -ENOMEM;
    xml_writer_open(e.w, csta_type_str(msg->type), ns);
    encode_rows(&e, csta_rows(msg->type), (char const *)msg);
    int result = xml_writer_finish(&e.w);
    if (result == 0 && e.missing)
        result = -EINVAL;
    if (result < 0 && out->data) {
        out->len = start; /* nothing half-made stays */
        out->data[start] = '\0';
    }
    return result;
}
