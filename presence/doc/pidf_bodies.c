/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in the manner of the RFCs' examples and of known clients, written anew. */
#include "pidf_bodies.h"
#include <stddef.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

struct pidf_body const pidf_bodies[] = {
    { "RFC 3863 with status extensions",
      DECLARATION
      "<impp:presence xmlns:impp='urn:ietf:params:xml:ns:pidf'\n"
      "    xmlns:local='urn:example-com:pidf-status-type' entity='pres:someone@example.test'>\n"
      "  <impp:tuple id='bs35r9'>\n"
      "    <impp:status><impp:basic>open</impp:basic>\n"
      "      <local:location>home</local:location></impp:status>\n"
      "    <impp:contact priority='0.8'>tel:+09012345678</impp:contact>\n"
      "    <impp:timestamp>2001-10-27T16:49:29Z</impp:timestamp>\n"
      "  </impp:tuple>\n"
      "  <impp:tuple id='eg92n8'>\n"
      "    <impp:status><impp:basic> OPEN </impp:basic></impp:status>\n"
      "    <impp:contact priority='1.0'>mailto:someone@example.test</impp:contact>\n"
      "    <impp:note xml:lang='en'>Do not disturb</impp:note>\n"
      "    <impp:note xml:lang='fr'>Ne pas d\xC3\xA9ranger</impp:note>\n"
      "  </impp:tuple>\n"
      "  <impp:note>I'll be in Tokyo &lt;next week&gt;</impp:note>\n"
      "</impp:presence>\n",
      "pres:someone@example.test note=I'll be in Tokyo <next week>\n"
      "tuple bs35r9 open status=<local:location xmlns:local=\"urn:example-com:pidf-status-type\">"
      "home</local:location> contact=tel:+09012345678 priority=800 at=1004201369000\n"
      "tuple eg92n8 open contact=mailto:someone@example.test priority=1000 "
      "note=en:Do not disturb note=fr:Ne pas d\xC3\xA9ranger\n" },

    { "RFC 4479 and 4480: services, a device, a person",
      DECLARATION
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
      "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'"
      " xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' entity='pres:someone@example.test'>"
      "<tuple "
      "id='sg89ae'><status><basic>open</basic></status><dm:deviceID>mac:8asd7d7d70</dm:deviceID>"
      "<rpid:class>assistant</rpid:class><rpid:relationship><rpid:assistant/></rpid:relationship>"
      "<contact>sip:someone@192.0.2.1</contact></tuple>"
      "<dm:device id='pc147'><rpid:user-input idle-threshold='600' "
      "last-input='2004-10-21T13:20:00-05:00'>"
      "idle</rpid:user-input><dm:deviceID>mac:8asd7d7d70</dm:deviceID>"
      "<dm:note>PC</dm:note></dm:device>"
      "<dm:person id='p1'><rpid:activities "
      "from='2005-05-30T12:00:00+05:00'><rpid:meeting/><rpid:away/>"
      "<rpid:other>Reading</rpid:other></rpid:activities>"
      "<rpid:mood><rpid:angry/></rpid:mood><dm:note>Far away</dm:note>"
      "<dm:timestamp>2005-05-30T22:00:29Z</dm:timestamp></dm:person></presence>",
      "pres:someone@example.test\n"
      "tuple sg89ae open device=mac:8asd7d7d70 contact=sip:someone@192.0.2.1 "
      "piece=<rpid:class xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\">assistant</rpid:class> "
      "piece=<rpid:relationship xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"><rpid:assistant>"
      "</rpid:assistant></rpid:relationship>\n"
      "person p1 away meeting other=Reading note=Far away at=1117490429000 "
      "piece=<rpid:mood "
      "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"><rpid:angry></rpid:angry></rpid:mood>\n"
      "device pc147 idle last=1098382800000 threshold=600 device=mac:8asd7d7d70 note=PC\n" },

    { "RFC 5196 capabilities",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:caps='urn:ietf:params:xml:ns:pidf:caps'"
      " entity='pres:someone@example.test'><tuple id='joi9877866786ua9'>"
      "<status><basic>open</basic></status><caps:servcaps><caps:audio>true</caps:audio>"
      "<caps:methods><caps:supported><caps:INVITE/></caps:supported></caps:methods></caps:servcaps>"
      "<contact>sip:someone@192.0.2.1</contact></tuple></presence>",
      "pres:someone@example.test\n"
      "tuple joi9877866786ua9 open contact=sip:someone@192.0.2.1 "
      "piece=<caps:servcaps "
      "xmlns:caps=\"urn:ietf:params:xml:ns:pidf:caps\"><caps:audio>true</caps:audio>"
      "<caps:methods><caps:supported><caps:INVITE></caps:INVITE></caps:supported></caps:methods>"
      "</caps:servcaps>\n" },

    { "a line, as the call manager publishes it",
      DECLARATION
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
      "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'"
      " xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid' "
      "xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid'"
      " xmlns:so='urn:cisco:params:xml:ns:pidf:source' entity='2001@cucm.example.test'>"
      "<dm:person><e:activities><e:on-the-phone/><ce:alerting/></e:activities></dm:person>"
      "<tuple id='SEP001122334455-2001'><status><basic>closed</basic></status>"
      "<so:source>phone</so:source><contact "
      "priority='0.8'>sip:2001@192.0.2.7:5060</contact></tuple>"
      "</presence>",
      "2001@cucm.example.test\n"
      "tuple SEP001122334455-2001 closed contact=sip:2001@192.0.2.7:5060 priority=800 "
      "piece=<so:source xmlns:so=\"urn:cisco:params:xml:ns:pidf:source\">phone</so:source>\n"
      "person - on-the-phone alerting\n" },

