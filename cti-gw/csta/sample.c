/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the rows of a type as the codec does, but on its own. */
#include "sample.h"
#include <string.h>

struct filler {
    su_home_t *home;
    unsigned choice;
    unsigned serial; /* makes each value another one */
};

static void fill_rows(struct filler *f, struct csta_row const *rows, char *base);

/* A text that needs escaping and is told apart by its number. */
static char *fill_text(struct filler *f, struct csta_row const *row)
{
    return su_sprintf(f->home, "%s-%u <\"&'> \xc3\xbc", row->name, f->serial);
}

static void fill_list(struct filler *f, struct csta_row const *row, char *base)
{
    size_t const n = 3;
    char *items = su_zalloc(f->home, (isize_t)(n * row->item_size));

    for (size_t i = 0; i < n; i++)
        fill_rows(f, row->rows, items + i * row->item_size);
    *(char **)(base + row->offset) = items;
    *(size_t *)(base + row->count_offset) = n;
}

static void fill_row(struct filler *f, struct csta_row const *row, char *base)
{
    char *member = base + row->offset;

    f->serial++;
    switch (row->kind) {
    case ROW_TEXT:
    case ROW_SECRET:
        *(char const **)member = fill_text(f, row);
        break;
    case ROW_BOOL:
        *(bool *)member = true;
        break;
    case ROW_UINT:
        *(uint32_t *)member = 1000 + f->serial;
        break;
    case ROW_ENUM:
        *(unsigned *)member = 1 + f->serial % (row->spelling->n - 1);
        break;
    case ROW_GROUP:
    case ROW_CONN:
    case ROW_WRAPPED:
        fill_rows(f, row->rows, member);
        break;
    case ROW_DEVICE:
    case ROW_REDIRECTION:
        *(struct csta_device *)member =
            (struct csta_device){ .kind = CSTA_DEVICE_IDENTIFIER, .id = fill_text(f, row) };
        break;
    case ROW_LIST:
        fill_list(f, row, base);
        break;
    case ROW_CAPABILITY:
    case ROW_FLAG:
        csta_set_add((struct csta_set *)member, row->value);
        break;
    case ROW_ERROR:
        if (row->value == f->choice)
            *(struct csta_error *)member = (struct csta_error){
                .category = row->value,
                .value = row->value == CSTA_ERROR_unspecified ? NULL : fill_text(f, row),
            };
        break;
    default:
        break;
    }
}

static void fill_rows(struct filler *f, struct csta_row const *rows, char *base)
{
    for (struct csta_row const *row = rows; row->name; row++)
        if (row->need != ACCEPTED)
            fill_row(f, row, base);
}

void sample_fill(su_home_t *home, enum csta_type type, unsigned choice, struct csta_msg *ret)
{
    struct filler f = { .home = home, .choice = choice };

    *ret = (struct csta_msg){ .type = type, .edition = csta_is_session(type) ? 0 : CSTA_ED3 };
    fill_rows(&f, csta_rows(type), (char *)ret);
}

static bool is_same_text(char const *a, char const *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static char const *differ_rows(struct csta_row const *rows, char const *a, char const *b);

static char const *differ_list(struct csta_row const *row, char const *a, char const *b)
{
    size_t n = *(size_t const *)(a + row->count_offset);
    char const *item_a = *(char const *const *)(a + row->offset);
    char const *item_b = *(char const *const *)(b + row->offset);
    char const *found = n == *(size_t const *)(b + row->count_offset) ? NULL : row->name;

    for (size_t i = 0; i < n && !found; i++)
        found = differ_rows(row->rows, item_a + i * row->item_size, item_b + i * row->item_size);
    return found;
}

static bool is_same_value(struct csta_row const *row, void const *a, void const *b)
{
    struct csta_device const *device_a = a, *device_b = b;
    struct csta_error const *error_a = a, *error_b = b;

    switch (row->kind) {
    case ROW_TEXT:
    case ROW_SECRET:
        return is_same_text(*(char const *const *)a, *(char const *const *)b);
    case ROW_BOOL:
        return *(bool const *)a == *(bool const *)b;
    case ROW_UINT:
        return *(uint32_t const *)a == *(uint32_t const *)b;
    case ROW_ENUM:
        return *(unsigned const *)a == *(unsigned const *)b;
    case ROW_DEVICE:
    case ROW_REDIRECTION:
        return device_a->kind == device_b->kind && is_same_text(device_a->id, device_b->id);
    case ROW_CAPABILITY:
    case ROW_FLAG:
        return memcmp(a, b, sizeof(struct csta_set)) == 0;
    case ROW_ERROR:
        return error_a->category == error_b->category &&
               is_same_text(error_a->value, error_b->value);
    default:
        return false;
    }
}

static char const *differ_rows(struct csta_row const *rows, char const *a, char const *b)
{
    char const *found = NULL;

    for (struct csta_row const *row = rows; row->name && !found; row++) {
        if (row->kind == ROW_LIST)
            found = differ_list(row, a, b);
        else if (row->rows)
            found = differ_rows(row->rows, a + row->offset, b + row->offset);
        else if (!is_same_value(row, a + row->offset, b + row->offset))
            found = row->name;
    }
    return found;
}

char const *sample_difference(struct csta_msg const *a, struct csta_msg const *b)
{
    if (a->type != b->type)
        return "type";
    if (a->edition != b->edition)
        return "edition";
    return differ_rows(csta_rows(a->type), (char const *)a, (char const *)b);
}
