"""Notices (CPIM with IMDN, RFC 3862, 5438) of a SIP user, receipts (XEP-0184) and markers (XEP-0333) of a user of Prosody."""
import asyncio
import re

from xmpp_node import COMPONENT, wide_node
from node import Failure
from xmpp_rig import as_user

JULIET, ROMEO = "juliet@xmpp.example.test", "romeo@sip.example.test"
RECEIPTS, MARKERS, STATES = "urn:xmpp:receipts", "urn:xmpp:chat-markers:0", "http://jabber.org/protocol/chatstates"
CPIM = "Content-Type: message/cpim\r\n"
COMPOSING = ("<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state><refresh>60</refresh></isComposing>")


def imdn(message_id, kind, status):
    return ("<?xml version='1.0' encoding='UTF-8'?><imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>%s</message-id><datetime>"
            "2026-01-01T00:00:00Z</datetime><%s><status><%s/></status></%s></imdn>" % (message_id, kind, status, kind))


def cpim(content, content_type="text/plain;charset=utf-8", message_id="m0", asks="", more=""):
    return ("From: <sip:%s>\r\nTo: <sip:%s>\r\nNS: n <urn:ietf:params:imdn>\r\nn.Message-ID: %s\r\n%s%s\r\nContent-Type: %s\r\n\r\n%s"
            % (ROMEO, JULIET, message_id, "n.Disposition-Notification: %s\r\n" % asks if asks else "", more, content_type, content))


async def send(romeo, body, to=JULIET):
    await asyncio.to_thread(romeo.request, "MESSAGE", "sip:" + to, "sip:" + to, CPIM, body)
    await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200 ")


async def take(romeo, *patterns):
    """The next MESSAGE; its answer goes when it is as wanted."""
    message = await asyncio.to_thread(romeo.wanted, *patterns)
    romeo.reply(message, "200 OK")
    return message


async def told(juliet, what):
    """The next stanza that has no body, or is an error."""
    await juliet.until(lambda: juliet.raw, what)
    return juliet.raw.pop(0)


def keep_all(juliet):
    """Stanzas as they came, those without a body, too."""
    from slixmpp.xmlstream.handler import Callback
    from slixmpp.xmlstream.matcher import MatchXPath

    juliet.raw = []
    juliet.register_handler(Callback("all", MatchXPath("{jabber:client}message"), juliet.raw.append))


def expect(stanza, *patterns):
    for pattern in patterns:
        if not re.search(pattern, str(stanza)):
            raise Failure("lacks %s: %s" % (pattern, stanza))


