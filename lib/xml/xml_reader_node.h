/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's place in libxml2's tree. Inner part of lib/xml. */
#pragma once
#include <libxml/tree.h>

struct xml_reader;

/** The current node, whose ancestors are there, too; NULL behind the end and after a fault. */
xmlNodePtr xml_reader_node(struct xml_reader const *reader);
