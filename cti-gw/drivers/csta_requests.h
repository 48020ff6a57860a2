/* SPDX-License-Identifier: Apache-2.0 */
/* The requests of one CSTA link that wait for their answers: invoke IDs, who gets which answer, and
 * the time limit. Every request that a reply function was given for is answered exactly once, at
 * the latest by csta_requests_fail_all(), unless it is forgotten. */
#pragma once
#include "driver.h"
#include "wheel.h"
#include <sys/queue.h>

struct csta_request;

struct csta_requests {
    TAILQ_HEAD(, csta_request) waiting; /* oldest first */
    int64_t n_asked;                    /* those with a reply function */
    unsigned last_id;
    struct wheel *wheel;
    uint64_t limit_ms;
    struct wheel_timer late;
    char const *log_id;
};

/** @p log_id is borrowed. */
void csta_requests_init(struct csta_requests *requests, struct wheel *wheel, int64_t limit_ms,
                        char const *log_id);

/** Forgets all; no answer is given any more. */
void csta_requests_fini(struct csta_requests *requests);

/** Adds the request @p msg; @p reply is NULL for the driver's own. Returns its invoke ID, or
 * -ENOMEM. */
int csta_requests_add(struct csta_requests *requests, struct csta_msg const *msg,
                      driver_reply_fn *reply, void *ctx);

/** For whose sake the request with @p invoke_id was sent: its Call-ID, "" if nobody's. Borrowed
 * until it is answered. */
char const *csta_requests_sake(struct csta_requests const *requests, unsigned invoke_id);

/** Drops a request that could not be sent, without an answer. */
void csta_requests_forget(struct csta_requests *requests, unsigned invoke_id);

/** Gives @p msg to the request with @p invoke_id. Returns 0; -ENOENT if no such request waits for
 * an answer; -EPROTO if it waits for another one: then it has failed. */
int csta_requests_answer(struct csta_requests *requests, unsigned invoke_id,
                         struct csta_msg const *msg);

/** A message of @p type could not be understood: if it answers a request, that has failed. */
void csta_requests_skip(struct csta_requests *requests, unsigned invoke_id, enum csta_type type);

/** Answers all with resourceOutOfService. */
void csta_requests_fail_all(struct csta_requests *requests);
