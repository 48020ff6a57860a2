/* SPDX-License-Identifier: Apache-2.0 */
/* Users, devices and lines as rows: see people_kind.h. */
#include "people_kind.h"
#include "store_people_change.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIST_BYTES = 1 << 20, WORDS_MAX = 1000, TEXT_MAX = 255 };

static char const separators[] = " ,\t";

/* --- values ----------------------------------------------------------------------------------- */

static char const *check_word(char const *text)
{
    size_t len = strlen(text);

    if (len == 0)
        return "is empty";
    if (len > 128)
        return "is too long";
    for (char const *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr(",;\"<>", *c))
            return "wants one word without commas, semicolons and quotes";
    return NULL;
}

static char const *check_user(char const *text)
{
    return strchr(text, '@') ? "is the user part alone, without @" : check_word(text);
}

static char const *check_number(char const *text)
{
    size_t plus = text[0] == '+', len = strlen(text);

    return len > plus && len < 64 && text[plus + strspn(text + plus, "0123456789*#")] == '\0'
               ? NULL
               : "wants the digits of a directory number";
}

static char const *check_optional_word(char const *text)
{
    return *text ? check_word(text) : NULL;
}

static char const *check_optional_user(char const *text)
{
    return *text ? check_user(text) : NULL;
}

static char const *check_mail(char const *text)
{
    char const *at = strchr(text, '@');

    if (!*text)
        return NULL;
    return at && at != text && at[1] ? check_word(text) : "wants NAME@DOMAIN";
}

static char const *check_sip(char const *text)
{
    if (!*text)
        return NULL;
    return strncasecmp(text, "sip:", 4) == 0 && text[4] ? check_word(text) : "wants a sip: URI";
}

static char const *check_phone(char const *text)
{
    return strcmp(text, "hard") == 0 || strcmp(text, "soft") == 0 ? NULL : "wants hard or soft";
}

static bool read_yes(char const *text, bool *ret)
{
    static char const *const words[] = { "no", "yes", "false", "true", "0", "1" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i], text) == 0) {
            *ret = i % 2;
            return true;
        }
    return false;
}

static bool is_yes(char const *text)
{
    bool yes = false;

    return read_yes(text, &yes) && yes;
}

/* Calls @p fn with each word of a list; ends with what it returns if that is not NULL. */
static char const *each_word(char const *text, char const *(*fn)(void *ctx, char const *word),
                             void *ctx)
{
    char word[TEXT_MAX + 1];
    char const *fault = NULL;

    for (text += strspn(text, separators); *text && !fault; text += strspn(text, separators)) {
        size_t len = strcspn(text, separators);
        if (len > TEXT_MAX)
            return "is too long";
        memcpy(word, text, len);
        word[len] = '\0';
        fault = fn(ctx, word);
        text += len;
    }
    return fault;
}

struct words {
    struct people_column const *column;
    struct buf *out;
    char **v;
    size_t n;
};

static char const *check_one(void *ctx, char const *word)
{
    struct words *words = ctx;

    return ++words->n > WORDS_MAX ? "too many entries" : words->column->check(word);
}

static char const *add_one(void *ctx, char const *word)
{
    struct words *words = ctx;

    buf_printf(words->out, "%s%s", words->n++ ? " " : "", word);
    return NULL;
}

char const *people_kind_check(struct people_column const *column, char const *value)
{
    struct words words = { .column = column };
    bool yes;

    if (column->type == PEOPLE_YESNO)
        return read_yes(value, &yes) ? NULL : "wants yes or no";
    if (column->type == PEOPLE_WORDS)
        return each_word(value, check_one, &words);
    return strlen(value) > TEXT_MAX ? "is too long" : column->check(value);
}

