/* SPDX-License-Identifier: Apache-2.0 */
/* What presence means on the other side: the groups "presence_map" in the group "xmpp". */
#pragma once
#include "cfg.h"
#include "presence_map.h"

/** One of both kinds: with `when`, a rule of SIP to XMPP; else a row of XMPP to SIP. */
struct xmpp_presence_conf {
    struct cfg_where where;
    char const *show, *basic, *sip_show, *activity, *cisco_activity, *when;
    bool tell;
};
extern struct cfg_schema const xmpp_presence_conf_schema;

/** The map that @p groups make of the default one. What is wrong is told to @p faults, if that is
 *  not NULL, and left out. */
void xmpp_presence_conf_read(struct cfg_groups const *groups, struct presence_map *ret,
                             struct cfg_faults *faults);
