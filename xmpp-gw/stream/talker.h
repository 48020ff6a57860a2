/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: b.test as a socket that the test speaks and hears by, in place of the rig's own b. */
#pragma once
#include "dialback.h"
#include "stream_rig.h"

#define TALKER_HEADER                                                                              \
    "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "        \
    "xmlns:db='" DIALBACK_NS "' from='b.test' to='a.test' id='s1' version='1.0'>"
#define TALKER_FEATURES TALKER_HEADER "<stream:features/>"
#define TALKER_RESULT   "<db:result from='b.test' to='a.test'"

struct talker {
    struct stream_rig *rig;
    int fd;
    size_t n;
    char text[8192]; /* that came */
};

/** Opens a alone, without TLS and with dialback, and a socket where it looks for b.test, which is
 *  returned. */
int talker_begin(struct stream_rig *rig, struct secure_rig *certs);

/** Any port of the loopback, written to @p ret. */
int talker_listen(char ret[static 64]);

struct talker talker_accept(struct stream_rig *rig, int listener);

/** A connection to a, as far as its features. */
struct talker talker_connect(struct stream_rig *rig);

/** The same, as far as stanzas, by dialback: b.test's server, which connects to @p listener, says
 *  yes. */
struct talker talker_enter(struct stream_rig *rig, int listener);

void talker_close(struct talker *talker);

void talker_say(struct talker *talker, char const *text);
/** Has @p wanted come by now? */
bool talker_heard(struct talker *talker, char const *wanted);
/** Runs until it has; fails the test if that does not happen. */
void talker_until(struct talker *talker, char const *wanted);

/** Has the other end closed the connection? What it said is in @c text. */
bool talker_is_closed(struct talker *talker);

/** The question that has come to the server @p talker last is answered by @p type. */
void talker_judge(struct talker *talker, char const *type);
