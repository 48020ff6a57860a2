/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: one transport on loopback, what it heard, and plain sockets that talk to it. The clock
 * is moved, nothing waits for a timer. */
#pragma once
#include "origin.h"
#include "tap.h"
#include "transport.h"
#include "wheel.h"
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

enum { TRANSPORT_RIG_PATIENCE_MS = 5000, TRANSPORT_RIG_FDS = 8 };

/* The listeners of transport_rig_setup(); TCP is advertised as sip.example.test. */
enum { TRANSPORT_RIG_UDP, TRANSPORT_RIG_TCP };

#define TRANSPORT_RIG_REQUEST(via, length)                                                         \
    "OPTIONS sip:b@b.test SIP/2.0\r\n"                                                             \
    "Via: " via "\r\n"                                                                             \
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" length \
    "\r\n"
#define TRANSPORT_RIG_LENGTH_0 "Content-Length: 0\r\n"

struct transport_rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct tap *tap;
    struct stack_limits limits;
    struct transport *t;
    size_t messages;
    struct origin from; /* of the last message */
    char subject[100];  /* that came with it, "-" if none did */
    msg_t *last;
    bool echoes;   /* requests are answered with 200 */
    bool frees;    /* the first message is the end of the transport */
    bool is_quiet; /* keep-alives get no answer */
    struct transport_waiter waiter;
    int waiter_error;
    bool waiter_opened;
    struct secure_context const *waiter_context; /* to compare, no more */
    char waiter_name[100];
    int fds[TRANSPORT_RIG_FDS]; /* plain sockets, closed at the end */
    size_t n_fds;
};

/** A transport without listeners, which echoes. */
void transport_rig_init(struct transport_rig *rig);

/** All connections must go with the transport. */
void transport_rig_fini(struct transport_rig *rig);

/** For cmocka: a rig with two listeners as the state of one test. */
int transport_rig_setup(void **state);
int transport_rig_teardown(void **state);

/** Lets the loop and the wheel run once. */
void transport_rig_turn(struct transport_rig *rig);

/** Sends @p text with the rig's waiter, which hears of a failure from the loop. */
int transport_rig_send(struct transport_rig *rig, struct destination *to, char const *text);

/** A blocking socket that is connected to @p to; the caller closes it. */
int transport_rig_connect(int type, struct net_addr const *to);

/** The same, closed with the rig. */
int transport_rig_client(struct transport_rig *rig, int type, struct net_addr const *to);

/** A TCP socket of its own on loopback, at @p ret, that accepts nobody if it does not listen. */
int transport_rig_server(bool listens, struct net_addr *ret);

/** The socket is closed with the rig. */
void transport_rig_keep(struct transport_rig *rig, int fd);

/* Runs the loop until the condition holds; the patience is for a slow machine only. */
#define TRANSPORT_RIG_UNTIL(rig, condition)                                                        \
    do {                                                                                           \
        bool is_true_ = false;                                                                     \
        for (int ms_ = 0; ms_ < TRANSPORT_RIG_PATIENCE_MS && !is_true_; ms_++) {                   \
            transport_rig_turn(rig);                                                               \
            if (!(is_true_ = (condition)))                                                         \
                usleep(ms_ < 50 ? 0 : 1000);                                                       \
        }                                                                                          \
        if (!is_true_)                                                                             \
            fail_msg("never: %s", #condition);                                                     \
    } while (0)