void people_kind_normalize(struct people_column const *column, char const *value, struct buf *out)
{
    struct words words = { .out = out };

    if (column->type == PEOPLE_YESNO)
        buf_puts(out, is_yes(value) ? "yes" : "no");
    else if (column->type == PEOPLE_WORDS)
        (void)each_word(value, add_one, &words);
    else
        buf_puts(out, value);
}

/* Cuts @p copy into its words, at most WORDS_MAX; they stand in it. */
static size_t cut_words(char *copy, char const *ret[static WORDS_MAX])
{
    char *rest = NULL;
    size_t n = 0;

    for (char *word = strtok_r(copy, separators, &rest); word && n < WORDS_MAX;
         word = strtok_r(NULL, separators, &rest))
        ret[n++] = word;
    return n;
}

static void add_word(struct people_values *ret, char const *word)
{
    buf_printf(&ret->list, "%s%s", ret->list.len ? " " : "", word);
}

/* --- users ------------------------------------------------------------------------------------ */

static void fill_user(void const *entry, struct people_values *ret)
{
    struct store_person const *person = entry;

    for (size_t i = 0; i < person->n_groups; i++)
        add_word(ret, person->groups[i]);
    ret->v[0] = person->id;
    ret->v[1] = person->mail;
    ret->v[2] = person->sip;
    ret->v[3] = person->rcc ? "yes" : "no";
    ret->v[4] = buf_text(&ret->list);
}

static void const *find_user(struct store_people const *people, char const *const *key)
{
    return store_people_user(people, key[0]);
}

static void const *next_user(struct store_people const *people, void const *entry)
{
    struct store_person const *person = entry;

    return person ? STAILQ_NEXT(person, link) : STAILQ_FIRST(store_people_users(people));
}

static int put_user(struct store *store, char const *const *v)
{
    struct store_person const person = {
        .id = v[0], .mail = v[1], .sip = v[2], .rcc = is_yes(v[3])
    };

    return store_people_put_user(store, &person, v[4]);
}

static int drop_user(struct store *store, char const *const *key)
{
    return store_people_drop_user(store, key[0]);
}

/* --- devices ---------------------------------------------------------------------------------- */

static void fill_device(void const *entry, struct people_values *ret)
{
    struct store_device const *device = entry;

    for (struct store_word const *user = device->users; user; user = user->next)
        add_word(ret, user->text);
    ret->v[0] = device->name;
    ret->v[1] = device->soft ? "soft" : "hard";
    ret->v[2] = device->partition;
    ret->v[3] = device->registered ? "yes" : "no";
    ret->v[4] = device->mobility;
    ret->v[5] = buf_text(&ret->list);
}

static void const *find_device(struct store_people const *people, char const *const *key)
{
    return store_people_device(people, key[0]);
}

static void const *next_device(struct store_people const *people, void const *entry)
{
    struct store_device const *device = entry;

    return device ? STAILQ_NEXT(device, link) : STAILQ_FIRST(store_people_devices(people));
}

static int put_device(struct store *store, char const *const *v)
{
    struct store_device const device = { .name = v[0],
                                         .soft = strcmp(v[1], "soft") == 0,
                                         .partition = v[2],
                                         .registered = is_yes(v[3]),
                                         .mobility = v[4] };
    char const *users[WORDS_MAX];
    char *copy = strdup(v[5]);
    int error =
        copy ? store_people_put_device(store, &device, users, cut_words(copy, users)) : -ENOMEM;

    free(copy);
    return error;
}

