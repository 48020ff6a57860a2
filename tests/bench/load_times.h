/* SPDX-License-Identifier: Apache-2.0 */
/* What load clients say of themselves and of what they have measured. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/** Seconds of CPU that this process has used. */
double load_times_cpu_s(void);

/** Sorts @p times, so that times[n / 2] is their median. */
void load_times_sort(uint64_t *times, size_t n);
