/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of forwarding: a whole proxy on loopback sockets between a client, a server and further
 * callees that speak plain text. The clock is moved, nothing waits for a SIP timer.
 *
 * Requests of the client for INVITE and MESSAGE go to the server by a method route, or, once there
 * are callees, where the hops of these say: the linker puts our route_decide() and resolve_uri()
 * in front of the real ones. */
#pragma once
#include "forward.h"
#include "proxy.h"
#include "wire_peer.h"

/* T1 is ten times the usual one, so that on a busy machine nothing is sent again while a test waits
 * in real time. RIG_TIMED_OUT_MS is a little more than 64*T1. */
enum { RIG_T1_MS = 5000, RIG_TIMED_OUT_MS = 65 * RIG_T1_MS, RIG_TIMER_C_MS = 1810000 };
enum { RIG_CALLEES = 8, RIG_URI = 128 };

#define RIG_CALLED "sip:2001@example.test"

/** One who is called beside the server, by a hop of its own. */
struct rig_callee {
    struct wire_peer peer;
    struct route_hop hop;
    char uri[RIG_URI];        /* next hop */
    char tag[8];              /* of its answers */
    char kept[WIRE_PEER_MAX]; /* the request that it answers */
};

struct rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct proxy_conf conf;
    struct proxy_conf_target target;
    struct proxy_conf_route route;
    struct acl_conf acl;
    char target_uri[RIG_URI];
    struct proxy *proxy;
    struct wire_peer client, server;
    uint16_t udp, tcp, internal; /* ports of the proxy */
    char text[WIRE_PEER_MAX];    /* message received last */
    char kept[WIRE_PEER_MAX];    /* the request that the server answers */
    char answer[WIRE_PEER_MAX];
    struct rig_callee callees[RIG_CALLEES];
    unsigned n_callees;
    struct destination many[RIG_CALLEES]; /* addresses of the host "many.test" */
    size_t n_many;
    su_home_t home[1];
};

extern struct rig rig;

void rig_open(bool client_stream, bool server_stream);

/** @p edit changes rig.conf and what hangs on it before the proxy reads it. */
void rig_open_with(bool client_stream, bool server_stream, void (*edit)(void));

void rig_close(void);

/** Lets the loop and the wheel run once; rig_advance() moves the clock between two of them. */
void rig_turn(void);
void rig_advance(uint64_t ms);

/* --- expecting: each failure ends the test -----------------------------------------------------
 */

/** The next message of @p peer begins so; it is in rig.text then. */
void rig_expect(struct wire_peer *peer, char const *begin);
void rig_expect_silence(struct wire_peer *peer);

/** @p part stands in rig.text. */
void rig_expect_text(char const *part);

/** Nothing of any request is left once all timers have fired. */
void rig_expect_rest(void);

/* --- client and server -------------------------------------------------------------------------
 */

/** A request of the client; @p top: header lines that stand above the others. */
void rig_client_sends(char const *method, unsigned cseq, char const *uri, char const *to_tag,
                      char const *top);
void rig_client_cancels(void);

/** The server will answer the request in rig.text. */
void rig_keep(void);
void rig_server_answers(char const *status, char const *headers);

/** The client calls, the server has its INVITE. */
void rig_invite_reaches_server(void);

/* --- callees -----------------------------------------------------------------------------------
 */

/** One more callee, in @p group, as a registered contact or as a configured next hop. Contacts
 *  get a Request-URI of their own, "sip:cN@ADDRESS". */
struct rig_callee *rig_add_callee(unsigned group, bool contact, bool stream);

/** Address of @p peer becomes one more of those of the host "many.test". */
void rig_add_address(struct wire_peer const *peer);

/** The client sends its request 1 and, to INVITE, gets 100. */
void rig_call(char const *method);

/** @p callee gets a request that begins so; it will be the one that it answers. */
void rig_callee_expect(struct rig_callee *callee, char const *begin);
void rig_callee_answers(struct rig_callee *callee, char const *status, char const *headers);

/** The INVITE of @p callee is cancelled: it gets CANCEL and answers both. */
void rig_callee_is_cancelled(struct rig_callee *callee);
