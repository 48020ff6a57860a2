/* SPDX-License-Identifier: Apache-2.0 */
/* A queue is there while something waits in it. */
#include "im_queue.h"
#include "stack.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct waiting {
    STAILQ_ENTRY(waiting) link;
    msg_t *msg; /* NULL: it has been sent */
    im_queue_done_fn *done;
    void *ctx;
};

struct im_queue {
    struct htab_entry by_address;
    struct im_queues *all;
    STAILQ_HEAD(, waiting) list; /* the first is under way */
    size_t n;
    struct outgoing *outgoing;
    int failed; /* status for a message that got no answer */
    char address[];
};

static bool send_first(struct im_queue *queue);

static void waiting_free(struct waiting *waiting)
{
    if (waiting->msg)
        msg_destroy(waiting->msg);
    free(waiting);
}

static void queue_free(struct im_queue *queue)
{
    htab_remove(&queue->all->by_address, &queue->by_address);
    free(queue);
}

static void drop_first(struct im_queue *queue)
{
    struct waiting *first = STAILQ_FIRST(&queue->list);

    STAILQ_REMOVE_HEAD(&queue->list, link);
    queue->n--;
    xmpp_gauge(M_messages_waiting, -1);
    waiting_free(first);
}

/* The next one goes before the answer is told: whoever hears it may add another. */
static void finish(struct im_queue *queue, int status, char const *phrase, char const *contact)
{
    struct waiting *first = STAILQ_FIRST(&queue->list);
    im_queue_done_fn *done = first->done;
    void *ctx = first->ctx;

    queue->outgoing = NULL;
    drop_first(queue);
    if (STAILQ_EMPTY(&queue->list))
        queue_free(queue);
    else if (!send_first(queue))
        finish(queue, 500, "Out of memory", NULL);
    done(ctx, status, phrase, contact);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct im_queue *queue = ctx;
    sip_t const *sip = sip_object(response);
    int status = sip->sip_status->st_status;
    bool is_moved = status / 100 == 3 && sip->sip_contact;

    (void)ct;
    if (status < 200)
        return;
    outgoing_detach(queue->outgoing);
    finish(queue, status, sip->sip_status->st_phrase,
           is_moved ? url_as_string(msg_home(response), sip->sip_contact->m_url) : NULL);
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct im_queue *queue = ctx;

    (void)ct;
    queue->failed = why == TRANSACTION_TIMEOUT ? 408 : 503;
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct im_queue *queue = ctx;

    (void)ct;
    finish(queue, queue->failed ? queue->failed : 503,
           queue->failed == 408 ? "No answer" : "The SIP side cannot be reached", NULL);
}

static bool send_first(struct im_queue *queue)
{
    static struct client_handlers const handlers = { on_response, on_failure, on_gone };
    struct waiting *first = STAILQ_FIRST(&queue->list);
    msg_t *msg = first->msg;

    first->msg = NULL;
    queue->failed = 0;
    queue->outgoing = stack_send(queue->all->stack, msg, queue->all->next_hop, &handlers, queue);
    return queue->outgoing != NULL;
}

/* --- the table -------------------------------------------------------------------------------- */

static bool match(struct htab_entry const *entry, void const *address)
{
    return strcmp(((struct im_queue const *)entry)->address, address) == 0;
}

static struct im_queue *get(struct im_queues *all, char const *address)
{
    uint64_t hash = htab_hash(address, strlen(address), 0);
    struct im_queue *queue = (struct im_queue *)htab_find(&all->by_address, hash, match, address);

    if (queue)
        return queue;
    queue = calloc(1, sizeof *queue + strlen(address) + 1);
    if (!queue || htab_insert(&all->by_address, &queue->by_address, hash) < 0) {
        free(queue);
        return NULL;
    }
    queue->all = all;
    memcpy(queue->address, address, strlen(address) + 1);
    STAILQ_INIT(&queue->list);
    return queue;
}

static int append(struct im_queue *queue, struct waiting const *what)
{
    struct waiting *waiting;

    if (queue->n >= queue->all->max)
        return -ENOBUFS;
    if (!(waiting = malloc(sizeof *waiting)))
        return -ENOMEM;
    *waiting = *what;
    STAILQ_INSERT_TAIL(&queue->list, waiting, link);
    queue->n++;
    xmpp_gauge(M_messages_waiting, 1);
    return 0;
}

int im_queue_add(struct im_queues *all, char const *address, msg_t *msg, im_queue_done_fn *done,
                 void *ctx)
{
    struct waiting const waiting = { .msg = msg, .done = done, .ctx = ctx };
    struct im_queue *queue = get(all, address);
    int err = queue ? append(queue, &waiting) : -ENOMEM;

    if (err < 0) {
        msg_destroy(msg);
    } else if (queue->n == 1 && !send_first(queue)) {
        drop_first(queue);
        err = -ENOMEM;
    }
    if (queue && !queue->n)
        queue_free(queue);
    return err;
}

void im_queues_init(struct im_queues *all, struct stack *stack, url_t const *next_hop, size_t max)
{
    *all = (struct im_queues){ .stack = stack, .next_hop = next_hop, .max = max };
    htab_init(&all->by_address);
}

static void end_queue(struct im_queue *queue)
{
    if (queue->outgoing)
        outgoing_detach(queue->outgoing);
    while (queue->n) {
        struct waiting const first = *STAILQ_FIRST(&queue->list);
        drop_first(queue);
        first.done(first.ctx, 503, "The gateway stops", NULL);
    }
    queue_free(queue);
}

void im_queues_fini(struct im_queues *all)
{
    struct htab_entry *entry;

    while ((entry = htab_next(&all->by_address, NULL)))
        end_queue((struct im_queue *)entry);
    htab_fini(&all->by_address);
}
