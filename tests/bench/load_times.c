/* SPDX-License-Identifier: Apache-2.0 */
/* See load_times.h. */
#include "load_times.h"
#include <stdlib.h>
#include <sys/resource.h>

double load_times_cpu_s(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int by_size(void const *a, void const *b)
{
    uint64_t x = *(uint64_t const *)a, y = *(uint64_t const *)b;

    return (x > y) - (x < y);
}

void load_times_sort(uint64_t *times, size_t n)
{
    qsort(times, n, sizeof *times, by_size);
}
