/* SPDX-License-Identifier: Apache-2.0 */
/* What a REGISTER asks for, read into values (RFC 3261 §10.3 steps 6 and 7, RFC 3327). Pure. */
#pragma once
#include "location.h"
#include "refusal.h"
#include <sofia-sip/sip.h>
#include <sofia-sip/su_alloc.h>

struct origin;
struct registrar_conf;

/** Fills what @p ret has of the message; its aor, persist and ctx are the caller's. Strings live in
 *  @p home and in the message. Returns REFUSAL_NONE; or why not, and perhaps a better phrase than
 *  the refusal's own in *@p ret_phrase (static text, else NULL). */
enum refusal registrar_read(struct registrar_conf const *conf, sip_t const *sip,
                            struct origin const *origin, su_home_t *home,
                            struct location_update *ret, char const **ret_phrase);
