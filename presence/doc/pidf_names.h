/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces of presence documents. */
#pragma once

#define PIDF_NS            "urn:ietf:params:xml:ns:pidf"
#define PIDF_NS_DATA_MODEL "urn:ietf:params:xml:ns:pidf:data-model"
#define PIDF_NS_RPID       "urn:ietf:params:xml:ns:pidf:rpid"        /* RFC 4480 */
#define PIDF_NS_RPID_DRAFT "urn:ietf:params:xml:ns:pidf:status:rpid" /* Cisco still writes it */
#define PIDF_NS_RPID_CISCO "urn:cisco:params:xml:ns:pidf:rpid"       /* its own activities */
#define PIDF_NS_CIPID      "urn:ietf:params:xml:ns:pidf:cipid"
#define PIDF_NS_JABBER     "jabber:client"
#define PIDF_NS_CSI        "urn:xmpp:csi:0" /* XEP-0352: a client that is off screen */
