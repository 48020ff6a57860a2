/* SPDX-License-Identifier: Apache-2.0 */
/* Times as people read them: UTC, like the logs. */
#pragma once
#include <stdint.h>

enum { TIME_TEXT = 32 };

/** "05:49:40.123" of microseconds since 1970. Returns @p text. */
char const *time_text_clock(uint64_t wall_us, char text[static TIME_TEXT]);

/** "2026-11-21T05:49:40.123456Z". Returns @p text. */
char const *time_text_full(uint64_t wall_us, char text[static TIME_TEXT]);
