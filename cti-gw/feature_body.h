/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of phones as the codec wants them. Phones of this protocol declare ISO-8859-1, as its
 * examples do; lib/xml reads UTF-8 only. */
#pragma once
#include <sofia-sip/su_alloc.h>
#include <stddef.h>

/** The document @p xml of @p len bytes in UTF-8: itself if it does not declare ISO-8859-1 or
 *  US-ASCII, else a copy in @p home without its declaration. NULL when out of memory. */
char const *feature_body_utf8(su_home_t *home, char const *xml, size_t len, size_t *ret_len);
