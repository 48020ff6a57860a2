"""Addresses that are bad or written in two ways, sizes, queues that are full, many resources, requests that come twice."""
import asyncio
import os
import re
import subprocess

from im_notices import JULIET, ROMEO, expect, keep_all, told
from xmpp_node import COMPONENT, Phone, wide_node
from node import Failure
from peers import UdpPhone
from xmpp_rig import User, as_user

IDN = COMPONENT.replace("{ name = \"xmpp.example", "{ name = \"bücher.example.test\"; }, { name = \"xmpp.example")


class Nearby(Phone):
    """A phone, or a proxy, that speaks to the gateway itself."""

    def __init__(self, node):  # it does not register  pylint: disable=super-init-not-called
        UdpPhone.__init__(self, (node.ip, 5084), node.ip)
        self.user, self.n = "romeo", 0


def case_edge_addresses(node, cleanup):
    """sips and addresses that no JID can have are refused, with the status that says why, counted and told"""
    prosody, _ = wide_node(node, cleanup)
    nearby = Nearby(node)
    cleanup(nearby.close)
    rows = (("sips:" + JULIET, "416"), ("sip:jul%01iet@xmpp.example.test", "400"), ("sip:jul%00iet@xmpp.example.test", "400"),
            ("sip:jul%7Fiet@xmpp.example.test", "400"), ("sip:jul%0Aiet@xmpp.example.test", "400"),
            ("sip:%80@xmpp.example.test", "400"), ("sip:%s@xmpp.example.test" % ("x" * 1024), "400"))

    async def play(juliet):
        keep_all(juliet)
        for uri, status in rows:
            nearby.request("MESSAGE", uri, "sip:" + JULIET, "Content-Type: text/plain\r\n", "x")
            await asyncio.to_thread(nearby.wanted, r"^SIP/2.0 %s " % status)
        if juliet.raw:
            raise Failure("it got %s" % juliet.raw)

    as_user(prosody, "juliet", play)
    if node.counter("xmpp", "messages_refused") != len(rows) or \
            len(re.findall(r"request refused method=MESSAGE status=4(?:16|00) reason=\"\w", node.log("xmpp"))) != len(rows):
        raise Failure("%d are counted" % node.counter("xmpp", "messages_refused"))


def case_edge_unfit(node, cleanup):
    """what of a request must be understood and is not, is refused, of each method: extensions, codings, a To with sips"""
    prosody, _ = wide_node(node, cleanup)
    nearby = Nearby(node)
    cleanup(nearby.close)
    rows = (("sip:" + JULIET, "Require: recipient-list-message, foo\r\nRequire: bar\r\n",
             ("420", r"^Unsupported: recipient-list-message, foo, bar\r")),
            ("sips:" + JULIET, "", ("416", r"^Warning: .* sips ")),
            ("sip:" + JULIET, "Content-Encoding: gzip\r\n", ("415", r"^Accept-Encoding: identity\r")),
            ("sip:" + JULIET, "e: gzip\r\n", ("415", r"^Accept-Encoding: identity\r")))

    async def play(juliet):
        keep_all(juliet)
        for method in ("MESSAGE", "SUBSCRIBE"):
            for to, more, (status, header) in rows:
                nearby.request(method, "sip:" + JULIET, to, more + "Event: presence\r\nContact: <sip:romeo@%s:%d>\r\n"
                               "Content-Type: text/plain\r\n" % (nearby.ip, nearby.port), "x")
                await asyncio.to_thread(nearby.wanted, r"^SIP/2.0 %s " % status, header)
        nearby.message(JULIET, "the end", "Content-Encoding: identity\r\n")
        await asyncio.to_thread(nearby.wanted, r"^SIP/2.0 200 ")
        expect(await told(juliet, "a text"), "the end")

    as_user(prosody, "juliet", play)
    if node.counter("xmpp", "sip_refused_unfit") != 2 * len(rows) or node.counter("xmpp", "presence_pairs"):
        raise Failure("%d are counted" % node.counter("xmpp", "sip_refused_unfit"))


MOVED = """
local st = require "util.stanza";
module:hook("message/offline/handle", function (event)
	local reply = st.error_reply(event.stanza, "cancel", "gone");
	reply.tags[1].tags[1]:text(event.stanza:get_child_text("body"));
	event.origin.send(reply);
	return true;
end, 100);
"""


