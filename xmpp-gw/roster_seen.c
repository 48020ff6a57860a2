/* SPDX-License-Identifier: Apache-2.0 */
/* See roster_seen.h. */
#include "roster_seen.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void drop_texts(struct presence_resource *one)
{
    free((char *)one->resource);
    free((char *)one->status);
    free((char *)one->lang);
}

static int copy(struct presence_resource *to, struct presence_resource const *from)
{
    *to = *from;
    to->resource = strdup(from->resource);
    to->status = from->status ? strdup(from->status) : NULL;
    to->lang = from->lang ? strdup(from->lang) : NULL;
    if (to->resource && (to->status || !from->status) && (to->lang || !from->lang))
        return 0;
    drop_texts(to);
    return -ENOMEM;
}

static void remove_at(struct roster_seen *seen, size_t i)
{
    drop_texts(&seen->v[i]);
    seen->v[i] = seen->v[--seen->n];
}

/* RFC 6121 4.5.2: from the bare JID it is about all of them. */
static void remove_resource(struct roster_seen *seen, char const *resource)
{
    for (size_t i = seen->n; i-- > 0;)
        if (!*resource || seen->v[i].show == PRESENCE_UNAVAILABLE ||
            strcmp(seen->v[i].resource, resource) == 0)
            remove_at(seen, i);
}

int roster_seen_take(struct roster_seen *seen, struct presence_resource const *told, size_t max)
{
    struct presence_resource one, *more = realloc(seen->v, (seen->n + 1) * sizeof *more);

    if (!more || copy(&one, told) < 0) {
        seen->v = more ? more : seen->v;
        return -ENOMEM;
    }
    seen->v = more;
    seen->is_known = true;
    remove_resource(seen, told->resource);
    bool is_last = told->show == PRESENCE_UNAVAILABLE && seen->n == 0;
    if (is_last || (told->show != PRESENCE_UNAVAILABLE && seen->n < max)) {
        seen->v[seen->n++] = one;
        return 0;
    }
    drop_texts(&one);
    return told->show == PRESENCE_UNAVAILABLE ? 0 : -ENOBUFS;
}

void roster_seen_forget(struct roster_seen *seen)
{
    while (seen->n)
        remove_at(seen, seen->n - 1);
    free(seen->v);
    *seen = (struct roster_seen){ 0 };
}

bool roster_seen_is_away(struct roster_seen const *seen)
{
    return seen->is_known && (seen->n == 0 || seen->v[0].show == PRESENCE_UNAVAILABLE);
}
