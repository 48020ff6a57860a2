/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on messages: see job_match.h. */
#include "job_match.h"
#include "capture_look.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_text(struct capture_span span, char const *text)
{
    return span.len == strlen(text) && strncasecmp(span.at, text, span.len) == 0;
}

static bool is_user(struct capture_party const *party, char const *user)
{
    char const *at = strchr(user, '@');
    size_t len = at ? (size_t)(at - user) : strlen(user);

    return party->user.len == len && strncasecmp(party->user.at, user, len) == 0 &&
           (!at || is_text(party->host, at + 1));
}

int job_match_set_peer(struct job_match *match, char const *text)
{
    struct net_addr addr;

    match->has_peer = true;
    match->peer_port = 0;
    if (net_cidr_parse(&match->peer, text) == 0)
        return 0;
    if (net_addr_parse(&addr, text, 0) < 0)
        return -EINVAL;
    match->peer.bits = addr.sa.sa_family == AF_INET ? 32 : 128;
    match->peer_port = net_addr_port(&addr);
    net_addr_set_port(&addr, 0);
    match->peer.addr = addr;
    return 0;
}

static bool is_peer(struct job_match const *match, struct net_addr const *addr)
{
    return net_cidr_contains(&match->peer, addr) &&
           (match->peer_port == 0 || match->peer_port == net_addr_port(addr));
}

bool job_match_wants(struct job_match const *match, struct capture_message const *message)
{
    struct capture_look look;

    if (match->has_peer && !is_peer(match, &message->source) &&
        !is_peer(match, &message->destination))
        return false;
    if (!*match->user && !*match->call_id && !*match->method && !*match->service)
        return true;
    capture_look(message, &look);
    if (*match->user && !is_user(&look.from, match->user) && !is_user(&look.to, match->user))
        return false;
    /* What is sent for the sake of a dialog belongs to it. */
    if (*match->call_id && strcmp(message->id, match->call_id) != 0 &&
        !is_text(look.call_id, match->call_id))
        return false;
    if (*match->method && !is_text(look.method, match->method))
        return false;
    return !*match->service || is_text(look.name, match->service);
}
