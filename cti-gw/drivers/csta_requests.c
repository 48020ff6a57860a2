/* SPDX-License-Identifier: Apache-2.0 */
/* The list of requests that wait. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "csta_requests.h"
#include "clock.h"
#include "csta_frame.h"
#include "log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct csta_request {
    TAILQ_ENTRY(csta_request) link;
    unsigned invoke_id;
    enum csta_type type;
    uint64_t due_ms;
    driver_reply_fn *reply; /* NULL: the driver's own request */
    void *ctx;
    char sake[]; /* Call-ID */
};

static struct csta_request *find(struct csta_requests const *requests, unsigned invoke_id)
{
    struct csta_request *request;

    TAILQ_FOREACH(request, &requests->waiting, link)
    if (request->invoke_id == invoke_id)
        break;
    return request;
}

static void drop(struct csta_requests *requests, struct csta_request *request)
{
    TAILQ_REMOVE(&requests->waiting, request, link);
    requests->n_asked -= request->reply != NULL;
    free(request);
}

static void finish(struct csta_requests *requests, struct csta_request *request,
                   struct csta_msg const *answer)
{
    driver_reply_fn *reply = request->reply;
    void *ctx = request->ctx;

    drop(requests, request);
    if (reply)
        reply(ctx, answer);
}

/* Answers with an error of our own making. */
static void fail(struct csta_requests *requests, struct csta_request *request, char const *value)
{
    struct csta_msg const error = { .type = CSTA_CSTAErrorCode,
                                    .edition = CSTA_ED3,
                                    .error = { CSTA_ERROR_systemResourceAvailibility, value } };

    finish(requests, request, &error);
}

/* All have the same limit, so the oldest is due first. */
static void on_late(struct wheel_timer *timer)
{
    struct csta_requests *requests =
        (struct csta_requests *)((char *)timer - offsetof(struct csta_requests, late));
    uint64_t now = clock_now_ms();
    struct csta_request *request;

    while ((request = TAILQ_FIRST(&requests->waiting)) && request->due_ms <= now) {
        log_warn(requests->log_id, "no answer in time request=%s", csta_type_str(request->type));
        fail(requests, request, "resourceBusy");
    }
    if (request)
        wheel_arm(requests->wheel, &requests->late, request->due_ms - now, on_late);
}

void csta_requests_init(struct csta_requests *requests, struct wheel *wheel, int64_t limit_ms,
                        char const *log_id)
{
    *requests =
        (struct csta_requests){ .wheel = wheel, .limit_ms = (uint64_t)limit_ms, .log_id = log_id };
    TAILQ_INIT(&requests->waiting);
}

void csta_requests_fini(struct csta_requests *requests)
{
    struct csta_request *request;

    wheel_disarm(&requests->late);
    while ((request = TAILQ_FIRST(&requests->waiting)))
        drop(requests, request);
}

/* A number whose answer is still to come must not be given away when the numbers start again. There
 * are more numbers than requests can wait. */
static unsigned choose_id(struct csta_requests *requests)
{
    do
        requests->last_id = (requests->last_id + 1) % CSTA_INVOKE_EVENT;
    while (find(requests, requests->last_id));
    return requests->last_id;
}

int csta_requests_add(struct csta_requests *requests, struct csta_msg const *msg,
                      driver_reply_fn *reply, void *ctx)
{
    char const *sake = msg->sake_call_id ? msg->sake_call_id : "";
    size_t size = strlen(sake) + 1;
    struct csta_request *request = calloc(1, sizeof *request + size);

    if (!request)
        return -ENOMEM;
    *request = (struct csta_request){ .invoke_id = choose_id(requests),
                                      .type = msg->type,
                                      .due_ms = clock_now_ms() + requests->limit_ms,
                                      .reply = reply,
                                      .ctx = ctx };
    memcpy(request->sake, sake, size);
    TAILQ_INSERT_TAIL(&requests->waiting, request, link);
    requests->n_asked += reply != NULL;
    if (!requests->late.armed)
        wheel_arm(requests->wheel, &requests->late, requests->limit_ms, on_late);
    return (int)request->invoke_id;
}

char const *csta_requests_sake(struct csta_requests const *requests, unsigned invoke_id)
{
    struct csta_request const *request = find(requests, invoke_id);

    return request ? request->sake : "";
}

void csta_requests_forget(struct csta_requests *requests, unsigned invoke_id)
{
    struct csta_request *request = find(requests, invoke_id);

    if (request)
        drop(requests, request);
}

int csta_requests_answer(struct csta_requests *requests, unsigned invoke_id,
                         struct csta_msg const *msg)
{
    struct csta_request *request = find(requests, invoke_id);

    /* Both sides number their own requests, so the switch's may have the number of one of ours. */
    if (!request || csta_is_service(msg->type))
        return -ENOENT;
    if (msg->type == CSTA_CSTAErrorCode || !csta_is_service(request->type) ||
        msg->type == csta_response_of(request->type)) {
        finish(requests, request, msg);
        return 0;
    }
    fail(requests, request, "resourceOutOfService");
    return -EPROTO;
}

void csta_requests_skip(struct csta_requests *requests, unsigned invoke_id, enum csta_type type)
{
    struct csta_request *request = find(requests, invoke_id);

    if (request && type != CSTA_NONE && type == csta_response_of(request->type))
        fail(requests, request, "resourceOutOfService");
}

void csta_requests_fail_all(struct csta_requests *requests)
{
    struct csta_request *request;

    wheel_disarm(&requests->late);
    while ((request = TAILQ_FIRST(&requests->waiting)))
        fail(requests, request, "resourceOutOfService");
}
