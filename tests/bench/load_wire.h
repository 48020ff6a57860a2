/* SPDX-License-Identifier: Apache-2.0 */
/* A stream socket of a load client: what is to be sent gathers, what has come is cut into SIP
 * messages or lines. One thread, epoll; a socket that breaks ends the program, for a load that has
 * lost a connection measures nothing. */
#pragma once
#include "buf.h"
#include <stdbool.h>
#include <stdint.h>

struct load_wire {
    int fd, epoll;
    bool waits; /* for room to send */
    struct buf in, out;
    size_t read, sent; /* of them */
    char here[64];     /* our address and port */
};

struct load_message {
    char *head; /* ends with NUL behind the line end of its last header */
    char *body;
    size_t body_len;
};

/** Connects and registers with @p epoll; the event's data is the wire. Ends the program if it
 *  cannot. */
void load_wire_tcp(struct load_wire *wire, int epoll, char const *host, unsigned port);
void load_wire_unix(struct load_wire *wire, int epoll, char const *path);
void load_wire_fini(struct load_wire *wire);

/** Sends what stands in out; the rest goes when epoll says so. */
void load_wire_flush(struct load_wire *wire);

/** Reads what has come. */
void load_wire_fill(struct load_wire *wire);

/** The next whole message, or the next whole line without its end. Stands until the next fill.
 *  False: there is none yet. */
bool load_wire_message(struct load_wire *wire, struct load_message *ret);
char *load_wire_line(struct load_wire *wire);

/** The value of the first header of that name at or behind @p from, and its length; NULL: none. */
char const *load_wire_header(char const *from, char const *name, size_t *ret_len);

/** Ends the program with errno. */
void load_wire_die(char const *what) __attribute__((noreturn));

uint64_t load_wire_now_ns(void);
