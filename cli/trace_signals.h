/* SPDX-License-Identifier: Apache-2.0 */
/* SIGINT, SIGTERM and SIGHUP as something to wait for, so that no handler interrupts anything. */
#pragma once
#include <stdbool.h>

/** From now on the signals do nothing by themselves. Returns what gets readable when one has come,
 *  or a negative errno. */
int trace_signals_open(void);

/** Waits for one of them, or until @p other (-1: none) can be read, or for @p timeout_ms (-1: for
 *  ever). True: one has come, or nothing can come from @p other any more. */
bool trace_signals_wait(int fd, int other, int timeout_ms);
