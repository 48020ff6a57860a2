/* SPDX-License-Identifier: Apache-2.0 */
/* For unit tests: an event server without sockets, whose users a, b, c and d are in x.test and see
 * each other. */
#pragma once
#include "event_server.h"
#include "presence_conf.h"
#include <sofia-sip/msg_types.h>

struct published;
struct publication;

struct server_rig {
    struct presence_conf conf; /* the server reads it; a test may change it */
    struct event_server server;
};

void server_rig_init(struct server_rig *rig);

/** From now on only the first @p n of them are users. */
void server_rig_users(struct server_rig *rig, size_t n);

/** Ends publications, forgets who watches, and fails the test if anything holds a user still. */
void server_rig_fini(struct server_rig *rig);

/** Moves the clock, and lets timers fire. */
void server_rig_pass(struct server_rig *rig, uint64_t ms);

/** A parsed document of @p user ("a@x.test"); @p body is what stands in its root, with prefixes dm
 *  (data model), e (RPID of the draft) and ce (Cisco's). */
struct published *server_rig_parse(char const *user, char const *body);

/** The same text; returns its length. */
size_t server_rig_write(char *out, size_t size, char const *user, char const *body);

/** Publishes it for a minute, as that user. */
struct publication *server_rig_publish(struct server_rig *rig, char const *user, char const *body);

/** It goes on for a minute, with @p content (taken; NULL: what it says). */
void server_rig_renew(struct publication *publication, struct published *content);

/** A NOTIFY to add documents to, and what has been added; the caller destroys it. */
msg_t *server_rig_notify(void);
char const *server_rig_body(msg_t *notify, size_t *ret_len);
