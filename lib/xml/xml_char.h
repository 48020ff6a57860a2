/* SPDX-License-Identifier: Apache-2.0 */
/* The characters that XML 1.0 allows (production 2), in UTF-8. */
#pragma once
#include <stddef.h>

/** Length in bytes of the valid character at @p text, 0 if there is none: broken UTF-8, a control
 *  character, a surrogate, U+FFFE or U+FFFF. @p text < @p end. */
size_t xml_char_len(char const *text, char const *end);

/** First position of @p text that is not a valid character; @p end when all are. */
char const *xml_char_span(char const *text, char const *end);
