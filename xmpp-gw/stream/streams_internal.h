/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of streams.c share. */
#pragma once
#include "htab.h"
#include "stream.h"
#include "streams.h"

struct streams_known;
struct streams_listener;

struct streams {
    struct streams_settings const *settings;
    struct streams_handlers const *handlers;
    void *ctx;
    struct tap *tap;
    struct stream_wires wires;
    struct htab routes;
    struct htab by_name;         /* settings->peers */
    struct streams_known *known; /* the entries of that */
    LIST_HEAD(, stream) streams;
    LIST_HEAD(, streams_listener) listeners;
    size_t n_streams, n_strangers;
    uint64_t n_born;
    size_t n_alive; /* sockets that are not closed yet */
    char dialback_secret[33];
    bool is_ending;
};

struct streams_own const *streams_find_own(struct streams const *set, char const *name);
struct streams_peer const *streams_find_peer(struct streams const *set, char const *name);

/** The set is freed with the last stream and listener: they say that they have gone. */
void streams_gone(struct streams *set);
