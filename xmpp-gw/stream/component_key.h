/* SPDX-License-Identifier: Apache-2.0 */
/* How a component proves itself to its server (XEP-0114 3). */
#pragma once
#include <stdbool.h>

enum { COMPONENT_KEY_BYTES = 41 };

/** Lower-case hex of SHA-1 over stream id and secret; false: out of memory. */
bool component_key(char const *id, char const *secret, char ret[static COMPONENT_KEY_BYTES]);
