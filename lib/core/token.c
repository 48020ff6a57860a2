/* SPDX-License-Identifier: Apache-2.0 */
/* Random names. getrandom(2) is asked in blocks, because a branch per message is a hot path. */
#include "token.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

struct token_pool {
    uint8_t bytes[256];
    size_t used;
};

static _Thread_local struct token_pool pool = { .used = sizeof pool.bytes };

static uint8_t next_byte(void)
{
    if (pool.used == sizeof pool.bytes) {
        /* 256 bytes or fewer are never cut short once the kernel's pool is ready; without
         * randomness every name would be guessable, so going on is not an option. */
        while (getrandom(pool.bytes, sizeof pool.bytes, 0) != (ssize_t)sizeof pool.bytes)
            if (errno != EINTR)
                abort();
        pool.used = 0;
    }
    uint8_t byte = pool.bytes[pool.used];
    pool.bytes[pool.used++] = 0;
    return byte;
}

void token_fill(char *ret, size_t len)
{
    static char const alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

    for (size_t i = 0; i < len; i++)
        ret[i] = alphabet[next_byte() % 32];
    ret[len] = '\0';
}
