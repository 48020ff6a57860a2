/* SPDX-License-Identifier: Apache-2.0 */
/* Sending to a HEP collector: see hep_peer.h. */
#include "hep_peer.h"
#include "alarm.h"
#include "buf.h"
#include "capture_alarms.h"
#include "capture_metrics.h"
#include "log.h"
#include "wheel.h"
#include <errno.h>
#include <stdlib.h>

enum { FIRST_RETRY_MS = 1000, LAST_RETRY_MS = 60000, READ_SIZE = 4096 };

enum state { WAITING, CONNECTING, CONNECTED };

/* A connection lives until libuv has closed it, which may be after the peer is freed. */
struct connection {
    uv_tcp_t tcp;
    struct hep_peer *peer; /* NULL: given up */
    uv_connect_t connect;
    uv_write_t write;
    struct buf flight; /* what is being written */
    uint64_t n_flight; /* packets in it */
    char scratch[READ_SIZE];
};

struct hep_peer {
    struct hep_peer_options options;
    struct hep_peer_counts counts;
    uv_udp_t *udp; /* NULL: TCP */
    enum state state;
    struct connection *connection;
    struct buf queue;
    uint64_t n_queue; /* packets in it */
    struct wheel_timer retry;
    uint64_t retry_ms;
    bool is_down; /* which has been said */
};

static void drop(struct hep_peer *peer, uint64_t n)
{
    peer->counts.dropped += n;
    met_add(&capture_metrics, M_hep_dropped, (int64_t)n);
}

static void count_sent(struct hep_peer *peer, uint64_t n)
{
    peer->counts.sent += n;
    met_add(&capture_metrics, M_hep_sent, (int64_t)n);
}

/* --- TCP -------------------------------------------------------------------------------------- */

static void start(struct hep_peer *peer);

static void on_retry(struct wheel_timer *timer)
{
    start((struct hep_peer *)((char *)timer - offsetof(struct hep_peer, retry)));
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = (struct connection *)handle;

    buf_fini(&connection->flight);
    free(connection);
}

static void give_up(struct hep_peer *peer)
{
    struct connection *connection = peer->connection;

    if (!connection)
        return;
    if (peer->state == CONNECTED)
        met_add(&capture_metrics, M_hep_connected, -1);
    drop(peer, connection->n_flight);
    connection->peer = NULL;
    peer->connection = NULL;
    peer->state = WAITING;
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

static void fail(struct hep_peer *peer, int error)
{
    give_up(peer);
    met_inc(&capture_metrics, M_hep_failures);
    if (!peer->is_down)
        log_warn(NULL, "HEP collector not reached to=%s error=\"%s\"", peer->options.name,
                 uv_strerror(error));
    peer->is_down = true;
    alarm_raise(peer->options.alarms, CAPTURE_ALARM_hep_down, peer->options.name);
    wheel_arm(peer->options.wheel, &peer->retry, peer->retry_ms, on_retry);
    peer->retry_ms = peer->retry_ms * 2 < LAST_RETRY_MS ? peer->retry_ms * 2 : LAST_RETRY_MS;
}

static void write_queue(struct hep_peer *peer);

static void on_written(uv_write_t *req, int status)
{
    struct connection *connection = req->data;
    struct hep_peer *peer = connection->peer;

    if (!peer)
        return;
    if (status < 0) {
        fail(peer, status);
        return;
    }
    count_sent(peer, connection->n_flight);
    connection->n_flight = 0;
    buf_reset(&connection->flight);
    /* A collector that takes what it is sent is a good one; one that only accepts is not. */
    peer->retry_ms = FIRST_RETRY_MS;
    write_queue(peer);
}

static void write_queue(struct hep_peer *peer)
{
    struct connection *connection = peer->connection;
    struct buf spare;
    uv_buf_t bytes;
    int error;

    if (peer->state != CONNECTED || connection->n_flight || peer->n_queue == 0)
        return;
    spare = connection->flight;
    connection->flight = peer->queue;
    peer->queue = spare;
    connection->n_flight = peer->n_queue;
    peer->n_queue = 0;
    bytes = uv_buf_init(connection->flight.data, (unsigned)connection->flight.len);
    connection->write.data = connection;
    error = uv_write(&connection->write, (uv_stream_t *)&connection->tcp, &bytes, 1, on_written);
    if (error < 0)
        fail(peer, error);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct connection *connection = (struct connection *)handle;

    (void)suggested;
    *ret = uv_buf_init(connection->scratch, READ_SIZE);
}

/* A collector has nothing to say; but that it has gone must be seen. */
static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *bytes)
{
    struct connection *connection = (struct connection *)stream;

    (void)bytes;
    if (n < 0 && connection->peer)
        fail(connection->peer, (int)n);
}

