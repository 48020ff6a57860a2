"""What a message holds besides its text, either way, and what holds none."""
import asyncio
import re

from im_notices import JULIET, ROMEO, expect, keep_all, told
from xmpp_node import COMPONENT, wide_node
from node import Failure
from xmpp_rig import as_user


def case_contents_to_xmpp(node, cleanup):
    """HTML becomes text, an old Date a delay; what is no text, or came too late, is refused"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        for more, body, answer, wanted in (
                ("Content-Type: text/html\r\n", "<p>Good <b>night</b> &amp; good</p><script>x</script>", "200", "<body>Good night &amp; good"),
                ("Content-Type: text/plain\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n", "old", "200", "stamp=\"2026-01-02T03:04:05"),
                ("Content-Type: text/plain\r\n", "a\r\nb", "200", "<body>a\nb</body>"),
                ("Content-Type: text/plain\r\n", "", "200", None), ("Subject: Verona\r\n", "", "200", "<subject>Verona</subject>"),
                ("Subject: Verona\r\nContent-Type: text/html\r\n", "<p></p>", "200", "<subject>Verona</subject>"),
                ("Content-Type: text/plain;charset=utf-16\r\n", "x", "415", None), ("Content-Type: image/png\r\n", "x", "415", None),
                ("Content-Type: text/plain\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\nExpires: 60\r\n", "late", "480", None)):
            await asyncio.to_thread(romeo.request, "MESSAGE", "sip:" + JULIET, "sip:" + JULIET, more, body)
            heads = [r"^Accept: .*text/plain.*message/cpim"] if answer == "415" else []
            await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 %s " % answer, *heads)
            if wanted:
                expect(await told(juliet, more), wanted)
        romeo.message(JULIET, "the end")
        await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200 ")
        expect(await told(juliet, "a text"), "the end")

    as_user(prosody, "juliet", play)
    if node.counter("xmpp", "messages_refused") != 3 or node.log("xmpp").count("request refused method=MESSAGE") != 3:
        raise Failure("%d are refused" % node.counter("xmpp", "messages_refused"))


def case_contents_to_sip(node, cleanup):
    """headlines, delays, XHTML without a body; what holds no text is ignored, chat rooms and security labels are refused"""
    prosody, romeo = wide_node(node, cleanup)
    muc = "http://jabber.org/protocol/muc#user"

    async def play(juliet):
        keep_all(juliet)
        for text in ("<message to='%s'><subject>S</subject></message>", "<message to='%s'/>",
                     "<message to='%s' type='chat'><no-store xmlns='urn:xmpp:hints'/><gone xmlns='http://jabber.org/protocol/chatstates'/>"
                     "</message>"):
            juliet.send_raw(text % ROMEO)
        await juliet.until(lambda: node.counter("xmpp", "xmpp_ignored") == 3, "they are ignored")
        for text, patterns in (
                ("<message to='%s' type='headline'><body>News</body><no-store xmlns='urn:xmpp:hints'/></message>", [r"^News"]),
                ("<message to='%s'><body>old</body><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/></message>",
                 [r"^Date: Fri, 02 Jan 2026 03:04:05 GMT\r", r"^old"]),
                ("<message to='%s'><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>"
                 "<p>Good <em>night</em></p></body></html></message>", [r"^Good night"])):
            juliet.send_raw(text % ROMEO)
            message = await asyncio.to_thread(romeo.wanted, *patterns)
            romeo.reply(message, "200 OK")
        for text, condition in (
                ("<message to='%s' type='groupchat'><body>all</body></message>", "service-unavailable"),
                ("<message to='%s'><securitylabel xmlns='urn:xmpp:sec-label:0'><label/></securitylabel><body>secret</body></message>",
                 "policy-violation"),
                ("<message to='%s'><x xmlns='" + muc + "'><invite/></x></message>", "not-acceptable")):
            juliet.send_raw(text % ROMEO)
            expect(await told(juliet, condition), "<" + condition)
        await juliet.until(lambda: node.counter("xmpp", "messages_to_sip") == 3, "three are delivered")
        if not romeo.is_silent(0.1):
            raise Failure("a phone gets what is for a chat room")

    as_user(prosody, "juliet", play)
    if len(re.findall(r"message refused .*from=\"juliet", node.log("xmpp"))) != 3:
        raise Failure("not told")


CASES = [(COMPONENT, case_contents_to_xmpp), (COMPONENT, case_contents_to_sip)]
