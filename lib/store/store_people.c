/* SPDX-License-Identifier: Apache-2.0 */
/* Reading people, devices and lines into one arena: see store_people.h. */
#include "store_people.h"
#include "store_copy.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct store_people {
    struct store_arena arena;
    int64_t revision;
    struct htab by_id, by_name, by_number, by_user;
    struct store_person_list users;
    struct store_device_list devices;
    struct store_line_list lines;
    struct store_owner_list owners;
    struct store_choice_list choices;
};

/* --- look-ups --------------------------------------------------------------------------------- */

static uint64_t hash_of(char const *text)
{
    return htab_hash(text, strlen(text), 0);
}

static bool is_person(struct htab_entry const *entry, void const *id)
{
    return strcmp(((struct store_person const *)entry)->id, id) == 0;
}

static bool is_device(struct htab_entry const *entry, void const *name)
{
    return strcmp(((struct store_device const *)entry)->name, name) == 0;
}

static bool is_line(struct htab_entry const *entry, void const *number)
{
    return strcmp(((struct store_line const *)entry)->number, number) == 0;
}

static bool is_owner(struct htab_entry const *entry, void const *user)
{
    return strcmp(((struct store_owner const *)entry)->user, user) == 0;
}

struct store_person const *store_people_user(struct store_people const *people, char const *id)
{
    return (struct store_person const *)htab_find(&people->by_id, hash_of(id), is_person, id);
}

struct store_device const *store_people_device(struct store_people const *people, char const *name)
{
    return (struct store_device const *)htab_find(&people->by_name, hash_of(name), is_device, name);
}

bool store_people_set_registered(struct store_people *people, char const *device,
                                 bool is_registered)
{
    struct store_device *found =
        (struct store_device *)htab_find(&people->by_name, hash_of(device), is_device, device);

    if (!found || found->registered == is_registered)
        return false;
    found->registered = is_registered;
    return true;
}

struct store_owner const *store_people_owner(struct store_people const *people, char const *user)
{
    return (struct store_owner const *)htab_find(&people->by_user, hash_of(user), is_owner, user);
}

struct store_line const *store_people_lines_of(struct store_people const *people,
                                               char const *number)
{
    return (struct store_line const *)htab_find(&people->by_number, hash_of(number), is_line,
                                                number);
}

int64_t store_people_revision(struct store_people const *people)
{
    return people->revision;
}

struct store_person_list const *store_people_users(struct store_people const *people)
{
    return &people->users;
}

struct store_device_list const *store_people_devices(struct store_people const *people)
{
    return &people->devices;
}

struct store_line_list const *store_people_lines(struct store_people const *people)
{
    return &people->lines;
}

struct store_owner_list const *store_people_owners(struct store_people const *people)
{
    return &people->owners;
}

struct store_choice_list const *store_people_choices(struct store_people const *people)
{
    return &people->choices;
}

/* --- rows ------------------------------------------------------------------------------------- */

static char const *keep(struct store_people *people, sqlite3_stmt *row, int column, bool *ok)
{
    return store_copy_keep(&people->arena, row, column, ok);
}

static size_t count_words(char const *text)
{
    size_t n = 0;

    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        text += strcspn(text, " ");
        n++;
    }
    return n;
}

/* The words of a column as a list, cut out of one copy. */
static bool keep_words(struct store_people *people, char const *text, struct store_person *ret)
{
    size_t n = count_words(text);
    char *copy = n ? store_arena_text(&people->arena, text) : NULL;
    char const **words = n ? store_arena_alloc(&people->arena, n * sizeof *words) : NULL;

    if (n && (!copy || !words))
        return false;
    for (size_t i = 0; i < n; i++) {
        copy += strspn(copy, " ");
        words[i] = copy;
        copy += strcspn(copy, " ");
        if (*copy)
            *copy++ = '\0';
    }
    ret->groups = words;
    ret->n_groups = n;
    return true;
}

static int read_user(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_person *person = store_arena_alloc(&people->arena, sizeof *person);
    bool ok = person != NULL;

    if (!ok)
        return -ENOMEM;
    person->id = keep(people, row, 0, &ok);
    person->mail = keep(people, row, 1, &ok);
    person->sip = keep(people, row, 2, &ok);
    person->rcc = sqlite3_column_int(row, 3);
    if (!ok || !keep_words(people, store_copy_peek(row, 4), person))
        return -ENOMEM;
    STAILQ_INSERT_TAIL(&people->users, person, link);
    return htab_insert(&people->by_id, &person->by_id, hash_of(person->id));
}

static int read_device(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_device *device = store_arena_alloc(&people->arena, sizeof *device);
    bool ok = device != NULL;

    if (!ok)
        return -ENOMEM;
    device->name = keep(people, row, 0, &ok);
    device->soft = sqlite3_column_int(row, 1);
    device->partition = keep(people, row, 2, &ok);
    device->registered = sqlite3_column_int(row, 3);
    device->mobility = keep(people, row, 4, &ok);
    if (!ok)
        return -ENOMEM;
    STAILQ_INSERT_TAIL(&people->devices, device, link);
    return htab_insert(&people->by_name, &device->by_name, hash_of(device->name));
}

/* A number that stands in a second partition is found behind the first. */
static int file_line(struct store_people *people, struct store_line *line)
{
    struct store_line *first = (struct store_line *)store_people_lines_of(people, line->number);

    if (!first)
        return htab_insert(&people->by_number, &line->by_number, hash_of(line->number));
    while (first->same_number)
        first = first->same_number;
    first->same_number = line;
    return 0;
}

