/* SPDX-License-Identifier: Apache-2.0 */
/* What people and programs dial, brought to the one spelling that lines are found by. */
#pragma once

enum { NUMBER_MAX = 32 };

/** Reduces @p text to its number: "2002", "tel:2002;phone-context=dialstring", "tel:+39 02-123",
 *  "sip:2002@example.test". Parameters and visual separators go. Returns 0, or -EINVAL when no
 *  dialable number of at most NUMBER_MAX characters is left. */
int number_parse(char const *text, char ret[static NUMBER_MAX + 1]);
