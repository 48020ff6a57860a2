/* SPDX-License-Identifier: Apache-2.0 */
/* The user tables: one hash of all names of all users, one of all lines of the configuration file.
 * Lines and devices of the store are looked up in its copy. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "users.h"
#include "htab.h"
#include "log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum name_kind { NAME_ID, NAME_MAIL, NAME_URI, NAME_LINE, NAME_KINDS };
enum { KEY_BYTES = 300 };

struct user_name {
    struct htab_entry entry;
    enum name_kind kind;
    char const *text;
    struct users_person const *user;
};

struct chosen {
    struct htab_entry entry;
    char *device; /* owned */
    char key[];   /* "ID NUMBER" */
};

struct users {
    struct store_people *people;
    struct users_person *persons;
    size_t n_persons;
    struct htab names, lines, choices;
    struct user_name *v;
    size_t n;
    size_t contradictions;
};

struct key {
    enum name_kind kind;
    char const *text;
};

/* --- names ------------------------------------------------------------------------------------ */

/* Hosts are case-insensitive; so are mail addresses in practice. User ids and lines are not. */
static bool folds_case(enum name_kind kind)
{
    return kind == NAME_MAIL || kind == NAME_URI;
}

static uint64_t hash_of(enum name_kind kind, char const *text)
{
    char folded[KEY_BYTES];
    size_t len = strlen(text);

    if (folds_case(kind) && len < sizeof folded) {
        for (size_t i = 0; i < len; i++)
            folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
        text = folded;
    }
    return htab_hash(text, len, (uint64_t)kind + 1);
}

static bool matches(struct htab_entry const *entry, void const *wanted)
{
    struct user_name const *name = (struct user_name const *)entry;
    struct key const *key = wanted;

    if (name->kind != key->kind)
        return false;
    return folds_case(key->kind) ? strcasecmp(name->text, key->text) == 0
                                 : strcmp(name->text, key->text) == 0;
}

static struct user_name const *find(struct htab const *tab, enum name_kind kind, char const *text)
{
    struct key key = { kind, text };

    return (struct user_name const *)htab_find(tab, hash_of(kind, text), matches, &key);
}

/* --- building --------------------------------------------------------------------------------- */

static void complain(struct users *users, struct users_person const *first,
                     struct users_person const *second, char const *what)
{
    users->contradictions++;
    log_error(NULL,
              "users contradict each other user=\"%s\" file=\"%s\" line=%d store_user=\"%s\" "
              "what=\"%s\"",
              first->id, first->where.file ? first->where.file : "", first->where.line, second->id,
              what);
}

/* The first user with a name keeps it. That two of the file share one, the file's check has said.
 */
static int add(struct users *users, struct htab *tab, enum name_kind kind, char const *text,
               struct users_person const *user)
{
    static char const *const kinds[NAME_KINDS] = { "id", "mail", "uri", "line" };

    if (!*text)
        return 0;
    struct user_name const *first = find(tab, kind, text);
    if (first) {
        if (kind != NAME_LINE && first->user != user && !user->where.file)
            complain(users, first->user, user, kinds[kind]);
        return 0;
    }
    struct user_name *name = &users->v[users->n++];
    name->kind = kind;
    name->text = text;
    name->user = user;
    return htab_insert(tab, &name->entry, hash_of(kind, text));
}

static int add_user(struct users *users, struct users_person const *user)
{
    int err = add(users, &users->names, NAME_ID, user->id, user);

    if (err == 0)
        err = add(users, &users->names, NAME_MAIL, user->mail, user);
    if (err == 0)
        err = add(users, &users->names, NAME_URI, user->uri, user);
    for (size_t i = 0; err == 0 && i < user->lines.n; i++)
        err = add(users, &users->lines, NAME_LINE, user->lines.v[i], user);
    return err;
}

static int add_of_file(struct users *users, struct cti_user const *conf)
{
    struct users_person *person = &users->persons[users->n_persons++];

    *person = (struct users_person){ .id = conf->id,
                                     .mail = conf->mail,
                                     .uri = conf->uri,
                                     .rcc = conf->rcc,
                                     .groups = conf->groups,
                                     .lines = conf->lines,
                                     .where = conf->where };
    if (!person->where.file)
        person->where.file = "";
    if (users->people)
        person->owner = store_people_owner(users->people, conf->id);
    return add_user(users, person);
}

static bool is_same(struct users_person const *file, struct store_person const *stored)
{
    return strcasecmp(file->mail, stored->mail) == 0 && strcasecmp(file->uri, stored->sip) == 0 &&
           file->rcc == stored->rcc;
}

static int add_of_store(struct users *users, struct store_person const *stored)
{
    struct users_person const *file = users_by_id(users, stored->id);
    struct users_person *person = &users->persons[users->n_persons];

    *person = (struct users_person){ .id = stored->id,
                                     .mail = stored->mail,
                                     .uri = stored->sip,
                                     .rcc = stored->rcc,
                                     .groups = { .v = stored->groups, .n = stored->n_groups },
                                     .owner = store_people_owner(users->people, stored->id) };
    if (file && !is_same(file, stored))
        complain(users, file, person, "mail, uri or rcc");
    if (file)
        return 0;
    users->n_persons++;
    return add_user(users, person);
}

