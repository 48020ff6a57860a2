/* SPDX-License-Identifier: Apache-2.0 */
/* What both directions share: see im_bridge.h. They are in im_from_sip.c and im_from_xmpp.c. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "im_bridge.h"
#include "clock.h"
#include "log.h"
#include "streams.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <stdlib.h>

/* RFC 3994 3.3: who is not heard of again has stopped. XMPP has no such end. */
static void on_typed(void *ctx, struct conversation *c)
{
    struct im_bridge *bridge = ctx;
    struct im_map_options options = im_bridge_options(bridge);
    struct im *im = im_map_new();

    if (!im)
        return;
    im->from = c->sip;
    im->to = c->jid;
    im->state = IM_ACTIVE;
    struct xml_tree *stanza = im_map_stanza(im, &options);
    if (stanza)
        (void)streams_send(bridge->streams, stanza, "", NULL, NULL);
    im_map_free(&im);
}

static int read_rooms(struct im_bridge *bridge, struct cfg_strings const *rooms)
{
    bridge->rooms = calloc(rooms->n + 1, sizeof *bridge->rooms);
    for (size_t i = 0; bridge->rooms && i < rooms->n; i++)
        bridge->rooms[i] = rooms->v[i];
    bridge->options.rooms = bridge->rooms;
    return bridge->rooms ? 0 : -ENOMEM;
}

int im_bridge_init(struct im_bridge *bridge, struct xmpp_conf const *conf, struct streams *streams,
                   struct stack *stack, struct wheel *wheel, url_t const *next_hop)
{
    *bridge =
        (struct im_bridge){ .conf = conf, .streams = streams, .options = im_map_options_default };
    htab_init(&bridge->crossings);
    bridge->options.max_bytes = (size_t)conf->im_max_bytes;
    bridge->options.cpim = conf->im_cpim;
    bridge->options.chat = conf->im_type == XMPP_IM_CHAT;
    conversations_init(&bridge->conversations, wheel, (uint64_t)conf->im_idle * 1000,
                       (size_t)conf->im_max_conversations, on_typed, bridge);
    im_queues_init(&bridge->queues, stack, next_hop, (size_t)conf->im_max_waiting);
    return read_rooms(bridge, &conf->im_rooms);
}

void im_bridge_fini(struct im_bridge *bridge)
{
    if (!bridge->conf)
        return;
    /* They are those of the streams, which end later. */
    for (struct htab_entry *entry; (entry = htab_next(&bridge->crossings, NULL));)
        htab_remove(&bridge->crossings, entry);
    htab_fini(&bridge->crossings);
    im_queues_fini(&bridge->queues);
    conversations_fini(&bridge->conversations);
    free(bridge->rooms);
    bridge->conf = NULL;
}

struct im_map_options im_bridge_options(struct im_bridge const *bridge)
{
    struct im_map_options options = bridge->options;

    options.now_ms = (int64_t)(clock_wall_us() / 1000);
    return options;
}

void im_bridge_refuse(struct im_bridge *bridge, struct xml_tree const *stanza,
                      struct stanza_error const *error)
{
    struct xml_element const *root = xml_tree_root(stanza);
    struct xml_tree *answer = stanza_error_answer(root, error, false);

    xmpp_count(M_messages_refused);
    log_info(xml_element_child_text(root, "thread", STREAMS_NS),
             "message refused from=\"%s\" to=\"%s\" error=%s reason=\"%s\"",
             xml_element_attribute(root, "from"), xml_element_attribute(root, "to"),
             stanza_error_name(error->condition), error->text ? error->text : "");
    if (answer)
        (void)streams_send(bridge->streams, answer, "", NULL, NULL);
}
