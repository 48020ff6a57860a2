/* SPDX-License-Identifier: Apache-2.0 */
/* Puts CSTA documents into the tap, with the text of <password> masked. */
#pragma once
#include <stddef.h>

struct tap;
struct tap_record;

/** As tap_add(); @p xml is not changed. */
void link_tap_add(struct tap *tap, struct tap_record const *like, char const *xml, size_t len);