static char *choice_key(char const *id, char const *number, char ret[static KEY_BYTES])
{
    (void)snprintf(ret, KEY_BYTES, "%s %s", id, number);
    return ret;
}

static bool is_chosen(struct htab_entry const *entry, void const *key)
{
    return strcmp(((struct chosen const *)entry)->key, key) == 0;
}

static struct chosen *find_choice(struct users const *users, char const *key)
{
    return (struct chosen *)htab_find(&users->choices, htab_hash(key, strlen(key), 0), is_chosen,
                                      key);
}

int users_choose(struct users *users, char const *id, char const *number, char const *device)
{
    char key[KEY_BYTES];
    struct chosen *choice = find_choice(users, choice_key(id, number, key));
    char *copy = strdup(device);
    size_t size = strlen(key) + 1;

    if (copy && !choice) {
        choice = calloc(1, sizeof *choice + size);
        if (choice)
            memcpy(choice->key, key, size);
        if (choice &&
            htab_insert(&users->choices, &choice->entry, htab_hash(key, size - 1, 0)) < 0) {
            free(choice);
            choice = NULL;
        }
    }
    if (!copy || !choice) {
        free(copy);
        return -ENOMEM;
    }
    free(choice->device);
    choice->device = copy;
    return 0;
}

/* guide-rcc 3: a soft phone whose name equals a user name is unsupported. */
static void warn_of_devices(struct users const *users)
{
    struct store_device const *device;

    STAILQ_FOREACH(device, store_people_devices(users->people), link)
    {
        if (device->soft && users_by_id(users, device->name))
            log_warn(NULL,
                     "soft phone has the name of a user, which is not supported device=\"%s\"",
                     device->name);
    }
}

static int add_stored(struct users *users)
{
    struct store_person const *stored;
    struct store_choice const *choice;
    int err = 0;

    STAILQ_FOREACH(stored, store_people_users(users->people), link)
    {
        if ((err = add_of_store(users, stored)) < 0)
            return err;
    }
    STAILQ_FOREACH(choice, store_people_choices(users->people), link)
    {
        if ((err = users_choose(users, choice->user, choice->number, choice->device)) < 0)
            return err;
    }
    warn_of_devices(users);
    return 0;
}

static size_t count_stored(struct store_people const *people)
{
    struct store_person const *stored;
    size_t n = 0;

    if (!people)
        return 0;
    STAILQ_FOREACH(stored, store_people_users(people), link)
    {
        n++;
    }
    return n;
}

struct users *users_new(struct cti_conf const *conf, struct store_people *people,
                        size_t *ret_contradictions)
{
    struct cti_user const *all = conf->users.v;
    struct users *users = calloc(1, sizeof *users);
    size_t n = conf->users.n + count_stored(people), most = 1 + 3 * n;

    *ret_contradictions = 0;
    if (!users) {
        store_people_free(&people);
        return NULL;
    }
    users->people = people;
    for (size_t i = 0; i < conf->users.n; i++)
        most += all[i].lines.n;
    users->persons = calloc(n + 1, sizeof *users->persons);
    users->v = calloc(most, sizeof *users->v);
    int err = users->persons && users->v ? 0 : -ENOMEM;
    for (size_t i = 0; err == 0 && i < conf->users.n; i++)
        err = add_of_file(users, &all[i]);
    if (err == 0 && people)
        err = add_stored(users);
    *ret_contradictions = users->contradictions;
    if (err < 0)
        users_free(&users);
    return users;
}

void users_free(struct users **pusers)
{
    struct users *users = *pusers;
    struct htab_entry *next;

    *pusers = NULL;
    if (!users)
        return;
    for (struct htab_entry *e = htab_next(&users->choices, NULL); e; e = next) {
        next = htab_next(&users->choices, e);
        free(((struct chosen *)e)->device);
        free(e);
    }
    htab_fini(&users->choices);
    htab_fini(&users->names);
    htab_fini(&users->lines);
    free(users->persons);
    free(users->v);
    store_people_free(&users->people);
    free(users);
}

int64_t users_revision(struct users const *users)
{
    return users->people ? store_people_revision(users->people) : 0;
}

size_t users_count(struct users const *users)
{
    return users->n_persons;
}

/* --- look-ups --------------------------------------------------------------------------------- */

struct users_person const *users_find(struct users const *users, char const *from_uri,
                                      enum users_match *ret_matched)
{
    static enum users_match const matches[] = {
        [NAME_ID] = USERS_MATCH_ID, [NAME_MAIL] = USERS_MATCH_MAIL, [NAME_URI] = USERS_MATCH_URI
    };
    char id[KEY_BYTES];
    char const *address = strchr(from_uri, ':');
    struct user_name const *name;

