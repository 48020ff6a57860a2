/* SPDX-License-Identifier: Apache-2.0 */
/* See xmpp_answer.h. */
#include "xmpp_answer.h"
#include "clock.h"
#include "config.h"
#include "iq_answer.h"
#include "jid.h"
#include "xml_tree.h"
#include "xmpp_metrics.h"
#include <string.h>

static enum disco_kind kind_of(struct xml_element const *iq)
{
    char const *to = xml_element_attribute(iq, "to");
    struct jid jid;

    if (!to || jid_parse(to, &jid) != JID_FINE || !*jid.local)
        return DISCO_DOMAIN;
    return *jid.resource ? DISCO_DEVICE : DISCO_ACCOUNT;
}

static bool is_error(struct xml_tree const *answer)
{
    char const *type = xml_element_attribute(xml_tree_root(answer), "type");

    return type && strcmp(type, "error") == 0;
}

struct xml_tree *xmpp_answer(struct xml_element const *iq, uint64_t up_ms)
{
    enum disco_kind kind = kind_of(iq);
    struct iq_answer_about const about = {
        .kind = kind,
        .exists = kind == DISCO_DOMAIN,
        .may_see = kind == DISCO_DOMAIN,
        .name = "Crosspoint",
        .version = PACKAGE_VERSION,
        .now_ms = (int64_t)(clock_wall_us() / 1000),
        .idle_s = (int64_t)((clock_now_ms() - up_ms) / 1000),
    };
    struct xml_tree *answer = iq_answer(iq, &about);

    if (!answer)
        xmpp_count(M_xmpp_ignored);
    else
        xmpp_count(is_error(answer) ? M_xmpp_errors_sent : M_xmpp_queries);
    return answer;
}