    { "a Cisco client behind its server",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid'"
      " xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid' "
      "xmlns:sc='urn:ietf:params:xml:ns:pidf:servcaps'"
      " xmlns:ci='urn:ietf:params:xml:ns:pidf:cipid' entity='sip:joe@example.test'>"
      "<ce:person><ce:dnd/><ce:phone-status>idle</ce:phone-status><ci:display-name>Joe</"
      "ci:display-name>"
      "</ce:person><tuple id='cisco-upc'><status><basic>open</basic></status>"
      "<e:user-input last-input='2010-04-12T23:20:50.52Z'>idle</e:user-input>"
      "<sc:servcaps><sc:type>application/x-cisco-cupc+xml</sc:type></sc:servcaps></tuple></"
      "presence>",
      "sip:joe@example.test\n"
      "tuple cisco-upc open idle last=1271114450520 piece=<sc:servcaps "
      "xmlns:sc=\"urn:ietf:params:xml:ns:pidf:servcaps\"><sc:type>application/x-cisco-cupc+xml</"
      "sc:type>"
      "</sc:servcaps>\n"
      "person - dnd name=Joe piece=<ce:phone-status "
      "xmlns:ce=\"urn:cisco:params:xml:ns:pidf:rpid\">idle"
      "</ce:phone-status>\n" },

    { "baresip's kind: nothing but the state",
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n"
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"\r\n"
      "    xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\"\r\n"
      "    xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"\r\n"
      "    entity=\"sip:joe@example.test\">\r\n"
      "  <dm:person id=\"p4159\"><rpid:activities/></dm:person>\r\n"
      "  <tuple id=\"t4109\">\r\n    <status>\r\n      <basic>open</basic>\r\n    </status>\r\n"
      "    <contact>sip:joe@example.test</contact>\r\n  </tuple>\r\n</presence>\r\n",
      "sip:joe@example.test\ntuple t4109 open contact=sip:joe@example.test\nperson p4159\n" },

    { "Kamailio's kind: a note in place of a state, priority without a point",
      "<?xml version='1.0'?><presence xmlns='urn:ietf:params:xml:ns:pidf' "
      "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "
      "xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' "
      "entity='sip:joe@example.test'><tuple id='0x81475a0'><status><basic>open</basic></status>"
      "<contact priority='1'>sip:joe@192.0.2.9</contact></tuple><dm:person id='pdd748945'>"
      "<rpid:activities><rpid:busy/></rpid:activities><dm:note>Busy "
      "(DND)</dm:note></dm:person></presence>",
      "sip:joe@example.test\ntuple 0x81475a0 open contact=sip:joe@192.0.2.9 priority=1000\n"
      "person pdd748945 busy note=Busy (DND)\n" },

    { "an XMPP gateway's (RFC 8048)",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:juliet@example.test'>"
      "<tuple id='ID-balcony'><status><basic>open</basic><show "
      "xmlns='jabber:client'>away</show></status>"
      "<note xml:lang='en'>retired to the chamber</note></tuple></presence>",
      "pres:juliet@example.test\ntuple ID-balcony open show=away note=en:retired to the "
      "chamber\n" },

    { "the draft's activities: in the status, by name, and one that nobody knows",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
      "xmlns:es='urn:ietf:params:xml:ns:pidf:status:rpid' "
      "entity='sip:joe@example.test'><tuple id='a'><status><basic>open</basic><es:activities>"
      "<es:activity>on-the-phone</es:activity><es:activity>juggling</es:activity><es:yodeling/>"
      "<x xmlns='urn:x'/></es:activities></status></tuple></presence>",
      "sip:joe@example.test\n"
      "tuple a open on-the-phone activity=<es:yodeling "
      "xmlns:es=\"urn:ietf:params:xml:ns:pidf:status:rpid\">"
      "</es:yodeling> activity=<x xmlns=\"urn:x\"></x>\n" },

    { "what cannot be read is as good as not there",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:p='urn:ietf:params:xml:ns:pidf:rpid' "
      "entity='sip:joe@example.test'><!-- no --><tuple id='a'><status><show "
      "xmlns='jabber:client'>up</show>"
      "</status><contact priority='2'>sip:a</contact><timestamp>yesterday</timestamp>"
      "<p:user-input last-input='then'>perhaps</p:user-input></tuple><tuple id='b'>"
      "<contact priority='0.25x'></contact></tuple><tuple id='c'><contact "
      "priority='1.001'/></tuple>"
      "<tuple id='d'><contact priority='.5'/></tuple></presence>",
      "sip:joe@example.test\ntuple a contact=sip:a\ntuple b contact=\ntuple c contact=\ntuple d "
      "contact=\n" },

    { "what must be understood, and is not",
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:p='urn:ietf:params:xml:ns:pidf' "
      "entity='sip:joe@example.test'><tuple id='a'><x xmlns='' p:mustUnderstand='true'/></tuple>"
      "<tuple id='b'><x xmlns='' p:mustUnderstand='false'/></tuple><x xmlns='' "
      "p:mustUnderstand='1'/></presence>",
      "sip:joe@example.test piece=<x xmlns=\"\" xmlns:p=\"urn:ietf:params:xml:ns:pidf\" "
      "p:mustUnderstand=\"1\">"
      "</x> not-understood\n"
      "tuple a piece=<x xmlns=\"\" xmlns:p=\"urn:ietf:params:xml:ns:pidf\" "
      "p:mustUnderstand=\"true\"></x> "
      "not-understood\n"
      "tuple b piece=<x xmlns=\"\" xmlns:p=\"urn:ietf:params:xml:ns:pidf\" "
      "p:mustUnderstand=\"false\"></x>\n" },
    { NULL, NULL, NULL },
};
