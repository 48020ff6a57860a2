/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and answers of the DNS as text: see resolve_note.h. */
#include "resolve_note.h"
#include "buf.h"
#include "resolve_internal.h"
#include "resolve_naptr.h"
#include "resolve_srv.h"
#include <stdio.h>

enum { QUESTION_BYTES = 300, ANSWER_BYTES = 4096 };

static char const *failure(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
        return "no such name";
    case ARES_ENODATA:
        return "no such record";
    case ARES_ETIMEOUT:
        return "no answer in time";
    case ARES_ECONNREFUSED: /* also if they all say that they cannot */
        return "the DNS servers give no answer";
    default:
        return ares_strerror(status);
    }
}

static void tell(struct resolve_note const *note, char const *type, char const *name, int status,
                 struct buf *answer)
{
    char question[QUESTION_BYTES];

    (void)snprintf(question, sizeof question, "%s %s", type, name);
    if (status != ARES_SUCCESS)
        note->fn(note->ctx, question, failure(status));
    else
        note->fn(note->ctx, question, answer->len ? buf_text(answer) : "nothing that can be used");
}

void resolve_note_naptr(struct resolve_note const *note, char const *name, int status,
                        struct resolve_naptr const *naptr)
{
    struct buf answer;

    if (!note->fn)
        return;
    buf_init(&answer, ANSWER_BYTES);
    for (size_t i = 0; status == ARES_SUCCESS && i < naptr->n; i++)
        buf_printf(&answer, "%s%s by %s", i ? ", " : "", naptr->v[i].name,
                   transport_kind_name(naptr->v[i].kind));
    tell(note, "NAPTR", name, status, &answer);
    buf_fini(&answer);
}

void resolve_note_srv(struct resolve_note const *note, char const *name, int status,
                      struct resolve_srv const *srv)
{
    struct buf answer;

    if (!note->fn)
        return;
    buf_init(&answer, ANSWER_BYTES);
    for (size_t i = 0; status == ARES_SUCCESS && i < srv->n; i++)
        buf_printf(&answer, "%s%u %u %u %s", i ? ", " : "", srv->v[i].priority, srv->v[i].weight,
                   srv->v[i].port, srv->v[i].host);
    if (status == ARES_SUCCESS && srv->declined)
        buf_puts(&answer, "the domain does not offer this");
    tell(note, "SRV", name, status, &answer);
    buf_fini(&answer);
}

static void add_address(void *ctx, struct net_addr const *addr, unsigned ttl_s)
{
    struct buf *answer = ctx;
    char text[NET_ADDR_TEXT];

    (void)ttl_s;
    buf_printf(answer, "%s%s", answer->len ? ", " : "", net_addr_print_host(addr, text));
}

void resolve_note_host(struct resolve_note const *note, char const *name, int family, int status,
                       struct ares_addrinfo const *info)
{
    struct buf answer;

    if (!note->fn)
        return;
    buf_init(&answer, ANSWER_BYTES);
    resolve_each_address(info, add_address, &answer);
    tell(note,
         family == AF_INET    ? "A"
         : family == AF_INET6 ? "AAAA"
                              : "A and AAAA",
         name, status, &answer);
    buf_fini(&answer);
}
