/* SPDX-License-Identifier: Apache-2.0 */
/* Raw SIP peer for tests: see wire_peer.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire_peer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons(port),
    };
}

static int bind_free_port(int type, uint16_t *ret_port)
{
    struct sockaddr_in addr = loopback(0);
    socklen_t len = sizeof addr;
    int fd = socket(AF_INET, type, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    *ret_port = ntohs(addr.sin_port);
    return fd;
}

void wire_peer_open(struct wire_peer *peer, bool stream)
{
    memset(peer, 0, sizeof *peer);
    peer->stream = stream;
    peer->fd = peer->listen_fd = -1;
    int fd = bind_free_port(stream ? SOCK_STREAM : SOCK_DGRAM, &peer->port);
    if (stream) {
        assert_int_equal(listen(fd, 8), 0);
        peer->listen_fd = fd;
    } else {
        peer->fd = fd;
    }
}

void wire_peer_connect(struct wire_peer *peer, uint16_t port)
{
    struct sockaddr_in addr = loopback(port);
    memset(peer, 0, sizeof *peer);
    peer->stream = true;
    peer->listen_fd = -1;
    peer->fd = bind_free_port(SOCK_STREAM, &peer->port);
    int error = connect(peer->fd, (struct sockaddr *)&addr, sizeof addr);
    assert_true(error == 0 || errno == EINPROGRESS);
}

void wire_peer_close(struct wire_peer *peer)
{
    if (peer->fd >= 0)
        close(peer->fd);
    if (peer->listen_fd >= 0)
        close(peer->listen_fd);
    peer->fd = peer->listen_fd = -1;
}

void wire_peer_send(struct wire_peer *peer, uint16_t port, char const *text)
{
    struct sockaddr_in addr = loopback(port);
    size_t len = strlen(text);
    ssize_t n = peer->stream
                    ? send(peer->fd, text, len, MSG_NOSIGNAL)
                    : sendto(peer->fd, text, len, 0, (struct sockaddr *)&addr, sizeof addr);
    assert_int_equal(n, len);
}

/* Bytes of the first message in rx, 0: not complete. Leading line ends are keep-alives. */
static size_t first_message(struct wire_peer *peer)
{
    size_t skip = strspn(peer->rx, "\r\n");
    memmove(peer->rx, peer->rx + skip, peer->len - skip + 1);
    peer->len -= skip;
    char const *end = strstr(peer->rx, "\r\n\r\n");
    if (!end)
        return 0;
    size_t body = strtoul(wire_peer_header(peer->rx, "Content-Length", 0), NULL, 10);
    size_t len = (size_t)(end - peer->rx) + 4 + body;
    return len <= peer->len ? len : 0;
}

bool wire_peer_take(struct wire_peer *peer, char ret[static WIRE_PEER_MAX])
{
    if (peer->fd < 0 && peer->listen_fd >= 0) {
        peer->fd = accept(peer->listen_fd, NULL, NULL);
        if (peer->fd >= 0)
            assert_int_equal(fcntl(peer->fd, F_SETFL, O_NONBLOCK), 0);
    }
    if (peer->fd < 0)
        return false;
    size_t room = sizeof peer->rx - 1 - peer->len;
    ssize_t n = recv(peer->fd, peer->rx + peer->len, room, 0);
    if (n > 0)
        peer->len += (size_t)n;
    peer->rx[peer->len] = '\0';
    size_t len = peer->stream ? first_message(peer) : peer->len;
    if (len == 0)
        return false;
    memcpy(ret, peer->rx, len);
    ret[len] = '\0';
    peer->len -= len;
    memmove(peer->rx, peer->rx + len, peer->len + 1);
    return true;
}

char const *wire_peer_header(char const *text, char const *name, unsigned nth)
{
    static char value[1000];
    size_t len = strlen(name);
    value[0] = '\0';
    for (char const *line = strstr(text, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        char const *start = line + 2;
        if (strncmp(start, name, len) != 0 || start[len] != ':' || nth-- > 0)
            continue;
        start += len + 1 + strspn(start + len + 1, " ");
        (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\r"), start);
        break;
    }
    return value;
}

void wire_peer_answer(char ret[static WIRE_PEER_MAX], char const *request, char const *status,
                      char const *to_tag, char const *headers)
{
    static char const *const copied[] = { "Via", "Record-Route", "From", "Call-ID", "CSeq" };
    size_t len = (size_t)snprintf(ret, WIRE_PEER_MAX, "SIP/2.0 %s\r\n", status);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        for (unsigned nth = 0; *wire_peer_header(request, copied[i], nth); nth++)
            len += (size_t)snprintf(ret + len, WIRE_PEER_MAX - len, "%s: %s\r\n", copied[i],
                                    wire_peer_header(request, copied[i], nth));
    }
    (void)snprintf(ret + len, WIRE_PEER_MAX - len, "To: %s%s%s\r\n%sContent-Length: 0\r\n\r\n",
                   wire_peer_header(request, "To", 0), *to_tag ? ";tag=" : "", to_tag, headers);
}
