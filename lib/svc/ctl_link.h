/* SPDX-License-Identifier: Apache-2.0 */
/* One client of the control socket: its lines in, its answers out. Used by ctl_server.c.
 *
 * A link runs one command at a time and takes the next line only when the answer has left, so
 * answers come in the order of the commands, and what a client that does not read can make us keep
 * is one line and one answer. */
#pragma once
#include "buf.h"
#include "ctl.h"
#include "ctl_peer.h"
#include <stdbool.h>
#include <sys/queue.h>

enum { CTL_LINK_LINE_BYTES = 65536, CTL_LINK_ANSWER_BYTES = 16777216 };

struct ctl_link {
    uv_pipe_t pipe;
    TAILQ_ENTRY(ctl_link) entry; /* of the server, quietest first */
    struct ctl_server *server;
    struct ctl_call *call; /* not yet answered, or NULL */
    struct buf in;
    struct ctl_peer peer;
    bool may_write;
    bool writing; /* an answer is on its way */
    bool at_end;  /* the client will send no more */
    bool ending;  /* closes behind the answer */
    char chunk[4096];
};

TAILQ_HEAD(ctl_links, ctl_link);

/** Accepts the connection that waits on @p stream, a listening pipe. Returns NULL if that failed;
 *  then nothing waits any more. */
struct ctl_link *ctl_link_accept(uv_stream_t *stream, struct ctl_server *server);

/** Begins to take lines. */
void ctl_link_start(struct ctl_link *link);

/** Closes and, later, frees; an answer to its call is dropped. */
void ctl_link_close(struct ctl_link *link);

/* What the server does for its links. */

/** Command of this name, or NULL. */
struct ctl_command const *ctl_server_command(struct ctl_server const *server, char const *name);
struct svc *ctl_server_svc(struct ctl_server const *server);

/** @p link has sent a line: it is now the last one to be evicted. */
void ctl_server_touch(struct ctl_server *server, struct ctl_link *link);

/** @p link is being closed. */
void ctl_server_forget(struct ctl_server *server, struct ctl_link *link);
