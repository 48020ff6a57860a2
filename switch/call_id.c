/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how ids are made: boot id and counter. */
#include "call_id.h"
#include "token.h"
#include <inttypes.h>
#include <stdio.h>

void call_id_init(struct call_id_maker *maker)
{
    TOKEN_FILL(maker->boot);
    maker->n = 0;
}

void call_id_next(struct call_id_maker *maker, char ret[static CALL_ID_TEXT])
{
    snprintf(ret, CALL_ID_TEXT, "%s-%06" PRIu64, maker->boot, ++maker->n);
}
