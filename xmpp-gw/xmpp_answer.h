/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to queries about our addresses (RFC 6121 8.5): what iq_answer.h knows of the address that
 * was asked; messages and presence go elsewhere. */
#pragma once
#include <stdint.h>

struct roster;
struct xml_element;
struct xml_tree;

/** The answer, the caller's; NULL: there is to be none, or out of memory. Only who follows a user,
 *  by @p roster, hears anything of that user. @p up_ms: since when the gateway runs
 *  (clock_now_ms()). */
struct xml_tree *xmpp_answer(struct xml_element const *iq, struct roster const *roster,
                             uint64_t up_ms);
