/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions of ours to lines at the call manager, its presence gateway (guide part 2, 1.7): one
 * for each line of phone_lines.
 *
 * All go through the proxy, which knows where the call manager is, and spreads them if its name is
 * an SRV record. They begin in turn, so many a second. A line whose subscription cannot be had is
 * unknown until it can. */
#pragma once
#include "watch.h"

struct dialog_info;
struct event_server;
struct gateway_conf;
struct phone_line;

struct phone_gateway_line {
    struct watch watch;
    struct phone_gateway *gateway;
    struct phone_line *line;
    struct dialog_info *info; /* what package dialog has said in this dialog; NULL: nothing */
};

struct phone_gateway {
    struct event_server *server;
    struct gateway_conf const *conf; /* NULL: there is none */
    struct watch_terms terms;
    struct watch_pace pace;
    struct phone_gateway_line *v;
    size_t n;
};

/** Begins to watch every line, if there is a gateway. Returns 0 or -ENOMEM; fini is right after
 *  either. */
int phone_gateway_init(struct phone_gateway *gateway, struct event_server *server);

/** Ends all without a word. */
void phone_gateway_fini(struct phone_gateway *gateway);

/** "active", "" if the line is not watched. Static. */
char const *phone_gateway_state_str(struct phone_line const *line);
