/* SPDX-License-Identifier: Apache-2.0 */
/* Responses to REGISTER, with what belongs in each (RFC 3261 §10.3 step 8, RFC 3327, RFC 3608). */
#pragma once
#include <sofia-sip/msg_types.h>

struct location_list;
struct registrar_conf;
struct server_transaction;

/** New 200 with the contacts of @p list (NULL: none), Path and Service-Route. NULL when out of
 *  memory. */
msg_t *registrar_answer_bindings(struct registrar_conf const *conf, struct server_transaction *st,
                                 struct location_list const *list);

/** New response without a body; @p header is one more header line, "" for none. NULL when out of
 *  memory. */
msg_t *registrar_answer_refusal(struct server_transaction *st, int status, char const *phrase,
                                char const *header);
