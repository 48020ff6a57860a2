/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the XMPP streams, as rows: a program includes them in its configuration schema
 * with STREAM_LIMIT_LIST(), so each is a key with a default; xmpp-gw/stream reads the struct. */
#pragma once
#include <stdint.h>

#define STREAM_LIMIT_LIST(X)                                                                       \
    X(max_streams, 2000, 1, 1000000, NULL, "Streams in total, both ways; more are refused.")       \
    X(max_streams_per_address, 100, 1, 1000000, NULL,                                              \
      "Streams that one address has opened to us; more are closed at once.")                       \
    X(max_strangers, 200, 1, 1000000, NULL,                                                        \
      "Streams opened to us that have not proved who they are; more are closed at once.")          \
    X(max_strangers_per_address, 50, 1, 1000000, NULL,                                             \
      "Those of them that one address may have, so that it does not keep all others out.")         \
    X(max_routes, 10000, 1, 1000000, NULL, "Pairs of domains, ours and theirs, at a time.")        \
    X(max_pairs_per_stream, 100, 1, 100000, NULL,                                                  \
      "Pairs of domains that one stream may prove (XEP-0220 multiplexing).")                       \
    X(connect_ms, 10000, 100, 600000, "ms", "Limit for opening a connection.")                     \
    X(tls_ms, 10000, 100, 600000, "ms", "Limit for a TLS handshake.")                              \
    X(negotiate_ms, 30000, 100, 600000, "ms",                                                      \
      "Time from the first byte until a stream carries stanzas; later it is closed.")              \
    X(dialback_ms, 20000, 100, 600000, "ms",                                                       \
      "How long a peer may take to judge our dialback key; then its stream is closed, and what "   \
      "waits for its domain fails (remote-server-timeout).")                                       \
    X(dialback_verify_ms, 15000, 100, 600000, "ms",                                                \
      "How long it may take to find the server of a domain, to connect to it and to hear whether " \
      "a peer's dialback key is its own; then the peer hears remote-server-timeout.")              \
    X(close_ms, 2000, 10, 60000, "ms", "How long a peer may take to end its side of a stream.")    \
    X(max_stanza_bytes, 262144, 10000, 10485760, "bytes",                                          \
      "Largest stanza, both ways; a larger one ends the stream that it comes by "                  \
      "(policy-violation). RFC 6120 13.12 wants 10000 at least.")                                  \
    X(max_depth, 64, 4, 1000, NULL, "Elements in one another, in one stanza.")                     \
    X(max_attributes, 64, 8, 10000, NULL, "Attributes of one element.")                            \
    X(stream_queue_bytes, 1048576, 65536, 1073741824, "bytes", "Unsent bytes on one stream.")      \
    X(max_queued, 1000, 1, 1000000, NULL,                                                          \
      "Stanzas of one pair of domains that wait for a stream, or for an acknowledgement.")         \
    X(queue_bytes, 4194304, 65536, 1073741824, "bytes", "Bytes of those stanzas.")                 \
    X(queue_ms, 30000, 100, 3600000, "ms",                                                         \
      "How long a stanza waits to be acknowledged by its peer before it fails "                    \
      "(remote-server-timeout).")                                                                  \
    X(max_unhandled, 256, 1, 100000, NULL,                                                         \
      "Stanzas of one stream that the SIP side has not answered; beyond them it is not read.")     \
    X(stanza_rate, 2000, 0, 10000000, NULL,                                                        \
      "Stanzas a second of one stream opened to us; a faster one is read more slowly. 0: no "      \
      "limit.")                                                                                    \
    X(keepalive_s, 60, 0, 86400, "s", "A stream silent for so long gets a blank; 0: never.")       \
    X(ping_s, 300, 0, 86400, "s",                                                                  \
      "A stream that has brought nothing for so long is pinged where it can bring an answer; "     \
      "0: never.")                                                                                 \
    X(idle_s, 3600, 0, 604800, "s",                                                                \
      "A stream between servers without stanzas for so long is closed; 0: never.")                 \
    X(retry_min_ms, 1000, 10, 3600000, "ms",                                                       \
      "Pause before a stream is opened again; doubled after each failure, give or take a "         \
      "quarter.")                                                                                  \
    X(retry_max_ms, 120000, 10, 86400000, "ms", "Longest such pause.")

struct stream_limits {
#define STREAM_LIMIT_FIELD(name, dflt, min, max, unit, help) int64_t name;
    STREAM_LIMIT_LIST(STREAM_LIMIT_FIELD)
#undef STREAM_LIMIT_FIELD
};

/** The defaults of the list. */
void stream_limits_default(struct stream_limits *ret);
