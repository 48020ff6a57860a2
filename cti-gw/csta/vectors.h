/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and their documents byte for byte, written down from the schema and not from the rows;
 * test_csta_encode.c checks them. A vector without a document ends each table. */
#pragma once
#include "csta.h"

struct vector {
    struct csta_msg msg;
    char const *xml;
};

extern struct vector const vectors_call[], vectors_device[], vectors_event[];

#define DECL              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NS3               "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
#define NS354             "http://www.ecma-international.org/standards/ecma-354/appl_session"
#define IN(ns, name, in)  DECL "<" name " xmlns=\"" ns "\">" in "</" name ">"
#define CSTA(name, in)    IN(NS3, name, in)
#define SESSION(name, in) IN(NS354, name, in)
#define EMPTY(name)       DECL "<" name " xmlns=\"" NS3 "\"/>"
#define ID(element, id)   "<" element "><deviceIdentifier>" id "</deviceIdentifier></" element ">"
#define CONN(element)                                                                              \
    "<" element "><callID>b3-41</callID><deviceID>2001</deviceID>"                                 \
    "</" element ">"
#define DATA         "<correlatorData>c</correlatorData><userData>u</userData>"
#define XREF         "<monitorCrossRefID>m1</monitorCrossRefID>"
#define LCI(state)   "<localConnectionInfo>" state "</localConnectionInfo>"
#define CAUSE(cause) "<cause>" cause "</cause>"
/* clang-format off */
#define DEVICE(text) { .kind = CSTA_DEVICE_IDENTIFIER, .id = text }
#define BOTH { .call_id = "b3-41", .device_id = "2001" }
/* clang-format on */
#define EVENT(name) .type = CSTA_##name, .edition = CSTA_ED3, .monitor_xref = "m1", .conn = BOTH
#define OF(name)    .type = CSTA_##name, .edition = CSTA_ED3

#define HELD "<heldCall><callID>b3-40</callID><deviceID>2001</deviceID></heldCall>"
/* clang-format off */
#define OTHER { .call_id = "b3-40", .device_id = "2001" }
#define SET(a, b) { .bits = { CSTA_BIT(CSTA_##a, 0) | CSTA_BIT(CSTA_##b, 0),                       \
                              CSTA_BIT(CSTA_##a, 1) | CSTA_BIT(CSTA_##b, 1) } }
/* clang-format on */

/* Of a transfer or a conference: b3-41 and b3-40 became b3-42. */
#define CONNECTION_LIST                                                                            \
    "<connectionListItem><newConnection><callID>b3-42</callID><deviceID>2002</deviceID>"           \
    "</newConnection><oldConnection><callID>b3-41</callID><deviceID>2002</deviceID>"               \
    "</oldConnection><endpoint><deviceID>2002</deviceID></endpoint><resultingConnectionInfo>"      \
    "connected</resultingConnectionInfo></connectionListItem><connectionListItem><newConnection>"  \
    "<callID>b3-42</callID><deviceID>2003</deviceID></newConnection></connectionListItem>"
extern struct csta_connection_item vectors_connections[2];