def case_edge_moved(node, cleanup):
    """who has moved: the new address goes across, from and to Contact; one that has no form on the other side does not"""
    os.makedirs(os.path.join(node.dir, "prosody.modules"))
    node.write("prosody.modules/mod_offline.lua", MOVED)
    prosody, romeo = wide_node(node, cleanup, offline=True)
    for address, answer in (("xmpp:new@elsewhere.example/desk%201", "301 .*^Contact: <sip:new@elsewhere.example;gr=desk%201>\r"),
                            ("http://elsewhere.example", "410 "), ("xmpp:x@elsewhere.example%0D%0A", "410 ")):
        romeo.message(JULIET, address)
        romeo.wanted("(?s)^SIP/2.0 " + answer)

    async def play(juliet):
        keep_all(juliet)
        for answer, contact, condition in (
                ("301 Moved", "<sip:n%C3%A9w@elsewhere.example>;q=1", ">xmpp:n%C3%A9w@elsewhere.example</gone"),
                ("302 Moved", "<sip:new@elsewhere.example>", ">xmpp:new@elsewhere.example</redirect"),
                ("301 Moved", "<tel:+123>", "<gone [^>]*/>")):
            juliet.send_message(mto=ROMEO, mbody="hello?", mtype="chat")
            romeo.reply(await asyncio.to_thread(romeo.wanted, "hello"), answer, "Contact: %s\r\n" % contact)
            expect(await told(juliet, "an error"), condition)

    as_user(prosody, "juliet", play)


def case_edge_idn(node, cleanup):
    """a domain with other letters: A-labels in SIP, U-labels in XMPP, both ways"""
    prosody, romeo = wide_node(node, cleanup, domain="bücher.example.test")

    async def play(juliet):
        romeo.message("juliet@xn--bcher-kva.example.test", "Guten Tag", "")
        await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200 ")
        await juliet.until(lambda: juliet.messages, "a message")
        expect(juliet.messages[0], "to=\"juliet@bücher.example.test")
        juliet.send_message(mto=ROMEO, mbody="Gute Nacht", mtype="chat")
        message = await asyncio.to_thread(romeo.wanted, r"^From: <sip:juliet@xn--bcher-kva.example.test;gr=test>", "Gute Nacht")
        romeo.reply(message, "200 OK")

    as_user(prosody, "juliet", play)


def case_edge_sizes(node, cleanup):
    """1300 bytes go, 1301 do not, in letters of two bytes, too, and no endless subject; one too many that wait for a SIP user are refused"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        for text in ("x" * 1300, "é" * 650):
            juliet.send_message(mto=ROMEO, mbody=text, mtype="chat")
            message = await asyncio.to_thread(romeo.wanted, r"^Content-Length: 1300\r", "^" + text)
            romeo.reply(message, "200 OK")
        for text in ("x" * 1301, "é" * 650 + "x"):
            juliet.send_message(mto=ROMEO, mbody=text, mtype="chat")
            expect(await told(juliet, "an error"), "<policy-violation")
        juliet.send_message(mto=ROMEO, mbody="short", msubject="x" * 60000, mtype="chat")
        expect(await told(juliet, "an error"), "<policy-violation")
        for n in range(5):
            juliet.send_message(mto=ROMEO, mbody="number %d." % n, mtype="chat")
        for _ in range(2):
            expect(await told(juliet, "an error"), "<resource-constraint", "type=\"wait\"")
        for n in range(3):
            message = await asyncio.to_thread(romeo.wanted, r"^number %d\." % n)
            romeo.reply(message, "200 OK")
        if not romeo.is_silent(0.1) or juliet.raw:
            raise Failure("what was refused was sent, too, or %s" % juliet.raw)

    as_user(prosody, "juliet", play)
    if node.counter("xmpp", "messages_refused") != 5:
        raise Failure("%d are refused" % node.counter("xmpp", "messages_refused"))


def case_edge_resources(node, cleanup):
    """a user with many resources: each is gr of her address, one queue, and gr leads to that one only"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        others = []
        for n in range(5):
            other = User(prosody, "juliet")
            other.requested_jid.resource = "desk%d" % n
            others.append(other)
            await asyncio.wait_for(other.ready.wait(), 10)
        for other in others:
            other.send_message(mto=ROMEO, mbody="from " + other.boundjid.resource, mtype="chat")
        came = set()
        for _ in others:
            message = await asyncio.to_thread(romeo.wanted, r"^MESSAGE ")
            if not romeo.is_silent(0.05):
                raise Failure("two under way to one address")
            romeo.reply(message, "200 OK")
            came.add((re.search(r"From: <sip:juliet@xmpp.example.test;gr=(\w+)>", message).group(1), message[message.index("from "):]))
        if came != {("desk%d" % n, "from desk%d" % n) for n in range(5)}:
            raise Failure("came: %s" % came)
        romeo.message(JULIET + ";gr=desk3", "for one")
        await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200 ")
        await juliet.until(lambda: others[3].messages, "a message at one desk")
        romeo.message(JULIET, "for all")
        await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200 ")
        await juliet.until(lambda: juliet.messages or any(o.messages[-1:] and o.messages[-1]["body"] == "for all" for o in others),
                           "a message to all")
        if any(m["body"] == "for one" for o in [juliet, *others[:3], others[4]] for m in o.messages):
            raise Failure("what was for one desk is at another")
        for other in others:
            other.disconnect(wait=0.2)

    as_user(prosody, "juliet", play)


