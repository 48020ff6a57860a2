/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a mapping of presence. */
#include "xmpp_presence_conf.h"

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("show", struct xmpp_presence_conf, show, .min = 1, .max = 20, .example = "dnd",
                   .effect = CFG_RESTART,
                   .help = "What XMPP says: unavailable, available, chat, away, xa or dnd."),
    CFG_ROW_STRING("basic", struct xmpp_presence_conf, basic, .default_text = "open", .max = 10,
                   .effect = CFG_RESTART,
                   .help = "What SIP is told: open or closed. Not used together with when."),
    CFG_ROW_STRING("sip_show", struct xmpp_presence_conf, sip_show, .default_text = "", .max = 20,
                   .effect = CFG_RESTART,
                   .help = "And as <show/> (RFC 8048): chat, away, xa or dnd; empty: without."),
    CFG_ROW_STRING("activity", struct xmpp_presence_conf, activity, .default_text = "", .max = 40,
                   .example = "busy", .effect = CFG_RESTART,
                   .help = "And as activity of RFC 4480; empty: none."),
    CFG_ROW_STRING("cisco_activity", struct xmpp_presence_conf, cisco_activity, .default_text = "",
                   .max = 40, .effect = CFG_RESTART,
                   .help = "And as activity for peers of Cisco's dialect; empty: none."),
    CFG_ROW_STRING("when", struct xmpp_presence_conf, when, .default_text = "", .max = 400,
                   .example = "activity meeting lunch", .effect = CFG_RESTART,
                   .help = "The other way round: \"show NAME\", \"activity NAME ...\", \"idle\" or "
                           "\"any\" of a SIP user makes the show of this entry; the first "
                           "entry that holds counts. With one such entry, those of the program are "
                           "not used."),
    CFG_ROW_BOOL("tell", struct xmpp_presence_conf, tell, .default_text = "false",
                 .effect = CFG_RESTART,
                 .help = "With when: the activity is the status text if there is no note."),
};

struct cfg_schema const xmpp_presence_conf_schema = {
    .group = "presence_map entry",
    .size = sizeof(struct xmpp_presence_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "what presence of one side means on the other.",
};

void xmpp_presence_conf_read(struct cfg_groups const *groups, struct presence_map *ret,
                             struct cfg_faults *faults)
{
    struct xmpp_presence_conf const *v = groups->v;
    bool has_rules = false;

    presence_map_init(ret);
    for (size_t i = 0; i < groups->n; i++) {
        bool is_rule = v[i].when && *v[i].when;
        if (!v[i].show)
            continue;
        if (is_rule && !has_rules)
            presence_map_clear_rules(ret);
        has_rules |= is_rule;
        char const *why = is_rule ? presence_map_add_rule(ret, v[i].when, v[i].show, v[i].tell)
                                  : presence_map_set_row(ret, v[i].show, v[i].basic, v[i].sip_show,
                                                         v[i].activity, v[i].cisco_activity);
        if (why && faults)
            cfg_fault(faults, v[i].where, "presence_map: %s", why);
    }
}
