/* SPDX-License-Identifier: Apache-2.0 */
/* Printing of time stamps. */
#include "time_text.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

char const *time_text_clock(uint64_t wall_us, char text[static TIME_TEXT])
{
    unsigned long long ms = wall_us / 1000 % 86400000;

    snprintf(text, TIME_TEXT, "%02llu:%02llu:%02llu.%03llu", ms / 3600000, ms / 60000 % 60,
             ms / 1000 % 60, ms % 1000);
    return text;
}

char const *time_text_full(uint64_t wall_us, char text[static TIME_TEXT])
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm tm = { 0 };
    size_t len;

    gmtime_r(&seconds, &tm);
    len = strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + len, TIME_TEXT - len, ".%06uZ", (unsigned)(wall_us % 1000000));
    return text;
}
