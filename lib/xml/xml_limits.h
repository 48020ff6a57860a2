/* SPDX-License-Identifier: Apache-2.0 */
/* How much XML we take from somebody at once. */
#pragma once
#include <stddef.h>

struct xml_limits {
    size_t max_bytes;        /* of a document; of one child in a stream. 65536 */
    unsigned max_depth;      /* elements that are open at once, the root included. 32 */
    unsigned max_attributes; /* of one element. 64 */
};
extern struct xml_limits const xml_limits_default;
