/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the SIP stack, as rows. A program includes them in its configuration schema with
 * STACK_LIMIT_LIST(), so each is a key with a default; lib/sip reads the struct. Units stand in the
 * names. Defaults follow RFC 3261 (timers) and the goals for hostile peers. */
#pragma once
#include <stdint.h>

#define STACK_LIMIT_LIST(X)                                                                        \
    X(max_message_bytes, 65536, 1024, 1048576, "bytes", "Largest SIP message accepted or sent.")   \
    X(max_connections, 4096, 1, 1000000, NULL, "Stream connections in total.")                     \
    X(max_connections_per_host, 1024, 1, 1000000, NULL, "Stream connections of one peer address.") \
    X(half_message_ms, 10000, 100, 600000, "ms", "How long a begun message may stay incomplete.")  \
    X(silent_ms, 5000, 100, 600000, "ms", "How long a new connection may stay without a byte.")    \
    X(idle_ms, 900000, 1000, 86400000, "ms", "Stream connections idle for longer are closed.")     \
    X(connect_ms, 5000, 100, 60000, "ms", "Limit for opening a connection.")                       \
    X(tls_handshake_ms, 5000, 100, 60000, "ms", "Limit for a TLS handshake.")                      \
    X(tls_log_lines, 100, 1, 1000000, NULL,                                                        \
      "Log lines a minute about TLS connections of one address that fail; the rest is counted.")   \
    X(write_queue_bytes, 262144, 4096, 67108864, "bytes",                                          \
      "Unsent bytes on a connection of one client, or on a UDP socket.")                           \
    X(shared_queue_bytes, 67108864, 4096, 1073741824, "bytes",                                     \
      "Unsent bytes on a connection that many clients share, to a next hop or between programs "   \
      "of Crosspoint: a burst waits there while it is opened, or while the other side is busy.")   \
    X(udp_receive_buffer_bytes, 4194304, 65536, 268435456, "bytes", "SO_RCVBUF of UDP sockets.")   \
    X(gather_us, 2000, 0, 10000, "us",                                                             \
      "Under load, how long messages gather before they are read together; 0: never.")             \
    X(udp_switch_bytes, 1300, 200, 65535, "bytes",                                                 \
      "UDP requests larger than this use TCP (RFC 3261 18.1.1); 65535: none.")                     \
    X(udp_only_ms, 60000, 0, 86400000, "ms",                                                       \
      "How long a peer that took no TCP connection gets large requests by UDP.")                   \
    X(t1_ms, 500, 10, 10000, "ms", "RFC 3261 T1.")                                                 \
    X(t2_ms, 4000, 10, 60000, "ms", "RFC 3261 T2.")                                                \
    X(t4_ms, 5000, 10, 60000, "ms", "RFC 3261 T4.")                                                \
    X(timer_c_ms, 181000, 1000, 3600000, "ms", "RFC 3261 timer C of a proxied INVITE.")            \
    X(max_transactions, 200000, 16, 10000000, NULL, "Live transactions; beyond it: 503.")          \
    X(max_late_replies, 100, 0, 100000, NULL,                                                      \
      "Final responses on their way to clients whose connection is gone; 0: none is sent.")        \
    X(max_transactions_per_call, 1000, 4, 100000, NULL,                                            \
      "Unanswered requests of one Call-ID; those received and those sent are counted apart.")

struct stack_limits {
#define STACK_LIMIT_FIELD(name, dflt, min, max, unit, help) int64_t name;
    STACK_LIMIT_LIST(STACK_LIMIT_FIELD)
#undef STACK_LIMIT_FIELD
};

/** The defaults of the list. */
void stack_limits_default(struct stack_limits *ret);