def case_notices_to_sip(node, cleanup):
    """who asks for a receipt and a marker makes a SIP user's phone asked for notices, and hears what it says"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        for n in range(2):
            juliet.send_raw("<message to='%s' type='chat' id='r%d'><body>hear me</body><request xmlns='%s'/><markable xmlns='%s'/>"
                            "</message>" % (ROMEO, n, RECEIPTS, MARKERS))
            await take(romeo, r"^Content-Type: message/cpim\r", r"^From: <sip:juliet@xmpp.example.test;gr=test>\r",
                       r"^To: <sip:romeo@sip.example.test>\r", r"^DateTime: 20", r"^NS: imdn <urn:ietf:params:imdn>\r",
                       r"^imdn.Message-ID: r%d\r" % n, r"^imdn.Disposition-Notification: .*positive-delivery.*negative-delivery.*display",
                       r"^Content-Type: text/plain", r"^hear me")
        await juliet.until(lambda: node.counter("xmpp", "messages_to_sip") == 2, "they are delivered")
        if juliet.raw:
            raise Failure("a receipt before the phone has said anything: %s" % juliet.raw)
        for kind, status, wanted in (("delivery-notification", "delivered", r"<received xmlns=\"%s\" id=\"r0\"" % RECEIPTS),
                                     ("display-notification", "displayed", r"<displayed xmlns=\"%s\" id=\"r0\"" % MARKERS),
                                     ("delivery-notification", "failed", r"id=\"r0\".*type=\"error\"|type=\"error\".*id=\"r0\"")):
            # To whom CPIM names, with gr: an error to no device would be dropped by her server (RFC 6121 8.5.2.1.1).
            await send(romeo, cpim(imdn("r0", kind, status), "message/imdn+xml", "n-" + status), JULIET + ";gr=test")
            expect(await told(juliet, status), wanted, "from=\"romeo@sip.example.test")
        await send(romeo, cpim(imdn("r0", "processing-notification", "processed"), "message/imdn+xml", "n-4"))
        await send(romeo, cpim("the end"))
        expect(await told(juliet, "a text"), "the end")  # of what an intermediary has done, nothing is told

    as_user(prosody, "juliet", play)


def case_notices_from_sip(node, cleanup):
    """a SIP message that asks for notices gets them: delivered, displayed, and failed after it was taken over"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        await send(romeo, cpim("hear me", message_id="m1", asks="positive-delivery, negative-delivery, display",
                               more="DateTime: 2026-01-02T03:04:05Z\r\nSubject: Verona\r\n"))
        expect(await told(juliet, "the text"), "hear me", " id=\"m1\"", "<request xmlns=\"%s\"" % RECEIPTS,
               "<markable xmlns=\"%s\"" % MARKERS, "<subject>Verona<", "stamp=\"2026-01-02T03:04:05")
        for name, namespace, status in (("received", RECEIPTS, "delivery-notification>.*<delivered/>"),
                                        ("displayed", MARKERS, "display-notification>.*<displayed/>")):
            juliet.send_raw("<message to='%s' id='x'><%s xmlns='%s' id='m1'/></message>" % (ROMEO, name, namespace))
            message = await take(romeo, r"^Content-Type: message/cpim\r", r"^Content-Disposition: notification\r",
                                 r"^Content-Type: message/imdn\+xml\r", "<message-id>m1</message-id>", "(?s)" + status)
            if "Disposition-Notification" in message:
                raise Failure("a notice about a notice is asked for:\n" + message)
        failure = ("<message to='%s' type='error' id='%s'><error type='cancel'><item-not-found "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
        for asks, is_told in (("negative-delivery", True), ("positive-delivery", False)):
            await send(romeo, cpim("too late?", message_id="m-" + asks, asks=asks))
            await told(juliet, "the text")
            juliet.send_raw(failure % (ROMEO, "m-" + asks))
            await take(romeo, r"^From: <sip:juliet@xmpp", r"^Your IM could not be delivered")
            if is_told:
                await take(romeo, r"^Content-Type: message/imdn\+xml\r", "<message-id>m-%s</message-id>" % asks, "<failed/>")
        if not romeo.is_silent(0.1):
            raise Failure("a notice that was not asked for")

    as_user(prosody, "juliet", play)


def case_notices_asked_for(node, cleanup):
    """without im_cpim, a SIP user who asks for notices gets those, and who does not gets none"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        for n, (asks, wanted) in enumerate((("positive-delivery, negative-delivery", ("<delivered/>", "<failed/>")),
                                            ("display", ("<displayed/>",)), ("", ()))):
            await send(romeo, cpim("hear me", message_id="m%d" % n, asks=asks))
            await told(juliet, "the text")
            for name, namespace in (("received", RECEIPTS), ("displayed", MARKERS)):
                juliet.send_raw("<message to='%s' id='x'><%s xmlns='%s' id='m%d'/></message>" % (ROMEO, name, namespace, n))
            juliet.send_raw("<message to='%s' type='error' id='m%d'><error type='cancel'><item-not-found "
                            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>" % (ROMEO, n))
            for status in [w for w in wanted if w != "<failed/>"]:
                await take(romeo, r"^Content-Type: message/imdn\+xml\r", "<message-id>m%d</message-id>" % n, status)
            await take(romeo, r"^Your IM could not be delivered")
            if "<failed/>" in wanted:
                await take(romeo, r"^Content-Type: message/imdn\+xml\r", "<message-id>m%d</message-id>" % n, "<failed/>")
        juliet.send_raw("<message to='%s' type='chat' id='r'><body>hear me</body><request xmlns='%s'/></message>" % (ROMEO, RECEIPTS))
        await take(romeo, r"^Content-Type: text/plain")
        if not romeo.is_silent(0.1) or node.counter("xmpp", "xmpp_ignored") != 4:
            raise Failure("%d are ignored" % node.counter("xmpp", "xmpp_ignored"))

    as_user(prosody, "juliet", play)


def case_notices_typing(node, cleanup):
    """typing inside CPIM; what of CPIM is broken, or holds no text, is refused"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        await send(romeo, cpim(COMPOSING, "application/im-iscomposing+xml"))
        expect(await told(juliet, "typing"), "<composing xmlns=\"%s\"" % STATES)
        juliet.send_raw("<message to='%s' type='chat'><composing xmlns='%s'/></message>" % (ROMEO, STATES))
        await take(romeo, r"^Content-Type: application/im-iscomposing\+xml\r", "<state>active</state>")
        for body, wanted in (("no header", "400"), (cpim("x", "image/png"), "415"), (cpim("<imdn/>", "message/imdn+xml"), "400"),
                             (cpim(COMPOSING[:-5], "application/im-iscomposing+xml"), "400"),
                             (cpim("x", "text/plain;charset=utf-16"), "415")):
            await asyncio.to_thread(romeo.request, "MESSAGE", "sip:" + JULIET, "sip:" + JULIET, CPIM, body)
            await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 %s " % wanted)
        if node.counter("xmpp", "messages_refused") != 5 or juliet.raw:
            raise Failure("%d are refused, %s" % (node.counter("xmpp", "messages_refused"), juliet.raw))

    as_user(prosody, "juliet", play)


NOTICES = COMPONENT + " im_cpim = true;"
CASES = [(NOTICES, case_notices_to_sip), (NOTICES, case_notices_from_sip), (NOTICES, case_notices_typing),
         (COMPONENT, case_notices_asked_for)]