static int read_line(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_line *line = store_arena_alloc(&people->arena, sizeof *line);
    bool ok = line != NULL;

    if (!ok)
        return -ENOMEM;
    line->number = keep(people, row, 0, &ok);
    line->partition = keep(people, row, 1, &ok);
    if (!ok)
        return -ENOMEM;
    STAILQ_INSERT_TAIL(&people->lines, line, link);
    return file_line(people, line);
}

/* Adds the device called @p name at the end of a list; one that is gone is left out. */
static int add_ref(struct store_people *people, struct store_device_ref **plist, char const *name)
{
    struct store_device const *device = store_people_device(people, name);
    struct store_device_ref *ref = store_arena_alloc(&people->arena, sizeof *ref);

    if (!ref)
        return -ENOMEM;
    ref->device = device;
    while (*plist)
        plist = &(*plist)->next;
    if (device)
        *plist = ref;
    return 0;
}

static int add_line(struct store_people *people, struct store_device *device,
                    struct store_line const *line)
{
    struct store_line_ref *ref = store_arena_alloc(&people->arena, sizeof *ref);
    struct store_line_ref **end = &device->lines;

    if (!ref)
        return -ENOMEM;
    ref->line = line;
    while (*end)
        end = &(*end)->next;
    *end = ref;
    return 0;
}

static int read_appearance(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_line *line =
        (struct store_line *)store_people_lines_of(people, store_copy_peek(row, 0));

    while (line && strcmp(line->partition, store_copy_peek(row, 1)) != 0)
        line = line->same_number;
    struct store_device *device =
        (struct store_device *)store_people_device(people, store_copy_peek(row, 2));
    if (!line || !device)
        return 0;
    int error = add_line(people, device, line);
    return error < 0 ? error : add_ref(people, &line->devices, device->name);
}

static int read_association(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_device *device =
        (struct store_device *)store_people_device(people, store_copy_peek(row, 0));
    struct store_word *word = store_arena_alloc(&people->arena, sizeof *word);
    bool ok = word != NULL;

    if (!ok || !(word->text = keep(people, row, 1, &ok)))
        return -ENOMEM;
    struct store_word **end = device ? &device->users : &word->next;
    while (*end)
        end = &(*end)->next;
    if (device)
        *end = word;
    return 0;
}

static int read_owner(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_owner *owner =
        (struct store_owner *)store_people_owner(people, store_copy_peek(row, 0));
    bool ok = true;

    if (!owner) {
        owner = store_arena_alloc(&people->arena, sizeof *owner);
        if (!owner || !(owner->user = keep(people, row, 0, &ok)) ||
            htab_insert(&people->by_user, &owner->by_user, hash_of(owner->user)) < 0)
            return -ENOMEM;
        STAILQ_INSERT_TAIL(&people->owners, owner, link);
    }
    return add_ref(people, &owner->devices, store_copy_peek(row, 1));
}

static int read_choice(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    struct store_choice *choice = store_arena_alloc(&people->arena, sizeof *choice);
    bool ok = choice != NULL;

    if (!ok)
        return -ENOMEM;
    choice->user = keep(people, row, 0, &ok);
    choice->number = keep(people, row, 1, &ok);
    choice->partition = keep(people, row, 2, &ok);
    choice->device = keep(people, row, 3, &ok);
    if (ok)
        STAILQ_INSERT_TAIL(&people->choices, choice, link);
    return ok ? 0 : -ENOMEM;
}

static int read_revision(void *copy, sqlite3_stmt *row)
{
    struct store_people *people = copy;
    people->revision = sqlite3_column_int64(row, 0);
    return 0;
}

/* --- copies ----------------------------------------------------------------------------------- */

static int read_all(struct store_db *db, void **ret)
{
    static struct store_copy_table const tables[] = {
        { STORE_SQL_revision_get, read_revision },
        { STORE_SQL_people_all, read_user },
        { STORE_SQL_devices_all, read_device },
        { STORE_SQL_lines_all, read_line },
        { STORE_SQL_appearances_all, read_appearance },
        { STORE_SQL_associations_all, read_association },
        { STORE_SQL_owners_all, read_owner },
        { STORE_SQL_choices_all, read_choice },
    };
    struct store_people *people = *ret = calloc(1, sizeof *people);

    if (!people)
        return -ENOMEM;
    STAILQ_INIT(&people->users);
    STAILQ_INIT(&people->devices);
    STAILQ_INIT(&people->lines);
    STAILQ_INIT(&people->owners);
    STAILQ_INIT(&people->choices);
    int error = store_copy_read(db, tables, sizeof tables / sizeof tables[0], people, "people");
    if (error < 0) {
        store_people_free(&people);
        *ret = NULL;
    }
    return error;
}

int store_people_read(struct store *store, struct store_people **ret)
{
    void *copy;
    int error = read_all(store_job_db(store), &copy);

    *ret = copy;
    return error;
}

void store_people_free(struct store_people **ppeople)
{
    struct store_people *people = *ppeople;

    *ppeople = NULL;
    if (!people)
        return;
    htab_fini(&people->by_id);
    htab_fini(&people->by_name);
    htab_fini(&people->by_number);
    htab_fini(&people->by_user);
    store_arena_fini(&people->arena);
    free(people);
}

static void hand(store_copy_any_fn *take, void *ctx, void *copy)
{
    ((store_people_take_fn *)take)(ctx, copy);
}

int store_people_refresh(struct store_link *link, int64_t known, store_people_take_fn *take,
                         store_done_fn *done, void *ctx)
{
    static struct store_copy_kind const kind = { STORE_SQL_revision_get, read_all, hand };

    return store_copy_refresh(link, &kind, known, (store_copy_any_fn *)take, done, ctx);
}
