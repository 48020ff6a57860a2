/* SPDX-License-Identifier: Apache-2.0 */
/* SRV answers: the records by c-ares, their time to live by hand, which c-ares 1.18 does not tell.
 */
#include "resolve_srv.h"
#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* RFC 1035 4.1.2 and 4.1.3: what follows the name of a question, and of a record. */
enum { QUESTION_TAIL = 4, RECORD_HEAD = 10, AT_TTL = 4, AT_LENGTH = 8 };

static uint32_t read_u16(unsigned char const *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t read_u32(unsigned char const *p)
{
    return read_u16(p) << 16 | read_u16(p + 2);
}

/* Where the name at @p p ends, NULL if it is broken. c-ares checks every bound. */
static unsigned char const *skip_name(unsigned char const *p, unsigned char const *answer, int len)
{
    char *name;
    long name_len;

    if (p >= answer + len || ares_expand_name(p, answer, len, &name, &name_len) != ARES_SUCCESS)
        return NULL;
    ares_free_string(name);
    return p + name_len;
}

/* The smallest time to live of the SRV records; 0 if the answer is cut. */
static uint32_t smallest_ttl(unsigned char const *answer, int len)
{
    unsigned char const *p = skip_name(answer + NS_HFIXEDSZ, answer, len), *end = answer + len;
    uint32_t ttl = UINT32_MAX;

    if (!p || end - p < QUESTION_TAIL)
        return 0;
    p += QUESTION_TAIL;
    for (uint32_t left = read_u16(answer + 6); left; left--) {
        p = skip_name(p, answer, len);
        if (!p || end - p < RECORD_HEAD || end - p - RECORD_HEAD < (long)read_u16(p + AT_LENGTH))
            return 0;
        if (read_u16(p) == ns_t_srv && read_u32(p + AT_TTL) < ttl)
            ttl = read_u32(p + AT_TTL);
        p += RECORD_HEAD + read_u16(p + AT_LENGTH);
    }
    return ttl == UINT32_MAX ? 0 : ttl;
}

static void take(struct resolve_srv *ret, struct ares_srv_reply const *reply)
{
    struct resolve_target *target = &ret->v[ret->n];

    if (!*reply->host) {
        ret->declined = true;
    } else if (ret->n < RESOLVE_SRV_MAX && strlen(reply->host) < sizeof target->host) {
        *target = (struct resolve_target){ .port = reply->port,
                                           .priority = reply->priority,
                                           .weight = reply->weight };
        snprintf(target->host, sizeof target->host, "%s", reply->host);
        ret->n++;
    }
}

int resolve_srv_read(struct resolve_srv *ret, unsigned char const *answer, int len)
{
    struct ares_srv_reply *list = NULL;

    *ret = (struct resolve_srv){ 0 };
    if (len < NS_HFIXEDSZ || ares_parse_srv_reply(answer, len, &list) != ARES_SUCCESS)
        return -EBADMSG;
    for (struct ares_srv_reply const *reply = list; reply; reply = reply->next)
        take(ret, reply);
    ares_free_data(list);
    ret->ttl_s = smallest_ttl(answer, len);
    return 0;
}
