"""Who means harm to the XMPP gateway, many at once: each attack is one thread of a process of its own, until it is told to stop."""
import itertools
import multiprocessing
import socket
import ssl
import threading

from node import PATIENCE, Failure
from xmpp_bad import HEADER, Raw

EVIL, MUTE = "evil.example.test", "mute.example.test"
JULIET, ROMEO = "juliet@" + EVIL, "romeo@sip.example.test"
OPEN = "<message from='%s' to='%s'" % (JULIET, ROMEO)
AT_A_TIME = 40  # connections of one attack
HALVES_ARE_UP = multiprocessing.Event()  # what takes memory by right is there


def source(n):
    """An address of the loopback; each attack has its own, for the gateway counts by address."""
    return "127.9.%d.1" % n


def proven(node, n):
    return Raw(node, EVIL, source(n)).enter("evil")


def say_all(raw, pieces):
    """Says them, or as many as the gateway takes before it ends the stream."""
    try:
        for piece in pieces:
            raw.say(piece)
    except (ConnectionError, ssl.SSLError):
        pass


def expect_error(raw, pieces, wanted):
    say_all(raw, pieces)
    was = raw.error()
    if was != wanted:
        raise Failure("%s instead of %s after %s" % (was, wanted, next(iter(pieces))[:80]))


# --- each is called again and again; what it yields is counted -------------------------------------------------------------


def names(node, stop, run):
    """A peer that is who it says fills dictionaries: no element, attribute, namespace, prefix or word comes twice."""
    stanza = (OPEN + " a%(n)d='v%(n)d'><e%(n)d xmlns='urn:n%(n)d' b%(n)d='w%(n)d' xmlns:p%(n)d='urn:p%(n)d' p%(n)d:c%(n)d=''>"
              "<f%(n)d>t%(n)d</f%(n)d><p%(n)d:g%(n)d/></e%(n)d></message>")
    raw = proven(node, 1)
    raw.socket.settimeout(60)  # it is read at its rate
    for n in itertools.count(run * 100000000, 20):
        if stop.is_set():
            return raw.socket.close()
        raw.say("".join(stanza % {"n": n + i} for i in range(20)))
        yield 20


def big(node, stop, run):
    """Depth, attributes and text without end, from a peer that is who it says."""
    for pieces in ([OPEN + ">" + "<a>" * 100000], [OPEN + " a='" + "x" * 1000000 + "'/>"],
                   [OPEN + "><body>"] + ["x" * 65536] * 100, [OPEN] + [" a%d=''" % n for n in range(100)] + ["/>"],
                   [OPEN + "><b"] + ["x" * 65536] * 20, [OPEN] + [" xmlns:p%d='u'" % n for n in range(100)] + ["/>"]):
        expect_error(proven(node, 2), pieces, "policy-violation")
        yield 1


def big_strangers(node, stop, run):
    """The same from somebody unknown."""
    header = HEADER % "from='%s' to='sip.example.test'" % EVIL
    for pieces in ([header + "<a>" * 100000], [header + "<a b='"] + ["x" * 65536] * 16, ["<stream:stream a='"] + ["x" * 65536] * 16,
                   [header + "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"] + ["x" * 65536] * 16):
        expect_error(Raw(node, EVIL, source(3)), pieces, "policy-violation")
        yield 1


def lies(node, stop, run):
    """Stanzas before anything is proven, in others' names, to others, of other namespaces; XML that no stream may hold."""
    stanza = "<message from='%s' to='%s'><body>x</body></message>"
    expect_error(Raw(node, EVIL, source(4)), [HEADER % "from='%s' to='sip.example.test'" % EVIL + stanza % (JULIET, ROMEO)],
                 "not-authorized")
    yield 1
    for text, wanted in ((stanza % ("juliet@xmpp.example.test", ROMEO), "invalid-from"), (stanza % (ROMEO, ROMEO), "invalid-from"),
                         (stanza % (JULIET, "romeo@example.org"), "host-unknown"),
                         (OPEN + " xmlns='jabber:client'/>", "unsupported-stanza-type"),
                         (OPEN + "><x:y/></message>", "bad-namespace-prefix"),
                         (OPEN + "><x xmlns:stream='urn:x'><stream:error/></x></message><x:stream xmlns:x='urn:y'/>",
                          "unsupported-stanza-type"),
                         (OPEN + "><body>&lol;</body></message>", "restricted-xml"),
                         (OPEN + "><!-- x --></message>", "restricted-xml"), ("text between stanzas", "bad-format")):
        expect_error(proven(node, 4), [text], wanted)
        yield 1


