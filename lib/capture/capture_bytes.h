/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers out of bytes that may stand anywhere, in either byte order. */
#pragma once
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t capture_bytes_be16(void const *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return be16toh(value);
}

static inline uint32_t capture_bytes_be32(void const *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

/** In the byte order of a file: that of this machine unless @p swapped. */
static inline uint16_t capture_bytes_u16(void const *at, bool swapped)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return swapped ? __builtin_bswap16(value) : value;
}

static inline uint32_t capture_bytes_u32(void const *at, bool swapped)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return swapped ? __builtin_bswap32(value) : value;
}

static inline uint64_t capture_bytes_u64(void const *at, bool swapped)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return swapped ? __builtin_bswap64(value) : value;
}
