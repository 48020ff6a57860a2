/* SPDX-License-Identifier: Apache-2.0 */
/* SRV answers: the records by c-ares, put in order before they are cut to what is tried. */
#include "resolve_srv.h"
#include "resolve_answer.h"
#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_usable(struct ares_srv_reply const *reply)
{
    return *reply->host && strlen(reply->host) < RESOLVE_TARGET_BYTES && reply->port;
}

static size_t count(struct ares_srv_reply const *list, bool *ret_declined)
{
    size_t n = 0;

    for (struct ares_srv_reply const *reply = list; reply; reply = reply->next) {
        *ret_declined |= !*reply->host;
        n += is_usable(reply);
    }
    return n;
}

static void take(struct resolve_srv *ret, struct ares_srv_reply const *reply)
{
    struct resolve_target *target = &ret->v[ret->n++];

    target->port = reply->port;
    target->priority = reply->priority;
    target->weight = reply->weight;
    snprintf(target->host, sizeof target->host, "%s", reply->host);
}

static int put_in_order(struct resolve_srv *ret, struct ares_srv_reply const *list, size_t n,
                        resolve_draw_fn *draw, void *ctx)
{
    struct resolve_rank *ranks = calloc(n, sizeof *ranks);
    struct ares_srv_reply const **replies = calloc(n, sizeof *replies);
    uint32_t i = 0;
    int error = -ENOMEM;

    if (!ranks || !replies)
        goto out;
    for (struct ares_srv_reply const *reply = list; reply; reply = reply->next)
        if (is_usable(reply)) {
            ranks[i] = (struct resolve_rank){ reply->priority, reply->weight, i };
            replies[i++] = reply;
        }
    resolve_order(ranks, n, RESOLVE_SRV_MAX, draw, ctx);
    for (i = 0; i < n && i < RESOLVE_SRV_MAX; i++)
        take(ret, replies[ranks[i].index]);
    error = 0;

out:
    free(ranks);
    free(replies);
    return error;
}

int resolve_srv_read(struct resolve_srv *ret, unsigned char const *answer, int len,
                     resolve_draw_fn *draw, void *ctx)
{
    struct ares_srv_reply *list = NULL;
    int error = 0;

    *ret = (struct resolve_srv){ 0 };
    if (len < NS_HFIXEDSZ || ares_parse_srv_reply(answer, len, &list) != ARES_SUCCESS)
        return -EBADMSG;
    size_t n = count(list, &ret->declined);
    if (n)
        error = put_in_order(ret, list, n, draw, ctx);
    ares_free_data(list);
    ret->ttl_s = resolve_answer_ttl(answer, len, ns_t_srv);
    return error;
}
