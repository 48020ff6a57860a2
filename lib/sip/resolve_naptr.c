/* SPDX-License-Identifier: Apache-2.0 */
/* NAPTR answers: the records by c-ares, cut to SIP services with SRV records (flag "s"). */
#include "resolve_naptr.h"
#include "resolve_answer.h"
#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct {
    char const *name;
    enum transport_kind kind;
} const services[] = {
    { "SIP+D2U", TRANSPORT_UDP },
    { "SIP+D2T", TRANSPORT_TCP },
    { "SIPS+D2T", TRANSPORT_TLS },
};

/* Kind of a record that can be used, or TRANSPORT_KINDS. */
static enum transport_kind kind_of(struct ares_naptr_reply const *reply)
{
    size_t len = strlen(reply->replacement);

    if (strcasecmp((char const *)reply->flags, "s") != 0 || *reply->regexp || !len ||
        len >= RESOLVE_NAPTR_BYTES)
        return TRANSPORT_KINDS;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (strcasecmp((char const *)reply->service, services[i].name) == 0)
            return services[i].kind;
    return TRANSPORT_KINDS;
}

static bool is_before(struct ares_naptr_reply const *a, struct ares_naptr_reply const *b)
{
    return a->order != b->order ? a->order < b->order : a->preference < b->preference;
}

/* Of the records not yet taken the first by order and preference; NULL: none is left. */
static struct ares_naptr_reply *next_best(struct ares_naptr_reply *list, unsigned kinds)
{
    struct ares_naptr_reply *best = NULL;

    for (struct ares_naptr_reply *reply = list; reply; reply = reply->next)
        if (kinds >> kind_of(reply) & 1 && (!best || is_before(reply, best)))
            best = reply;
    return best;
}

int resolve_naptr_read(struct resolve_naptr *ret, unsigned char const *answer, int len,
                       unsigned kinds)
{
    struct ares_naptr_reply *list = NULL, *reply;

    *ret = (struct resolve_naptr){ 0 };
    if (len < NS_HFIXEDSZ || ares_parse_naptr_reply(answer, len, &list) != ARES_SUCCESS)
        return -EBADMSG;
    while (ret->n < RESOLVE_NAPTR_MAX && (reply = next_best(list, kinds))) {
        struct resolve_service *service = &ret->v[ret->n++];
        service->kind = kind_of(reply);
        snprintf(service->name, sizeof service->name, "%s", reply->replacement);
        *reply->replacement = '\0'; /* taken */
    }
    ares_free_data(list);
    ret->ttl_s = resolve_answer_ttl(answer, len, ns_t_naptr);
    return 0;
}
