/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2 prints what goes wrong outside of a reader (out of memory, mostly) to stderr, past our
 * log. Its switch for that is one per thread. */
#pragma once

/** Makes libxml2 silent in this thread. Cheap: called for every reader and writer. */
void xml_silence(void);
