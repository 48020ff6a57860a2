/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts of a row one after the other, or one question: see stream_lookup.h. */
#include "stream_lookup.h"
#include "buf.h"
#include "resolve_host.h"
#include "resolve_xmpp.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES = 256, NOTE_BYTES = 4096 };

struct host {
    char name[HOST_BYTES];
    uint16_t port;
};

struct stream_lookup {
    struct resolver *resolver;
    stream_lookup_fn *fn;
    resolve_note_fn *note;
    void *ctx;
    struct resolve_xmpp *xmpp; /* at most one question is under way */
    struct resolve_host *host;
    bool is_direct, is_starting, is_answered;
    char const *why_not; /* of the last host that led nowhere */
    struct stream_place places[STREAM_LOOKUP_MAX];
    size_t n;
    size_t n_hosts, next_host;
    struct host hosts[];
};

/* "name", "name:port", "[2001:db8::1]:port" */
static bool read_host(struct host *ret, char const *text)
{
    bool is_bracketed = text[0] == '[';
    char const *end = is_bracketed ? strchr(text, ']') : text + strcspn(text, ":");
    char *rest;

    if (is_bracketed)
        text++;
    if (!end || end == text || (size_t)(end - text) >= sizeof ret->name)
        return false;
    snprintf(ret->name, sizeof ret->name, "%.*s", (int)(end - text), text);
    ret->port = STREAM_LOOKUP_PORT;
    end += is_bracketed;
    if (!*end)
        return true;
    if (*end != ':' || end[1] < '0' || end[1] > '9')
        return false;
    unsigned long port = strtoul(end + 1, &rest, 10);
    ret->port = (uint16_t)port;
    return !*rest && port > 0 && port <= UINT16_MAX;
}

bool stream_lookup_is_host(char const *host)
{
    struct host ignored;

    return read_host(&ignored, host);
}

static void finish(struct stream_lookup *lookup, char const *why_not)
{
    lookup->is_answered = true;
    lookup->fn(lookup->ctx, lookup->places, lookup->n, lookup->n ? NULL : why_not);
    if (!lookup->is_starting)
        free(lookup);
}

static void add_place(struct stream_lookup *lookup, struct net_addr const *addr, bool is_direct)
{
    if (lookup->n < STREAM_LOOKUP_MAX)
        lookup->places[lookup->n++] = (struct stream_place){ *addr, is_direct };
}

static void on_note(void *ctx, char const *question, char const *answer)
{
    struct stream_lookup *lookup = ctx;

    lookup->note(lookup->ctx, question, answer);
}

static void on_xmpp(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct stream_lookup *lookup = ctx;

    lookup->xmpp = NULL;
    for (size_t i = 0; i < n; i++)
        add_place(lookup, &list[i].addr, list[i].kind == TRANSPORT_TLS);
    finish(lookup, why_not);
}

static void ask_next(struct stream_lookup *lookup);

static void take_host(struct stream_lookup *lookup, struct resolve_host_answer const *answer)
{
    struct host const *host = &lookup->hosts[lookup->next_host - 1];

    for (size_t i = 0; i < answer->n; i++) {
        struct net_addr addr = answer->addrs[i];
        net_addr_set_port(&addr, host->port);
        add_place(lookup, &addr, lookup->is_direct);
    }
    if (!answer->n)
        lookup->why_not = answer->why_not;
}

static void note_host(struct stream_lookup const *lookup, struct resolve_host_answer const *answer)
{
    struct host const *host = &lookup->hosts[lookup->next_host - 1];
    char addr[NET_ADDR_TEXT];
    struct buf text;

    buf_init(&text, NOTE_BYTES);
    for (size_t i = 0; i < answer->n; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", net_addr_print_host(&answer->addrs[i], addr));
    lookup->note(lookup->ctx, host->name, answer->n ? buf_text(&text) : answer->why_not);
    buf_fini(&text);
}

static void on_host(void *ctx, struct resolve_host_answer const *answer)
{
    struct stream_lookup *lookup = ctx;

    lookup->host = NULL;
    if (lookup->note)
        note_host(lookup, answer);
    take_host(lookup, answer);
    ask_next(lookup);
}

static void ask_next(struct stream_lookup *lookup)
{
    struct net_addr addr;

    while (lookup->next_host < lookup->n_hosts) {
        struct host const *host = &lookup->hosts[lookup->next_host++];
        if (net_addr_parse(&addr, host->name, host->port) == 0) {
            add_place(lookup, &addr, lookup->is_direct);
            continue;
        }
        struct resolve_host *question =
            resolve_host_start(lookup->resolver, host->name, on_host, lookup);
        /* NULL: on_host() has gone on already, and perhaps to the end. */
        if (question)
            lookup->host = question;
        return;
    }
    finish(lookup, lookup->why_not);
}

static int read_hosts(struct stream_lookup *lookup, struct stream_lookup_wanted const *wanted)
{
    for (size_t i = 0; i < wanted->n_hosts; i++)
        if (!read_host(&lookup->hosts[lookup->n_hosts++], wanted->hosts[i]))
            return -EINVAL;
    return 0;
}

struct stream_lookup *stream_lookup_start(struct resolver *resolver,
                                          struct stream_lookup_wanted const *wanted,
                                          stream_lookup_fn *fn, void *ctx)
{
    struct stream_lookup *lookup =
        calloc(1, sizeof *lookup + wanted->n_hosts * sizeof *lookup->hosts);

    if (!lookup || read_hosts(lookup, wanted) < 0) {
        fn(ctx, NULL, 0, lookup ? "a host of the domain cannot be read" : "out of memory");
        free(lookup);
        return NULL;
    }
    lookup->resolver = resolver;
    lookup->fn = fn;
    lookup->note = wanted->note;
    lookup->ctx = ctx;
    lookup->is_direct = wanted->is_direct;
    lookup->is_starting = true;
    if (lookup->n_hosts)
        ask_next(lookup);
    else
        lookup->xmpp = resolve_xmpp_start(resolver, wanted->domain, wanted->note ? on_note : NULL,
                                          on_xmpp, lookup);
    lookup->is_starting = false;
    if (!lookup->is_answered)
        return lookup;
    free(lookup);
    return NULL;
}

void stream_lookup_cancel(struct stream_lookup **plookup)
{
    struct stream_lookup *lookup = *plookup;

    *plookup = NULL;
    if (!lookup)
        return;
    resolve_xmpp_cancel(&lookup->xmpp);
    resolve_host_cancel(&lookup->host);
    free(lookup);
}
