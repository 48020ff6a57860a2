/* SPDX-License-Identifier: Apache-2.0 */
/* What a stanza gets that nobody here takes: of an account that is not there, an error (RFC 6121
 * 8.5.1, 8.5.2), and a ping of the domain itself its answer (XEP-0199). Pure. */
#pragma once

struct xml_element;
struct xml_tree;

/** The answer, the caller's; NULL: there is to be none, or out of memory. */
struct xml_tree *xmpp_answer(struct xml_element const *stanza);
