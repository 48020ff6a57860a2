/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: the call model as scripts of operations, what they answer, and what monitors see.
 *
 * Lines 2001 (one phone, SEP1), 2002 and 2003 (no named phone), 2004 (shared: SEP4A and SEP4B),
 * 2005 (a queue of two), 2006 (on SEP1, too), 2007 (restricted); trunk "+" to the outside, for two.
 * Every line has a monitor, and so has each phone of 2004.
 *
 * An operation is "VERB WHO [CALL or NUMBER] [more]"; calls are numbered from 1 in each script. An
 * event is one text line: "MONITOR Type call device localConnectionInfo cause", and what the type
 * adds. */
#pragma once
#include "buf.h"
#include "call.h"
#include "monitor.h"
#include <stdbool.h>

enum { CALL_RIG_STEPS = 14 };

struct call_rig_step {
    char const *op;
    enum call_fault fault;
    char const *events; /* NULL: none */
};

struct call_rig_script {
    char const *name;
    struct call_rig_step steps[CALL_RIG_STEPS];
    bool no_call_waiting, offered, hookswitch, rings_for_ever;
    uint64_t accept_ms;
};

struct call_rig {
    struct line_table lines;
    struct call_table calls;
    struct monitor_table monitors;
    struct monitor_list list;
    struct wheel *wheel;
    struct buf seen;
    struct call_join join;
};

/* Steps that many scripts begin with: 2001 calls 2002, as call 1 or 2, and 2002 answers call 1. */
/* clang-format off */
#define CALL_RIG_RINGING \
    { "make 2001 2002", CALL_OK, \
      "2001 Originated 1 2001 connected newCall\n" \
      "2001 Delivered 1 2002 connected newCall\n" \
      "2002 Delivered 1 2002 alerting newCall\n" }
#define CALL_RIG_RINGING_2 \
    { "make 2001 2002", CALL_OK, \
      "2001 Originated 2 2001 connected newCall\n" \
      "2001 Delivered 2 2002 connected newCall\n" \
      "2002 Delivered 2 2002 alerting newCall\n" }
#define CALL_RIG_ANSWERED \
    { "answer 2002 1", CALL_OK, \
      "2001 Established 1 2002 connected normal\n" \
      "2002 Established 1 2002 connected normal\n" }
/* clang-format on */

/** Plays each script in a switch of its own, and fails at the first difference. */
void call_rig_play(struct call_rig_script const *scripts, size_t n);

/** main() of a test that plays scripts and nothing else. */
int call_rig_main(struct call_rig_script const *scripts, size_t n);

/** One switch by hand; @p script says the options. */
void call_rig_init(struct call_rig *rig, struct call_rig_script const *script);
void call_rig_fini(struct call_rig *rig);

/** Runs one operation. */
enum call_fault call_rig_run(struct call_rig *rig, char const *op);
