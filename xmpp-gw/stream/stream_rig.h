/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: two sets of streams in one loop, a.test and b.test, each the other's only peer, over
 * loopback with certificates made for the test and a clock that the test moves. */
#pragma once
#include "secure_rig.h"
#include "streams.h"
#include "wheel.h"
#include <stdbool.h>
#include <uv.h>

enum { STREAM_RIG_STANZAS = 64, STREAM_RIG_TEXT = 32 };

struct stream_rig_side {
    struct stream_rig *rig;
    struct streams *streams;
    struct streams_settings settings;
    struct streams_own own;
    struct streams_peer peer;
    struct net_addr addr;
    char host[64];
    char const *hosts[1];
    /* What came, by its body, and waits to be handled unless that is done at once. */
    char came[STREAM_RIG_STANZAS][STREAM_RIG_TEXT];
    struct streams_incoming *in[STREAM_RIG_STANZAS];
    size_t n_came;
    bool holds; /* what comes is not handled */
    int n_up, n_down;
};

struct stream_rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct resolver *resolver;
    struct secure_rig *certs;
    struct stream_rig_side a, b;
};

/* What became of stanzas: one letter each, of the body, "!" before one that failed. */
struct stream_rig_fate {
    char text[STREAM_RIG_STANZAS];
    char const *condition; /* of the last failure */
};

/** Makes the settings; a test may change them before stream_rig_open(). @p cert_b: name of the
 *  certificate that b shows. */
void stream_rig_init(struct stream_rig *rig, struct secure_rig *certs, char const *cert_b);
void stream_rig_open(struct stream_rig_side *side);
void stream_rig_close(struct stream_rig_side *side);
void stream_rig_fini(struct stream_rig *rig);

/** Runs until @p done says yes; fails the test if that does not happen. */
typedef bool stream_rig_fn(struct stream_rig *rig);
void stream_rig_until(struct stream_rig *rig, stream_rig_fn *done);
/** Runs until nothing has happened for a moment. */
void stream_rig_settle(struct stream_rig *rig);
void stream_rig_advance(struct stream_rig *rig, uint64_t ms);

/** Sends a message with the one letter @p body from @p side to the other; its fate is added to
 *  @p fate, unless that is NULL: then nobody waits for it. What streams_send() said. */
int stream_rig_say(struct stream_rig_side *side, char body, struct stream_rig_fate *fate);

/** The first letters of what came. Written to @p ret and returned. */
char const *stream_rig_came(struct stream_rig_side const *side,
                            char ret[static STREAM_RIG_STANZAS + 1]);

/** Streams of a side in state "ready". */
size_t stream_rig_ready(struct stream_rig_side const *side);