def blanks(node, stop, run):
    """White space without end; it is no fault."""
    raw = proven(node, 5)
    while not stop.wait(0.01):
        raw.say(" \n" * 16384)
        yield 1
    raw.socket.close()


def halves(node, stop, run):
    """Stanzas that begin and never end, as large as is let in."""
    crowd = [proven(node, 6) for _ in range(AT_A_TIME)]
    for raw in crowd:
        raw.say(OPEN + "><body>" + "x" * 200000)
        yield 1
    HALVES_ARE_UP.set()
    while not stop.wait(0.05):
        for raw in crowd:
            raw.say("x")
    for raw in crowd:
        raw.socket.close()


def hold(crowd):
    """Until they are let go."""
    for raw in crowd:
        raw.socket.settimeout(PATIENCE * 4)
        raw.until("")
        raw.socket.close()
    return len(crowd)


def half_tls(node, stop, run):
    """The first bytes of a handshake, and no more."""
    crowd = [Raw(node, EVIL, source(7)) for _ in range(AT_A_TIME)]
    for raw in crowd:
        raw.say(raw.header)
        raw.until("</stream:features>").say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        raw.until("<proceed").say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        raw.text = ""
    yield hold(crowd)


def no_tls(node, stop, run):
    """Something else than a handshake."""
    raw = Raw(node, EVIL, source(8))
    raw.say(raw.header)
    raw.until("</stream:features>").say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    raw.until("<proceed").say("GET / HTTP/1.0\r\n\r\n" + "x" * 10000)
    raw.text = ""
    raw.socket.setblocking(True)
    try:
        while raw.socket.recv(65536):
            pass
    except ConnectionError:
        pass
    raw.socket.close()
    yield 1
    stop.wait(0.02)


def silent(node, stop, run):
    """Connections that say nothing."""
    yield hold([Raw(node, EVIL, source(9)) for _ in range(AT_A_TIME)])


def crowd(node, stop, run):
    """More connections at a time than one address may have that nobody knows."""
    made = [socket.create_connection((node.ip, 16269), 5, (source(10), 0)) for _ in range(130)]
    for one in made[::-1]:
        one.close()
    yield len(made)
    stop.wait(0.2)


def mute(node, stop, run):
    """Somebody who wants to be known by dialback as a domain whose server takes questions and answers none."""
    crowd = [Raw(node, MUTE, source(11)).secure("stranger") for _ in range(6)]
    for raw in crowd:
        raw.say("<db:result xmlns:db='jabber:server:dialback' from='%s' to='sip.example.test'>k</db:result>" % MUTE)
    for raw in crowd[:3]:
        expect_error(raw, ["<message from='x@%s' to='%s'><body>x</body></message>" % (MUTE, ROMEO)], "not-authorized")
    for raw in crowd[3:]:
        raw.socket.settimeout(PATIENCE * 4)
        expect_error(raw, [""], "connection-timeout")
    yield len(crowd)


ATTACKS = [names, big, big_strangers, lies, blanks, halves, half_tls, no_tls, silent, crowd, mute]


def repeat(attack, node, stop, run, told):
    """At least once."""
    n = 0
    try:
        while not n or not stop.is_set():
            for did in attack(node, stop, run):
                n += did
        told.put((attack.__name__, n, None))
    except Exception as error:  # what it is, the parent says  pylint: disable=broad-except
        told.put((attack.__name__, n, "%s: %s" % (type(error).__name__, error)))


def everything(node, stop, run, told):
    threads = [threading.Thread(target=repeat, args=(attack, node, stop, run, told), daemon=True) for attack in ATTACKS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Assault:
    """All of them, until stop()."""

    def __init__(self, node, run):
        HALVES_ARE_UP.clear()
        self.stop_now, self.told = multiprocessing.Event(), multiprocessing.Queue()
        self.child = multiprocessing.Process(target=everything, args=(node, self.stop_now, run, self.told), daemon=True)
        self.child.start()

    def is_full(self):
        return HALVES_ARE_UP.is_set() or not self.child.is_alive()

    def stop(self):
        """How often each has done it."""
        self.stop_now.set()
        done, faults = {}, []
        for _ in ATTACKS:
            name, n, fault = self.told.get(timeout=PATIENCE * 20)
            done[name] = n
            faults += ["%s: %s" % (name, fault)] if fault else []
        self.child.join()
        if faults:
            raise Failure("\n".join(faults))
        return done
