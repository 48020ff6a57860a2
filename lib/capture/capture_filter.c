/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on messages: see capture_filter.h. */
#include "capture_filter.h"
#include "capture_expression.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 256, NAMES_MAX = 96, PEER_SHOWN = 48 };

struct capture_filter {
    char user[VALUE_MAX], call_id[VALUE_MAX], method[VALUE_MAX], service[VALUE_MAX];
    char text[VALUE_MAX];
    char program[VALUE_MAX]; /* the peer, if it is one of ours */
    bool has_block;          /* the peer, if it is an address */
    struct net_cidr block;
    uint16_t port; /* of it; 0: any */
    struct capture_expression *expression;
    bool looks; /* some condition needs a look */
};

static bool is_text(struct capture_span span, char const *text)
{
    return span.len == strlen(text) && strncasecmp(span.at, text, span.len) == 0;
}

static bool is_exactly(struct capture_span span, char const *text)
{
    return span.len == strlen(text) && memcmp(span.at, text, span.len) == 0;
}

static bool is_user(struct capture_party const *party, char const *user)
{
    char const *at = strchr(user, '@');
    size_t len = at ? (size_t)(at - user) : strlen(user);

    return party->user.len == len && strncasecmp(party->user.at, user, len) == 0 &&
           (!at || is_text(party->host, at + 1));
}

/* MakeCallResponse answers MakeCall. */
static bool is_service(struct capture_span name, char const *service)
{
    if (is_text(name, service))
        return true;
    if (!capture_header_ends(name, "Response"))
        return false;
    name.len -= strlen("Response");
    return name.len && is_text(name, service);
}

static bool is_in_block(struct capture_filter const *filter, struct net_addr const *addr)
{
    return addr->sa.sa_family == filter->block.addr.sa.sa_family &&
           net_cidr_contains(&filter->block, addr) &&
           (filter->port == 0 || filter->port == net_addr_port(addr));
}

static bool has_peer(struct capture_filter const *filter, struct capture_message const *message)
{
    if (*filter->program)
        return strcmp(message->program, filter->program) == 0 ||
               strcmp(message->peer, filter->program) == 0;
    return !filter->has_block || is_in_block(filter, &message->source) ||
           is_in_block(filter, &message->destination);
}

/* What is sent for the sake of a dialog belongs to it. */
static bool belongs(struct capture_filter const *filter, struct capture_message const *message,
                    struct capture_look const *look)
{
    return strcmp(message->id, filter->call_id) == 0 || is_exactly(look->call_id, filter->call_id);
}

static bool is_wanted(struct capture_filter const *filter, struct capture_message const *message,
                      struct capture_look const *look)
{
    if (*filter->user && !is_user(&look->from, filter->user) && !is_user(&look->to, filter->user))
        return false;
    if (*filter->call_id && !belongs(filter, message, look))
        return false;
    if (*filter->method && !is_text(look->method, filter->method))
        return false;
    return !*filter->service || is_service(look->name, filter->service);
}

bool capture_filter_match(struct capture_filter const *filter,
                          struct capture_message const *message, struct capture_look const *look)
{
    struct capture_look own;

    if (!filter)
        return true;
    if (!has_peer(filter, message))
        return false;
    if (filter->expression && !capture_expression_match(filter->expression, message))
        return false;
    if (*filter->text && !memmem(message->bytes, message->len, filter->text, strlen(filter->text)))
        return false;
    if (!filter->looks)
        return true;
    if (!look)
        capture_look(message, &own);
    return is_wanted(filter, message, look ? look : &own);
}

static int fail(char fault[static CAPTURE_FILTER_FAULT], char const *option, char const *why)
{
    (void)snprintf(fault, CAPTURE_FILTER_FAULT, "%s: %s", option, why);
    return -1;
}

static int set_text(char ret[static VALUE_MAX], char const *value, char const *option,
                    char fault[static CAPTURE_FILTER_FAULT])
{
    if (value && strlen(value) >= VALUE_MAX)
        return fail(fault, option, "more than 255 bytes");
    (void)snprintf(ret, VALUE_MAX, "%s", value ? value : "");
    return 0;
}

static int set_program(struct capture_filter *filter, struct capture_filter_options const *options,
                       char fault[static CAPTURE_FILTER_FAULT])
{
    char names[NAMES_MAX] = "", peer[PEER_SHOWN], why[CAPTURE_FILTER_FAULT - NAMES_MAX / 2];

    for (size_t i = 0; i < options->n_programs; i++) {
        size_t len = strlen(names);

        if (strcmp(options->programs[i], options->peer) == 0)
            return set_text(filter->program, options->peer, "peer", fault);
        (void)snprintf(names + len, sizeof names - len, ", %s", options->programs[i]);
    }
    capture_look_print_span((struct capture_span){ options->peer, strlen(options->peer) }, peer,
                            sizeof peer);
    (void)snprintf(why, sizeof why,
                   "\"%s\" is no address (192.0.2.1, 192.0.2.1:5060, 192.0.2.0/24)%s", peer, names);
    return fail(fault, "peer", why);
}

static int set_peer(struct capture_filter *filter, struct capture_filter_options const *options,
                    char fault[static CAPTURE_FILTER_FAULT])
{
    struct net_addr addr;

    if (!options->peer || !*options->peer)
        return 0;
    if (net_cidr_parse(&filter->block, options->peer) == 0) {
        filter->has_block = true;
        return 0;
    }
    if (net_addr_parse(&addr, options->peer, 0) < 0)
        return set_program(filter, options, fault);
    filter->has_block = true;
    filter->port = net_addr_port(&addr);
    net_addr_set_port(&addr, 0);
    filter->block = (struct net_cidr){ addr, addr.sa.sa_family == AF_INET ? 32 : 128 };
    return 0;
}

static int set_expression(struct capture_filter *filter, char const *text,
                          char fault[static CAPTURE_FILTER_FAULT])
{
    char why[CAPTURE_EXPRESSION_FAULT];

    if (!text || !*text)
        return 0;
    filter->expression = capture_expression_new(text, why);
    return filter->expression ? 0 : fail(fault, "filter", why);
}

struct capture_filter *capture_filter_new(struct capture_filter_options const *options,
                                          char fault[static CAPTURE_FILTER_FAULT])
{
    struct capture_filter *filter = calloc(1, sizeof *filter);

    if (!filter) {
        (void)snprintf(fault, CAPTURE_FILTER_FAULT, "out of memory");
        return NULL;
    }
    if (set_text(filter->user, options->user, "user", fault) < 0 ||
        set_text(filter->call_id, options->call_id, "call-id", fault) < 0 ||
        set_text(filter->method, options->method, "method", fault) < 0 ||
        set_text(filter->service, options->service, "service", fault) < 0 ||
        set_text(filter->text, options->text, "text", fault) < 0 ||
        set_peer(filter, options, fault) < 0 ||
        set_expression(filter, options->expression, fault) < 0)
        capture_filter_free(&filter);
    else
        filter->looks = *filter->user || *filter->call_id || *filter->method || *filter->service;
    return filter;
}

void capture_filter_free(struct capture_filter **pfilter)
{
    struct capture_filter *filter = *pfilter;

    *pfilter = NULL;
    if (!filter)
        return;
    capture_expression_free(&filter->expression);
    free(filter);
}
