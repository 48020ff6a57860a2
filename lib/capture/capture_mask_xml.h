/* SPDX-License-Identifier: Apache-2.0 */
/* Masks the content of elements of XML that hold secrets or the words of people. Inner part of
 * capture_mask.c. */
#pragma once
#include <stddef.h>

enum capture_mask_xml_kind {
    CAPTURE_MASK_XML_CSTA = 1,
    CAPTURE_MASK_XML_XMPP = 2,
    CAPTURE_MASK_XML_PRESENCE = 4, /* PIDF and other event packages */
};

/** Masks @p bytes, a document or a piece of one, in their place. */
void capture_mask_xml(enum capture_mask_xml_kind kind, char *bytes, size_t len);
