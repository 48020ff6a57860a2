/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the records of a DNS answer by hand, for their time to live. */
#include "resolve_answer.h"
#include <ares.h>
#include <arpa/nameser.h>
#include <stddef.h>

/* RFC 1035 4.1.2 and 4.1.3: what follows the name of a question, and of a record. */
enum { QUESTION_TAIL = 4, RECORD_HEAD = 10, AT_TTL = 4, AT_LENGTH = 8, AT_ANSWERS = 6 };

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

uint32_t resolve_answer_ttl(unsigned char const *answer, int len, unsigned type)
{
    if (len < NS_HFIXEDSZ)
        return 0;
    unsigned char const *p = skip_name(answer + NS_HFIXEDSZ, answer, len), *end = answer + len;
    uint32_t ttl = UINT32_MAX;

    if (!p || end - p < QUESTION_TAIL)
        return 0;
    p += QUESTION_TAIL;
    for (uint32_t left = read_u16(answer + AT_ANSWERS); left; left--) {
        p = skip_name(p, answer, len);
        if (!p || end - p < RECORD_HEAD || end - p - RECORD_HEAD < (long)read_u16(p + AT_LENGTH))
            return 0;
        if (read_u16(p) == type && read_u32(p + AT_TTL) < ttl)
            ttl = read_u32(p + AT_TTL);
        p += RECORD_HEAD + read_u16(p + AT_LENGTH);
    }
    return ttl == UINT32_MAX ? 0 : ttl;
}
