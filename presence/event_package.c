/* SPDX-License-Identifier: Apache-2.0 */
/* The table of packages, and what presence itself tells. */
#include "event_package.h"
#include "dialog_event.h"
#include "event_server.h"
#include "message.h"
#include "pidf_write.h"
#include "rls.h"
#include "subscription.h"
#include "winfo.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

enum { LINE_BYTES = 40 };

static uint64_t presence_tag(struct subscription const *s)
{
    struct presentity_document const *document = subscription_document(s);

    return document ? document->tag : 0;
}

/* Who has said which state it knows (RFC 5839 6.3) gets its tag without the document. */
static int presence_add(struct subscription *s, msg_t *notify, uint64_t tag)
{
    struct presentity_document const *document = subscription_document(s);
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "SIP-ETag: %016" PRIx64, tag);
    int err = document ? message_add(notify, line) : -ENOMEM;
    if (err < 0 || s->known_tag == tag || s->known_tag == SUBSCRIPTION_ANY_TAG)
        return err;
    return message_set_body(notify, s->profile->content_type, document->text, document->len);
}

static struct event_package const list = { .name = "presence",
                                           .document = RLS_TYPE
                                           ", application/rlmi+xml, " EVENT_SERVER_TYPE,
                                           .tag = rls_tag,
                                           .add = rls_add,
                                           .is_private = true };

static struct event_package const packages[] = {
    { .name = "presence", .document = EVENT_SERVER_TYPE, .tag = presence_tag, .add = presence_add },
    { .name = "presence.winfo",
      .document = WINFO_TYPE,
      .tag = winfo_tag,
      .add = winfo_add,
      .is_private = true },
    { .name = "dialog",
      .document = DIALOG_EVENT_TYPE,
      .tag = dialog_event_tag,
      .add = dialog_event_add },
};

struct event_package const *event_package_find(char const *name)
{
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++)
        if (strcasecmp(packages[i].name, name) == 0)
            return &packages[i];
    return NULL;
}

bool event_package_is_presence(struct event_package const *package)
{
    return package == &packages[0];
}

struct event_package const *event_package_list(void)
{
    return &list;
}

bool event_package_is_dialog(struct event_package const *package)
{
    return package->tag == dialog_event_tag;
}

bool event_package_is_list(struct event_package const *package)
{
    return package == &list;
}
