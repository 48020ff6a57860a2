/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands at the other end of a control socket, and what they may do. Used by the control server
 * only. */
#pragma once
#include "ctl.h"
#include <stdbool.h>
#include <sys/types.h>

enum { CTL_PEER_GROUPS = 64 };

struct ctl_peer {
    uid_t uid;
    gid_t gid;
    pid_t pid;
    gid_t groups[CTL_PEER_GROUPS]; /* supplementary ones */
    size_t n_groups;
};

/** Asks the kernel about the peer of socket @p fd. Returns 0 or a negative errno. */
int ctl_peer_ask(struct ctl_peer *ret, int fd);

/** Who has sent @p call, which is not yet answered; NULL: they have left. */
struct ctl_peer const *ctl_call_peer(struct ctl_call const *call);

/** Whether @p peer may run commands of @p priv: root and @p own_uid all of them, members of
 *  @p socket_gid those that read. */
bool ctl_peer_may(struct ctl_peer const *peer, enum ctl_priv priv, uid_t own_uid, gid_t socket_gid);
