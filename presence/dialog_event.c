/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogs of lines: see dialog_event.h. */
#include "dialog_event.h"
#include "buf.h"
#include "composed.h"
#include "dialog_info.h"
#include "htab.h"
#include "message.h"
#include "presence_address.h"
#include "subscription.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 1048576, URI_EXTRA = 4 };

struct dialogs {
    struct dialog_info_entry *v;
    size_t n, max;
};

static void count(void *ctx, struct composed_source const *source)
{
    struct dialogs *dialogs = ctx;

    (void)source;
    dialogs->max++;
}

/* A line that is stale says nothing. */
static void add(void *ctx, struct composed_source const *source)
{
    struct dialogs *dialogs = ctx;
    bool rings = strcmp(source->says, "ringing") == 0;
    bool is_line = strcmp(source->kind, "line") == 0 && !*source->marks;

    if (is_line && (rings || strcmp(source->says, "engaged") == 0))
        dialogs->v[dialogs->n++] =
            (struct dialog_info_entry){ source->name,
                                        rings ? DIALOG_INFO_RINGING : DIALOG_INFO_ENGAGED };
}

static bool may_see(struct subscription const *s)
{
    struct composed const *composed = s->presentity->composed;

    return s->decision.verdict == USER_POLICY_ALLOW && !(composed && composed_is_hidden(composed));
}

/* Returns 0, or -ENOMEM. The caller frees v. */
static int gather(struct subscription const *s, struct dialogs *ret)
{
    *ret = (struct dialogs){ 0 };
    composed_sources(s->presentity, count, ret);
    ret->v = calloc(ret->max + 1, sizeof *ret->v);
    if (!ret->v)
        return -ENOMEM;
    if (may_see(s))
        composed_sources(s->presentity, add, ret);
    return 0;
}

uint64_t dialog_event_tag(struct subscription const *s)
{
    struct dialogs dialogs;
    uint64_t tag = 1;

    if (gather(s, &dialogs) < 0)
        return 0;
    for (size_t i = 0; i < dialogs.n; i++)
        tag = htab_hash(dialogs.v[i].id, strlen(dialogs.v[i].id), tag + dialogs.v[i].line);
    free(dialogs.v);
    return tag | 1;
}

int dialog_event_add(struct subscription *s, msg_t *notify, uint64_t tag)
{
    char entity[PRESENCE_ADDRESS_BYTES + URI_EXTRA];
    struct dialogs dialogs;
    struct buf xml;

    (void)tag;
    if (gather(s, &dialogs) < 0)
        return -ENOMEM;
    (void)snprintf(entity, sizeof entity, "sip:%s", s->presentity->address);
    buf_init(&xml, DOCUMENT_MAX);
    int err = dialog_info_write(entity, s->version, dialogs.v, dialogs.n, &xml);
    if (err == 0)
        err = message_set_body(notify, DIALOG_EVENT_TYPE, buf_text(&xml), xml.len);
    buf_fini(&xml);
    free(dialogs.v);
    s->version += err == 0;
    return err;
}

/* Any of them may free itself. */
void dialog_event_changed(struct presentity *p)
{
    struct subscription *s, *next;

    p->n_holds++;
    for (s = LIST_FIRST(&p->dialogs); s; s = next) {
        next = LIST_NEXT(s, link);
        if (subscription_tag(s) != s->told_tag)
            subscription_change(s, false);
    }
    p->n_holds--;
}
