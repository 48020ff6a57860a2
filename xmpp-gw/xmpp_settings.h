/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to what the streams want: addresses, secrets, TLS contexts. */
#pragma once
#include "streams.h"

struct xmpp_conf;

/** Fills in @p settings, which is all zero. 0 or a negative errno after logging why;
 *  xmpp_settings_fini() is right after either. */
int xmpp_settings_init(struct streams_settings *settings, struct xmpp_conf const *conf);
void xmpp_settings_fini(struct streams_settings *settings);