static void on_connect(uv_connect_t *req, int status)
{
    struct connection *connection = req->data;
    struct hep_peer *peer = connection->peer;

    if (!peer)
        return;
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read);
    if (status < 0) {
        fail(peer, status);
        return;
    }
    peer->state = CONNECTED;
    peer->is_down = false;
    met_inc(&capture_metrics, M_hep_connected);
    log_info(NULL, "HEP collector connected to=%s", peer->options.name);
    alarm_clear(peer->options.alarms, CAPTURE_ALARM_hep_down, peer->options.name);
    write_queue(peer);
}

static void start(struct hep_peer *peer)
{
    struct connection *connection = calloc(1, sizeof *connection);
    int error = connection ? uv_tcp_init(peer->options.loop, &connection->tcp) : UV_ENOMEM;

    if (error < 0) {
        free(connection);
        fail(peer, error);
        return;
    }
    buf_init(&connection->flight, peer->options.max_queue);
    connection->peer = peer;
    connection->connect.data = connection;
    peer->connection = connection;
    peer->state = CONNECTING;
    error =
        uv_tcp_connect(&connection->connect, &connection->tcp, &peer->options.to.sa, on_connect);
    if (error < 0)
        fail(peer, error);
}

static void send_tcp(struct hep_peer *peer, void const *packet, size_t len)
{
    if (peer->queue.len + len > peer->options.max_queue) {
        drop(peer, 1);
        return;
    }
    buf_add(&peer->queue, packet, len);
    if (!buf_ok(&peer->queue)) {
        drop(peer, peer->n_queue + 1);
        peer->n_queue = 0;
        buf_reset(&peer->queue);
        return;
    }
    peer->n_queue++;
    write_queue(peer);
}

/* --- both ------------------------------------------------------------------------------------- */

static void send_udp(struct hep_peer *peer, void const *packet, size_t len)
{
    uv_buf_t bytes = uv_buf_init((char *)packet, (unsigned)len);

    if (uv_udp_try_send(peer->udp, &bytes, 1, &peer->options.to.sa) < 0)
        drop(peer, 1);
    else
        count_sent(peer, 1);
}

void hep_peer_send(struct hep_peer *peer, void const *packet, size_t len)
{
    if (peer->udp)
        send_udp(peer, packet, len);
    else
        send_tcp(peer, packet, len);
}

void hep_peer_drop(struct hep_peer *peer)
{
    drop(peer, 1);
}

char const *hep_peer_state(struct hep_peer const *peer)
{
    static char const *const names[] = { "waiting", "connecting", "connected" };

    return peer->udp ? "udp" : names[peer->state];
}

struct hep_peer_counts hep_peer_counts(struct hep_peer const *peer)
{
    struct hep_peer_counts counts = peer->counts;

    counts.waiting = peer->queue.len + (peer->connection ? peer->connection->flight.len : 0);
    return counts;
}

static void on_udp_closed(uv_handle_t *handle)
{
    free(handle);
}

struct hep_peer *hep_peer_new(struct hep_peer_options const *options)
{
    struct hep_peer *peer = calloc(1, sizeof *peer);

    if (!peer)
        return NULL;
    peer->options = *options;
    peer->retry_ms = FIRST_RETRY_MS;
    buf_init(&peer->queue, options->max_queue);
    if (options->tcp) {
        start(peer);
        return peer;
    }
    peer->udp = malloc(sizeof *peer->udp);
    if (!peer->udp || uv_udp_init(options->loop, peer->udp) < 0) {
        free(peer->udp);
        free(peer);
        return NULL;
    }
    return peer;
}

void hep_peer_free(struct hep_peer **ppeer)
{
    struct hep_peer *peer = *ppeer;

    *ppeer = NULL;
    if (!peer)
        return;
    give_up(peer);
    wheel_disarm(&peer->retry);
    if (peer->udp)
        uv_close((uv_handle_t *)peer->udp, on_udp_closed);
    buf_fini(&peer->queue);
    free(peer);
}
