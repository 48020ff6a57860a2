/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of one stanza. */
#include "stanza_rig.h"
#include "buf.h"
#include "stanza_names.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

static void take(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    struct xml_tree **pkept = ctx;

    if (event == XML_PUSH_CHILD && !*pkept)
        *pkept = tree;
    else
        xml_tree_free(&tree);
}

struct xml_tree *stanza_rig_read(char const *xml)
{
    static char const header[] =
        "<s:stream xmlns='" STANZA_NS "' xmlns:s='http://etherx.jabber.org/streams'>";
    struct xml_limits const limits = { 1 << 20, 64, 64 };
    struct xml_tree *tree = NULL;
    struct xml_push *push = xml_push_new(&limits, take, &tree);

    if (!push)
        return NULL;
    if (xml_push_feed(push, header, strlen(header)) == 0)
        xml_push_feed(push, xml, strlen(xml));
    xml_push_free(&push);
    return tree;
}

char *stanza_rig_text(struct xml_tree const *tree)
{
    struct buf out;

    buf_init(&out, TEXT_MAX);
    xml_element_write(xml_tree_root(tree), STANZA_NS, &out);
    char *text = strdup(buf_text(&out));
    buf_fini(&out);
    return text;
}