def case_edge_twice(node, cleanup):
    """a request that comes again, before and after its answer, is one stanza, and gets the same answer"""
    prosody, _ = wide_node(node, cleanup)
    nearby = Nearby(node)
    cleanup(nearby.close)

    async def play(juliet):
        keep_all(juliet)
        for _ in range(3):
            nearby.n = 0
            nearby.message(JULIET, "once")
        for _ in range(3):
            await asyncio.to_thread(nearby.wanted, r"^SIP/2.0 200 ", r"branch=z9hG4bKMESSAGE1")
            nearby.n = 0
            nearby.message(JULIET, "once")
        nearby.message(JULIET, "the end")
        while len(juliet.raw) < 2 or "the end" not in str(juliet.raw[-1]):
            await juliet.until(lambda n=len(juliet.raw): len(juliet.raw) > n, "the end")
        if len(juliet.raw) != 2:
            raise Failure("it got %s" % juliet.raw)

    as_user(prosody, "juliet", play)
    if node.counter("xmpp", "messages_to_xmpp") != 2:
        raise Failure("%d are counted" % node.counter("xmpp", "messages_to_xmpp"))


def command(node, *words, said=""):
    done = subprocess.run([os.path.join(node.build, "cli/crosspoint"), *words], env=node.env, cwd=node.dir, input=said,
                          capture_output=True, text=True)
    if done.returncode:
        raise Failure(done.stderr)


def case_edge_policy(node, cleanup):
    """whom a SIP user blocks cannot tell that from her absence"""
    prosody, romeo = wide_node(node, cleanup)

    async def play(juliet):
        keep_all(juliet)
        command(node, "user", "add", "romeo", said="secret\n")
        romeo.request("REGISTER", "sip:sip.example.test", "sip:" + ROMEO, "Contact: *\r\nExpires: 0\r\n", call="romeo-1")
        await asyncio.to_thread(romeo.wanted, r"^SIP/2.0 200")
        heard = []
        for block in (False, True):
            if block:
                command(node, "policy", "block", ROMEO, JULIET)
            juliet.send_raw("<message to='%s' type='chat' id='x'><body>hello?</body></message>" % ROMEO)
            heard.append(str(await told(juliet, "an error")))
        if len({tuple(sorted(re.findall(r"[\w:/.-]+", h))) for h in heard}) != 1:  # attributes come in any order
            raise Failure("absent: %s\nblocked: %s" % tuple(heard))

    as_user(prosody, "juliet", play)
    if node.counter("presence", "messages_blocked") != 1:
        raise Failure("the presence server has not blocked it")


CASES = [(COMPONENT, case_edge_addresses), (COMPONENT, case_edge_unfit), (COMPONENT, case_edge_moved), (IDN, case_edge_idn), (COMPONENT + " im_max_waiting = 3;", case_edge_sizes),
         (COMPONENT, case_edge_resources), (COMPONENT, case_edge_twice), (COMPONENT, case_edge_policy)]
