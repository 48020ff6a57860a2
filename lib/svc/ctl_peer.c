/* SPDX-License-Identifier: Apache-2.0 */
/* Peer credentials, as the kernel took them when the peer connected (unix(7), SO_PEERCRED). */
#include "ctl_peer.h"
#include <errno.h>
#include <sys/socket.h>

int ctl_peer_ask(struct ctl_peer *ret, int fd)
{
    struct ucred cred;
    socklen_t len = sizeof cred;

    *ret = (struct ctl_peer){ 0 };
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
        return -errno;
    ret->uid = cred.uid;
    ret->gid = cred.gid;
    ret->pid = cred.pid;
    len = sizeof ret->groups;
    /* Somebody in more groups than we look at (ERANGE) has none: they may do less, not more. */
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, ret->groups, &len) == 0)
        ret->n_groups = len / sizeof ret->groups[0];
    return 0;
}

bool ctl_peer_may(struct ctl_peer const *peer, enum ctl_priv priv, uid_t own_uid, gid_t socket_gid)
{
    if (peer->uid == 0 || peer->uid == own_uid)
        return true;
    if (priv != CTL_READ)
        return false;
    if (peer->gid == socket_gid)
        return true;
    for (size_t i = 0; i < peer->n_groups; i++)
        if (peer->groups[i] == socket_gid)
            return true;
    return false;
}
