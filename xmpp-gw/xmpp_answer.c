/* SPDX-License-Identifier: Apache-2.0 */
/* See xmpp_answer.h. */
#include "xmpp_answer.h"
#include "clock.h"
#include "config.h"
#include "iq_answer.h"
#include "jid.h"
#include "roster.h"
#include "xml_tree.h"
#include "xmpp_metrics.h"
#include <string.h>

/* An address that cannot be read is that of nobody. */
static void read_jid(struct xml_element const *iq, char const *attribute, struct jid *ret)
{
    char const *text = xml_element_attribute(iq, attribute);

    *ret->local = *ret->resource = '\0';
    if (text)
        (void)jid_parse(text, ret);
}

static enum disco_kind kind_of(struct jid const *to)
{
    if (!*to->local)
        return DISCO_DOMAIN;
    return *to->resource ? DISCO_DEVICE : DISCO_ACCOUNT;
}

static struct roster_presence presence_of(struct roster const *roster, struct jid const *to,
                                          struct jid const *from)
{
    char user[JID_MAX + 1], jid[JID_MAX + 1];

    return roster_presence(roster, jid_text_bare(to, user), jid_text_bare(from, jid), to->resource);
}

static bool is_error(struct xml_tree const *answer)
{
    char const *type = xml_element_attribute(xml_tree_root(answer), "type");

    return type && strcmp(type, "error") == 0;
}

struct xml_tree *xmpp_answer(struct xml_element const *iq, struct roster const *roster,
                             uint64_t up_ms)
{
    struct jid to, from;

    read_jid(iq, "to", &to);
    read_jid(iq, "from", &from);
    enum disco_kind kind = kind_of(&to);
    bool is_domain = kind == DISCO_DOMAIN;
    struct roster_presence const presence = presence_of(roster, &to, &from);
    struct iq_answer_about const about = {
        .kind = kind,
        .exists = is_domain || kind == DISCO_ACCOUNT || presence.is_there,
        .may_see = is_domain || presence.is_followed,
        .name = DISCO_NAME,
        .version = PACKAGE_VERSION,
        .now_ms = (int64_t)(clock_wall_us() / 1000),
        .idle_s = is_domain ? (int64_t)((clock_now_ms() - up_ms) / 1000) : presence.idle_s,
    };
    struct xml_tree *answer = iq_answer(iq, &about);

    if (!answer)
        xmpp_count(M_xmpp_ignored);
    else
        xmpp_count(is_error(answer) ? M_xmpp_errors_sent : M_xmpp_queries);
    return answer;
}