static int drop_device(struct store *store, char const *const *key)
{
    return store_people_drop_device(store, key[0]);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void fill_line(void const *entry, struct people_values *ret)
{
    struct store_line const *line = entry;

    for (struct store_device_ref const *ref = line->devices; ref; ref = ref->next)
        add_word(ret, ref->device->name);
    ret->v[0] = line->number;
    ret->v[1] = line->partition;
    ret->v[2] = buf_text(&ret->list);
}

static void const *find_line(struct store_people const *people, char const *const *key)
{
    struct store_line const *line = store_people_lines_of(people, key[0]);

    while (line && strcmp(line->partition, key[1]) != 0)
        line = line->same_number;
    return line;
}

static void const *next_line(struct store_people const *people, void const *entry)
{
    struct store_line const *line = entry;

    return line ? STAILQ_NEXT(line, link) : STAILQ_FIRST(store_people_lines(people));
}

static int put_line(struct store *store, char const *const *v)
{
    char const *devices[WORDS_MAX];
    char *copy = strdup(v[2]);
    int error = copy ? store_people_put_line(store, v[0], v[1], devices, cut_words(copy, devices))
                     : -ENOMEM;

    free(copy);
    return error;
}

static int drop_line(struct store *store, char const *const *key)
{
    return store_people_drop_line(store, key[0], key[1]);
}

/* --- the kinds -------------------------------------------------------------------------------- */

struct people_kind const people_kind_user = {
    .name = "user",
    .key_word = "NAME",
    .assigned = "groups",
    .columns = { { "id", NULL, PEOPLE_TEXT, check_user },
                 { "mail", "", PEOPLE_TEXT, check_mail },
                 { "sip", "", PEOPLE_TEXT, check_sip },
                 { "rcc", "no", PEOPLE_YESNO, NULL },
                 { "groups", "", PEOPLE_WORDS, check_word } },
    .n = 5,
    .keys = 1,
    .find = find_user,
    .next = next_user,
    .fill = fill_user,
    .put = put_user,
    .drop = drop_user,
};

struct people_kind const people_kind_device = {
    .name = "device",
    .key_word = "NAME",
    .assigned = "users",
    .columns = { { "name", NULL, PEOPLE_TEXT, check_word },
                 { "kind", "hard", PEOPLE_TEXT, check_phone },
                 { "partition", "", PEOPLE_TEXT, check_optional_word },
                 { "registered", "no", PEOPLE_YESNO, NULL },
                 { "mobility", "", PEOPLE_TEXT, check_optional_user },
                 { "users", "", PEOPLE_WORDS, check_user } },
    .n = 6,
    .keys = 1,
    .find = find_device,
    .next = next_device,
    .fill = fill_device,
    .put = put_device,
    .drop = drop_device,
};

struct people_kind const people_kind_line = {
    .name = "line",
    .key_word = "NUMBER",
    .assigned = "devices",
    .columns = { { "number", NULL, PEOPLE_TEXT, check_number },
                 { "partition", "", PEOPLE_TEXT, check_optional_word },
                 { "devices", "", PEOPLE_WORDS, check_word } },
    .n = 3,
    .keys = 2,
    .find = find_line,
    .next = next_line,
    .fill = fill_line,
    .put = put_line,
    .drop = drop_line,
};

struct people_column const *people_kind_column(struct people_kind const *kind, char const *name,
                                               size_t *ret_index)
{
    for (size_t i = 0; i < kind->n; i++)
        if (strcmp(kind->columns[i].name, name) == 0) {
            *ret_index = i;
            return &kind->columns[i];
        }
    return NULL;
}

static void fill(struct people_kind const *kind, void const *entry, struct people_values *ret)
{
    buf_reset(&ret->list);
    kind->fill(entry, ret);
}

bool people_kind_find(struct people_kind const *kind, struct store_people const *people,
                      char const *const *key, struct people_values *ret)
{
    void const *entry = kind->find(people, key);

    if (entry)
        fill(kind, entry, ret);
    return entry != NULL;
}

void people_kind_each(struct people_kind const *kind, struct store_people const *people,
                      people_each_fn *fn, void *ctx)
{
    struct people_values values;

    buf_init(&values.list, LIST_BYTES);
    for (void const *entry = kind->next(people, NULL); entry; entry = kind->next(people, entry)) {
        fill(kind, entry, &values);
        fn(ctx, &values);
    }
    buf_fini(&values.list);
}
