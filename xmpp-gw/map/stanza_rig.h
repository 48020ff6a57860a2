/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas from text and as text, for tests. */
#pragma once

struct xml_tree;

/** Reads one stanza as it stands in a stream of STANZA_NS, through the parser of lib/xml. NULL:
 * that refuses it. */
struct xml_tree *stanza_rig_read(char const *xml);

/** The stanza as text, with STANZA_NS as the default namespace; for the caller to free. */
char *stanza_rig_text(struct xml_tree const *tree);
