/* SPDX-License-Identifier: Apache-2.0 */
/* The namespaces of what we read and write in stanzas. Stanzas themselves are in STANZA_NS,
 * whatever the stream calls it on the wire (streams.h). */
#pragma once

#define STANZA_NS             "jabber:server"
#define STANZA_NS_ERROR       "urn:ietf:params:xml:ns:xmpp-stanzas"
#define STANZA_NS_CHATSTATES  "http://jabber.org/protocol/chatstates"
#define STANZA_NS_RECEIPTS    "urn:xmpp:receipts"
#define STANZA_NS_MARKERS     "urn:xmpp:chat-markers:0"
#define STANZA_NS_DELAY       "urn:xmpp:delay"
#define STANZA_NS_HINTS       "urn:xmpp:hints"
#define STANZA_NS_XHTML_IM    "http://jabber.org/protocol/xhtml-im"
#define STANZA_NS_XHTML       "http://www.w3.org/1999/xhtml"
#define STANZA_NS_MUC         "http://jabber.org/protocol/muc"
#define STANZA_NS_MUC_USER    "http://jabber.org/protocol/muc#user"
#define STANZA_NS_CONFERENCE  "jabber:x:conference"
#define STANZA_NS_IDLE        "urn:xmpp:idle:1"
#define STANZA_NS_CAPS        "http://jabber.org/protocol/caps"
#define STANZA_NS_DISCO_INFO  "http://jabber.org/protocol/disco#info"
#define STANZA_NS_DISCO_ITEMS "http://jabber.org/protocol/disco#items"
#define STANZA_NS_LABEL       "urn:xmpp:sec-label:0"
#define STANZA_NS_PING        "urn:xmpp:ping"
#define STANZA_NS_VERSION     "jabber:iq:version"
#define STANZA_NS_LAST        "jabber:iq:last"
#define STANZA_NS_TIME        "urn:xmpp:time"
