/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3339 5.6, read by place. */
#include "pidf_time.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define FIRST_MS INT64_C(-62167219200000) /* 0000-01-01 */
#define LAST_MS  INT64_C(253402300799999) /* 9999-12-31 */

/* Reads @p n digits into a number from @p low to @p high. */
static bool number(char const **at, unsigned n, int low, int high, int *ret)
{
    *ret = 0;
    for (; n > 0; n--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *ret = *ret * 10 + **at - '0';
    }
    return *ret >= low && *ret <= high;
}

static bool is_at(char const **at, char c)
{
    bool found = (**at | 0x20) == (c | 0x20) && **at;

    if (found)
        ++*at;
    return found;
}

static int days_of(int year, int month)
{
    static int const days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool read_date(char const **at, struct tm *tm)
{
    int year, month;

    if (!number(at, 4, 0, 9999, &year) || !is_at(at, '-') || !number(at, 2, 1, 12, &month) ||
        !is_at(at, '-') || !number(at, 2, 1, days_of(year, month), &tm->tm_mday))
        return false;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    return true;
}

/* Digits behind the third are read and forgotten. */
static bool read_time(char const **at, struct tm *tm, int *ret_ms)
{
    int unit = 100;

    *ret_ms = 0;
    if (!number(at, 2, 0, 23, &tm->tm_hour) || !is_at(at, ':') ||
        !number(at, 2, 0, 59, &tm->tm_min) || !is_at(at, ':') || !number(at, 2, 0, 60, &tm->tm_sec))
        return false;
    if (!is_at(at, '.'))
        return true;
    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; ++*at, unit /= 10)
        *ret_ms += (**at - '0') * unit;
    return true;
}

static bool read_zone(char const **at, int *ret_s)
{
    int hours, minutes, sign = **at == '-' ? -1 : 1;

    *ret_s = 0;
    if (is_at(at, 'Z'))
        return true;
    if (**at != '+' && **at != '-')
        return false;
    ++*at;
    if (!number(at, 2, 0, 23, &hours) || !is_at(at, ':') || !number(at, 2, 0, 59, &minutes))
        return false;
    *ret_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

int pidf_time_parse(char const *text, int64_t *ret_ms)
{
    struct tm tm = { 0 };
    int ms, zone_s;

    if (!read_date(&text, &tm) || !is_at(&text, 'T') || !read_time(&text, &tm, &ms) ||
        !read_zone(&text, &zone_s) || *text)
        return -EINVAL;
    *ret_ms = ((int64_t)timegm(&tm) - zone_s) * 1000 + ms;
    return 0;
}

char *pidf_time_print(int64_t ms, char ret[static PIDF_TIME_TEXT])
{
    ms = ms < FIRST_MS ? FIRST_MS : ms > LAST_MS ? LAST_MS : ms;
    int64_t rest_ms = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
    time_t second = (time_t)((ms - rest_ms) / 1000);
    struct tm tm;

    gmtime_r(&second, &tm);
    int len = snprintf(ret, PIDF_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900,
                       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    if (rest_ms)
        snprintf(ret + len, PIDF_TIME_TEXT - (size_t)len, ".%03dZ", (int)rest_ms);
    else
        snprintf(ret + len, PIDF_TIME_TEXT - (size_t)len, "Z");
    return ret;
}
