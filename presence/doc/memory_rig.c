/* SPDX-License-Identifier: Apache-2.0 */
/* Wrappers (ld --wrap) that count. */
#include "memory_rig.h"
#include <sofia-sip/su_alloc.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(char const *text);
void *__real_su_alloc(su_home_t *home, isize_t size);
void *__real_su_zalloc(su_home_t *home, isize_t size);
char *__real_su_strdup(su_home_t *home, char const *text);
void *__real_su_home_new(isize_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(char const *text);
void *__wrap_su_alloc(su_home_t *home, isize_t size);
void *__wrap_su_zalloc(su_home_t *home, isize_t size);
char *__wrap_su_strdup(su_home_t *home, char const *text);
void *__wrap_su_home_new(isize_t size);

static struct {
    long left; /* < 0: none fails */
    bool failed;
} rig = { .left = -1 };

void memory_rig_fail_after(long n)
{
    rig.left = n;
    rig.failed = false;
}

bool memory_rig_has_failed(void)
{
    return rig.failed;
}

static bool fails(void)
{
    if (rig.left < 0 || rig.left-- > 0)
        return false;
    rig.failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(char const *text)
{
    return fails() ? NULL : __real_strdup(text);
}

void *__wrap_su_alloc(su_home_t *home, isize_t size)
{
    return fails() ? NULL : __real_su_alloc(home, size);
}

void *__wrap_su_zalloc(su_home_t *home, isize_t size)
{
    return fails() ? NULL : __real_su_zalloc(home, size);
}

char *__wrap_su_strdup(su_home_t *home, char const *text)
{
    return fails() ? NULL : __real_su_strdup(home, text);
}

void *__wrap_su_home_new(isize_t size)
{
    return fails() ? NULL : __real_su_home_new(size);
}
