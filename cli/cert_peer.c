/* SPDX-License-Identifier: Apache-2.0 */
/* Connect, shake hands, keep the chain. */
#include "cert_peer.h"
#include "clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_MAX = 256, PORT_TEXT_MAX = 6 };

struct target {
    char host[HOST_MAX], port[PORT_TEXT_MAX];
};

/* --- connect -----------------------------------------------------------------------------------
 */

static int parse_target(char const *text, struct target *ret, struct cert_fault *fault)
{
    char const *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;

    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (!len || len >= sizeof ret->host || !colon[1] || strlen(colon + 1) >= sizeof ret->port ||
        colon[1 + strspn(colon + 1, "0123456789")])
        return cert_fault_set(fault, "fetch wants HOST:PORT, not \"%s\"", text);
    snprintf(ret->host, sizeof ret->host, "%.*s", (int)len, text);
    snprintf(ret->port, sizeof ret->port, "%s", colon + 1);
    return 0;
}

/* Waits for the socket. Returns 0, or -ETIMEDOUT when the time is over. */
static int wait_for(int fd, short events, uint64_t until_ms)
{
    struct pollfd pfd = { .fd = fd, .events = events };

    for (;;) {
        uint64_t now_ms = clock_now_ms();
        int n = now_ms < until_ms ? poll(&pfd, 1, (int)(until_ms - now_ms)) : 0;
        if (n > 0)
            return 0;
        if (n == 0)
            return -ETIMEDOUT;
        if (errno != EINTR)
            return -errno;
    }
}

static int connect_to(struct addrinfo const *address, uint64_t until_ms)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error = 0;
    socklen_t size = sizeof error;

    if (fd < 0)
        return -errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)
        error = errno;
    else if ((error = -wait_for(fd, POLLOUT, until_ms)) == 0 &&
             getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error) {
        close(fd);
        return -error;
    }
    return fd;
}

static void print_address(struct addrinfo const *address, char *ret, size_t size)
{
    char host[64] = "?", port[8] = "?";

    getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(ret, size, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

/* The addresses of the name in their order. Returns a socket, or -1 with the last fault. */
static int open_socket(struct cert_peer *peer, struct target const *target, uint64_t until_ms,
                       struct cert_fault *fault)
{
    struct addrinfo const hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int fd = -1, error = getaddrinfo(target->host, target->port, &hints, &found);

    if (error)
        return cert_fault_set(fault, "\"%s\" has no address: %s", target->host,
                              gai_strerror(error));
    for (struct addrinfo const *a = found; a && fd < 0; a = a->ai_next) {
        print_address(a, peer->address, sizeof peer->address);
        fd = connect_to(a, until_ms);
        if (fd < 0)
            cert_fault_set(fault, "no connection to %s: %s", peer->address, strerror(-fd));
    }
    freeaddrinfo(found);
    return fd < 0 ? -1 : fd;
}

/* --- handshake ---------------------------------------------------------------------------------
 */

/* Keeps what the peer shows before anything can fail. */
static int on_chain(X509_STORE_CTX *store, void *vpeer)
{
    struct cert_peer *peer = vpeer;

    if (!peer->chain)
        peer->chain = X509_chain_up_ref(X509_STORE_CTX_get0_untrusted(store));
    return 1;
}

/* A peer with two certificates shows the one whose signatures we can read. */
static bool set_type(SSL *ssl, char const *type)
{
    char const *algorithms = strcmp(type, "rsa") == 0
                                 ? "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"
                                   "RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1"
                                 : "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1";

    return SSL_set1_sigalgs_list(ssl, algorithms) == 1;
}

static bool is_address(char const *host)
{
    unsigned char address[16];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Old and weak peers show their certificates as well: nothing secret is said to them. */
static SSL *new_session(SSL_CTX *ctx, struct cert_peer *peer, struct target const *target,
                        struct cert_peer_how const *how)
{
    char const *sni = how->sni ? how->sni : is_address(target->host) ? NULL : target->host;
    SSL *ssl;

    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
    SSL_CTX_set_cipher_list(ctx, "ALL");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, on_chain, peer);
    ssl = SSL_new(ctx);
    if (ssl && (!sni || SSL_set_tlsext_host_name(ssl, sni) == 1) &&
        (!how->type || set_type(ssl, how->type)))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

/* What ended the handshake, in words. */
static void tell_why(struct cert_peer *peer, SSL *ssl, int result, int error)
{
    int kind = SSL_get_error(ssl, result);
    char const *text = ERR_reason_error_string(ERR_peek_error());

    if (error)
        text = strerror(-error);
    else if (kind == SSL_ERROR_SYSCALL || !text)
        text = "the peer closed the connection";
    snprintf(peer->broke_off, sizeof peer->broke_off, "%s", text);
    ERR_clear_error();
}

static void shake(struct cert_peer *peer, SSL *ssl, int fd, uint64_t until_ms)
{
    int result, error = 0;

    ERR_clear_error();
    while ((result = SSL_connect(ssl)) != 1 && error == 0) {
        int kind = SSL_get_error(ssl, result);
        if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE)
            break;
        error = wait_for(fd, kind == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until_ms);
    }
    if (result != 1) {
        tell_why(peer, ssl, result, error);
        return;
    }
    snprintf(peer->version, sizeof peer->version, "%s", SSL_get_version(ssl));
    snprintf(peer->cipher, sizeof peer->cipher, "%s", SSL_get_cipher_name(ssl));
    SSL_shutdown(ssl);
}

int cert_peer_ask(struct cert_peer *ret, char const *target_text, struct cert_peer_how const *how,
                  struct cert_fault *fault)
{
    uint64_t until_ms = clock_now_ms() + (uint64_t)how->timeout_s * 1000;
    struct target target;
    SSL_CTX *ctx = NULL;
    SSL *ssl = NULL;
    int fd = -1, result = -1;

    *ret = (struct cert_peer){ 0 };
    if (parse_target(target_text, &target, fault) < 0 ||
        (fd = open_socket(ret, &target, until_ms, fault)) < 0)
        return -1;
    ctx = SSL_CTX_new(TLS_client_method());
    ssl = ctx ? new_session(ctx, ret, &target, how) : NULL;
    if (!ssl || SSL_set_fd(ssl, fd) != 1) {
        cert_fault_set(fault, "no handshake can be made: %s", cert_fault_reason());
        goto out;
    }
    shake(ret, ssl, fd, until_ms);
    result = sk_X509_num(ret->chain) > 0 ? 0 : -1;
    if (result < 0)
        cert_fault_set(fault, "%s showed no certificate: %s", ret->address,
                       *ret->broke_off ? ret->broke_off : "it has none");
out:
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return result;
}

void cert_peer_fini(struct cert_peer *peer)
{
    sk_X509_pop_free(peer->chain, X509_free);
    *peer = (struct cert_peer){ 0 };
}
