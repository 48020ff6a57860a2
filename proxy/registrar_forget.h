/* SPDX-License-Identifier: Apache-2.0 */
/* Taking all contacts of an address of record away, by the administrator. */
#pragma once
#include "store.h"

struct registrar_worker;

/** Removes them at once; @p done is called when that is durable. Returns 0, or a negative errno and
 *  @p done is not called: nothing has changed then. */
int registrar_forget(struct registrar_worker *worker, char const *aor, store_done_fn *done,
                     void *ctx);
