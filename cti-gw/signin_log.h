/* SPDX-License-Identifier: Apache-2.0 */
/* The last sign-ins that were refused, for whoever looks for the cause afterwards (`show signins`).
 *
 * Bounded (cti.refused_signins): the oldest goes. A client that tries the same again and again has
 * one entry that counts, so it drives nobody else's out. */
#pragma once
#include <jansson.h>
#include <stdint.h>
#include <sys/queue.h>

enum { SIGNIN_LOG_TEXT = 120, SIGNIN_LOG_WHY = 200 };

struct signin_log_entry {
    TAILQ_ENTRY(signin_log_entry) link;
    uint64_t wall_us; /* of the last time */
    uint64_t times;
    int status;
    char user[SIGNIN_LOG_TEXT], line[SIGNIN_LOG_TEXT], peer[SIGNIN_LOG_TEXT], why[SIGNIN_LOG_WHY];
};

struct signin_log {
    TAILQ_HEAD(signin_log_list, signin_log_entry) entries; /* the newest first */
    size_t n, max;
};

void signin_log_init(struct signin_log *log, size_t max);
void signin_log_fini(struct signin_log *log);

/** Notes a refusal: @p user is user@host of From, @p line what was asked for ("" if unknown), @p
 *  peer where it came from, @p why what the client was told. Copies, cut and in printable ASCII. */
void signin_log_add(struct signin_log *log, char const *user, char const *line, char const *peer,
                    int status, char const *why);

/** Rows: time, user, line, from, status, reason, times. */
void signin_log_rows(struct signin_log const *log, json_t *table);