    if (!address)
        return NULL;
    address++;
    size_t len = strcspn(address, "@");
    if (len >= sizeof id)
        return NULL;
    memcpy(id, address, len);
    id[len] = '\0';
    name = find(&users->names, NAME_ID, id);
    if (!name)
        name = find(&users->names, NAME_MAIL, address);
    if (!name)
        name = find(&users->names, NAME_URI, from_uri);
    if (name && ret_matched)
        *ret_matched = matches[name->kind];
    return name ? name->user : NULL;
}

struct users_person const *users_by_id(struct users const *users, char const *id)
{
    struct user_name const *name = find(&users->names, NAME_ID, id);

    return name ? name->user : NULL;
}

static bool has_line(struct users_person const *person, char const *number)
{
    for (size_t i = 0; i < person->lines.n; i++)
        if (strcmp(person->lines.v[i], number) == 0)
            return true;
    return false;
}

static bool owns(struct store_owner const *owner, struct store_device const *device)
{
    for (struct store_device_ref const *ref = owner ? owner->devices : NULL; ref; ref = ref->next)
        if (ref->device == device)
            return true;
    return false;
}

/* A line without a partition is in that of its device. */
static bool is_in(struct store_line const *line, struct store_device const *device,
                  char const *partition)
{
    char const *its = *line->partition ? line->partition : device->partition;

    return !*partition || strcmp(its, partition) == 0;
}

static bool knows(struct device_choice_phone const *phones, size_t n, char const *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(phones[i].name, name) == 0)
            return true;
    return false;
}

size_t users_phones(struct users const *users, char const *id, char const *number,
                    char const *partition, struct device_choice_phone *ret, size_t max)
{
    struct users_person const *person = users_by_id(users, id);
    struct store_line const *line =
        person && users->people ? store_people_lines_of(users->people, number) : NULL;
    size_t n = 0;

    for (; line; line = line->same_number)
        for (struct store_device_ref const *ref = line->devices; ref && n < max; ref = ref->next) {
            struct store_device const *device = ref->device;
            if (is_in(line, device, partition) && !knows(ret, n, device->name) &&
                (owns(person->owner, device) || has_line(person, number)))
                ret[n++] =
                    (struct device_choice_phone){ device->name, device->soft, device->registered };
        }
    return n;
}

static bool lists(char const *const *texts, size_t n, char const *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

size_t users_numbers(struct users const *users, char const *id, char const **ret, size_t max)
{
    struct users_person const *person = users_by_id(users, id);
    size_t n = 0;

    for (size_t i = 0; person && i < person->lines.n && n < max; i++)
        ret[n++] = person->lines.v[i];
    if (!person || !person->owner)
        return n;
    for (struct store_device_ref const *d = person->owner->devices; d; d = d->next)
        for (struct store_line_ref const *l = d->device->lines; l && n < max; l = l->next)
            if (!lists(ret, n, l->line->number))
                ret[n++] = l->line->number;
    return n;
}

bool users_stands_on(struct users const *users, char const *number, char const *device)
{
    struct store_device const *found =
        users->people ? store_people_device(users->people, device) : NULL;
    struct store_line_ref const *ref = found ? found->lines : NULL;

    while (ref && strcmp(ref->line->number, number) != 0)
        ref = ref->next;
    return ref != NULL;
}

size_t users_line_phones(struct users const *users, char const *number, char const **ret,
                         size_t max)
{
    struct store_line const *line =
        users->people ? store_people_lines_of(users->people, number) : NULL;
    size_t n = 0;

    for (; line; line = line->same_number)
        for (struct store_device_ref const *ref = line->devices; ref && n < max; ref = ref->next)
            if (!lists(ret, n, ref->device->name))
                ret[n++] = ref->device->name;
    return n;
}

bool users_register(struct users *users, char const *device, bool is_registered)
{
    return users->people && store_people_set_registered(users->people, device, is_registered);
}

bool users_has_phones(struct users const *users, char const *number)
{
    struct store_line const *line =
        users->people ? store_people_lines_of(users->people, number) : NULL;

    while (line && !line->devices)
        line = line->same_number;
    return line != NULL;
}

bool users_has_phone(struct users const *users, char const *id, char const *number,
                     char const *device)
{
    struct device_choice_phone phones[USERS_PHONES_MAX];
    size_t n = users_phones(users, id, number, "", phones, USERS_PHONES_MAX);

    return knows(phones, n, device);
}

bool users_may_control(struct users const *users, char const *id, char const *number)
{
    struct users_person const *person = users_by_id(users, id);
    struct device_choice_phone one;

    return person && (has_line(person, number) || users_phones(users, id, number, "", &one, 1) > 0);
}

bool users_have_line(struct users const *users, char const *number)
{
    return find(&users->lines, NAME_LINE, number) ||
           (users->people && store_people_lines_of(users->people, number));
}

char const *users_chosen(struct users const *users, char const *id, char const *number)
{
    char key[KEY_BYTES];
    struct chosen const *choice = find_choice(users, choice_key(id, number, key));

    return choice ? choice->device : "";
}
