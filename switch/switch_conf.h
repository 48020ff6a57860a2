/* SPDX-License-Identifier: Apache-2.0 */
/* The group "switch" of the configuration file. */
#pragma once
#include "cfg.h"

struct switch_line_conf {
    struct cfg_where where;
    char const *number;
    struct cfg_strings devices;
    int64_t queue;
    bool restricted;
};

struct switch_trunk_conf {
    struct cfg_where where;
    char const *name, *prefix;
    int64_t max_calls;
};

struct switch_conf {
    char const *listen;
    char const *user, *password_file;
    struct cfg_groups lines; /* of struct switch_line_conf */
    int64_t heartbeat_s, session_max_s, start_timeout_s, frame_timeout_s, stop_ms;
    int64_t max_links, max_write_queue;
    int64_t max_monitors, max_monitors_per_line;
    int64_t max_calls, max_calls_per_line;
    struct cfg_groups trunks; /* of struct switch_trunk_conf */
    int64_t max_conference, max_diversions;
    int64_t no_answer_s, ring_s, forward_rings, dial_timeout_s, accept_timeout_s;
    bool call_waiting, offered_events, hookswitch_events;
};

extern const struct cfg_schema switch_conf_schema;

/** Faults that no single row can see: numbers and prefixes that stand twice. */
void switch_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
