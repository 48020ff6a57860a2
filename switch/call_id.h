/* SPDX-License-Identifier: Apache-2.0 */
/* Names for calls, monitors and sessions that no earlier run of this program has given out.
 *
 * A client may still hold ids of a run that died; a boot id in front keeps the new ones apart. */
#pragma once
#include <stdint.h>

enum { CALL_ID_BOOT = 6, CALL_ID_TEXT = 32 };

struct call_id_maker {
    char boot[CALL_ID_BOOT + 1];
    uint64_t n;
};

/** Starts the sequence with a fresh boot id. */
void call_id_init(struct call_id_maker *maker);

/** Writes the next id, "boot-000001". */
void call_id_next(struct call_id_maker *maker, char ret[static CALL_ID_TEXT]);
