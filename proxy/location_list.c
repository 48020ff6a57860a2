/* SPDX-License-Identifier: Apache-2.0 */
/* Packing and references of contact lists. */
#include "location_list.h"
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { STRINGS = 5 };

static char const **string_at(struct location_binding *binding, int i)
{
    char const **const all[STRINGS] = { &binding->contact, &binding->path, &binding->received,
                                        &binding->call_id, &binding->user_agent };
    return all[i];
}

static size_t bytes_of(char const *aor, struct location_binding const *v, size_t n)
{
    size_t bytes = strlen(aor) + 1;
    for (size_t i = 0; i < n; i++) {
        struct location_binding binding = v[i];
        for (int s = 0; s < STRINGS; s++)
            bytes += strlen(*string_at(&binding, s)) + 1;
        bytes += strlen(binding.contact) + 1 + strlen(binding.received) + 1;
    }
    return bytes;
}

/* A stable order: of equals, who came first stays first. Lists are short. */
static void insert_by_q(struct location_list *list, struct location_binding const *binding)
{
    size_t i = list->n++;
    for (; i > 0 && list->v[i - 1].q < binding->q; i--)
        list->v[i] = list->v[i - 1];
    list->v[i] = *binding;
}

static char const *append(char **end, char const *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*end, text, size);
    *end += size;
    return copy;
}

/* A URL points into the text that it was parsed from, which it changes. */
static void parse_url(url_t *ret, char **end, char const *text)
{
    char *copy = (char *)append(end, text);
    if (!*copy || url_d(ret, copy) < 0)
        *ret = (url_t){ .url_type = url_invalid };
}

/* NULL without memory, and of a path that is none: the reader sees that it is missing. */
static sip_route_t const *parse_path(struct location_list *list, char const *path)
{
    if (!*path)
        return NULL;
    if (!list->home)
        list->home = su_home_new(sizeof *list->home);
    return list->home ? sip_route_make(list->home, path) : NULL;
}

struct location_list const *location_list_new(char const *aor, struct location_binding const *v,
                                              size_t n)
{
    size_t head = sizeof(struct location_list) + n * sizeof *v;
    struct location_list *list = calloc(1, head + bytes_of(aor, v, n));
    if (!list)
        return NULL;
    char *end = (char *)list + head;
    atomic_init(&list->refs, 1);
    list->aor = append(&end, aor);
    for (size_t i = 0; i < n; i++) {
        struct location_binding binding = v[i];
        for (int s = 0; s < STRINGS; s++)
            *string_at(&binding, s) = append(&end, *string_at(&binding, s));
        parse_url(binding.uri, &end, binding.contact);
        parse_url(binding.way, &end, binding.received);
        binding.route = parse_path(list, binding.path);
        insert_by_q(list, &binding);
    }
    return list;
}

/* The count is all that changes, and nobody but these two sees it. */
struct location_list const *location_list_ref(struct location_list const *list)
{
    if (list)
        atomic_fetch_add_explicit(&((struct location_list *)list)->refs, 1, memory_order_relaxed);
    return list;
}

static void list_free(struct location_list *list)
{
    if (list->home)
        su_home_unref(list->home);
    free(list);
}

void location_list_unref(struct location_list const **plist)
{
    struct location_list *list = (struct location_list *)*plist;
    *plist = NULL;
    if (list && atomic_fetch_sub_explicit(&list->refs, 1, memory_order_acq_rel) == 1)
        list_free(list);
}
