/* SPDX-License-Identifier: Apache-2.0 */
/* A SIP peer for tests: a raw socket on 127.0.0.1 that sends text as it is and takes one message at
 * a time. It knows nothing of SIP but where a message ends. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>

enum { WIRE_PEER_MAX = 16384 };

struct wire_peer {
    bool stream;
    int fd;        /* UDP socket, or the TCP connection; -1: none yet */
    int listen_fd; /* -1: none */
    uint16_t port; /* own */
    size_t len;
    char rx[WIRE_PEER_MAX];
};

/** Opens a UDP socket, or a TCP listener, on a free port. Ends the test on failure. */
void wire_peer_open(struct wire_peer *peer, bool stream);

/** Opens a TCP connection to @p port. Ends the test on failure. */
void wire_peer_connect(struct wire_peer *peer, uint16_t port);
void wire_peer_close(struct wire_peer *peer);

/** Sends @p text; UDP: to @p port. */
void wire_peer_send(struct wire_peer *peer, uint16_t port, char const *text);

/** Takes the next message if one is complete: true, and its text in @p ret. Never waits. */
bool wire_peer_take(struct wire_peer *peer, char ret[static WIRE_PEER_MAX]);

/** Value of the @p nth header named @p name (as spelt, from 0) in @p text, or "". Static storage.
 */
char const *wire_peer_header(char const *text, char const *name, unsigned nth);

/** Writes the answer to @p request: @p status ("200 OK"), To tag (may be ""), further header lines;
 *  Via, Record-Route, From, Call-ID and CSeq are copied. */
void wire_peer_answer(char ret[static WIRE_PEER_MAX], char const *request, char const *status,
                      char const *to_tag, char const *headers);
