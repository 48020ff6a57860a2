/* SPDX-License-Identifier: Apache-2.0 */
/* Statements without rows: one after the other in a transaction of the caller's thread, or each as
 * a job of the store's thread. Inner part of lib/store. Everything returns 0 or a negative errno.
 */
#pragma once
#include "store_db.h"
#include "store_job.h"
#include <stdbool.h>
#include <stdint.h>

enum { STORE_TEXTS_MAX = 21 };

/* Up to STORE_TEXTS_MAX texts; the rest is NULL. */
#define STORE_TEXTS(...) ((char const *const[STORE_TEXTS_MAX]){ __VA_ARGS__ })

/** Runs the statement; its first parameters are @p texts. */
int store_write_texts(struct store_db *db, enum store_statement id,
                      char const *const texts[static STORE_TEXTS_MAX]);

/** Keeps other writers out until store_write_end(). -ESTALE: the number that @p revision gives is
 *  not @p known; 0 is any. */
int store_write_begin(struct store_db *db, enum store_statement revision, int64_t known);

/** Counts the revision up with @p bump and commits, or takes everything back. */
int store_write_end(struct store_db *db, enum store_statement bump, bool commit);

/** store_write_texts() as a job; the texts are copied. */
int store_write_submit(struct store_link *link, enum store_statement statement,
                       char const *const texts[static STORE_TEXTS_MAX], store_done_fn *done,
                       void *ctx);
