"""A server by hand, for what no real one says: bytes over a socket, perhaps with TLS and a certificate."""
import base64
import os
import re
import socket
import ssl

from node import PATIENCE, Failure, wait_for

HEADER = ("<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' %s version='1.0'>")
ADDRESSED = HEADER % "from='xmpp.example.test' to='sip.example.test'"
STANZA = "<message from='%s' to='%s'><body>x</body></message>"
JULIET, ROMEO = "juliet@xmpp.example.test", "romeo@sip.example.test"


class Raw:
    """A connection to the gateway, from any address of the loopback; what came is in `text`."""

    def __init__(self, node, domain="xmpp.example.test", source=""):
        self.node, self.text, self.header = node, "", HEADER % ("from='%s' to='sip.example.test'" % domain)
        self.socket = socket.create_connection((node.ip, 16269), PATIENCE, (source, 0))

    def say(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def until(self, wanted):
        """Reads until `wanted` is there; "" stands for the end."""
        while not wanted or wanted not in self.text:
            try:
                piece = self.socket.recv(65536)
            except (socket.timeout, ssl.SSLError) as error:
                raise Failure("no %s after: %s (%s)" % (wanted or "end", self.text[-600:], error)) from error
            except ConnectionError:
                piece = b""
            if not piece:
                if wanted:
                    raise Failure("ended without %s: %s" % (wanted, self.text[-600:]))
                return self
            self.text += piece.decode()
        return self

    def secure(self, name="prosody-cert"):
        """A header, STARTTLS, and another header, with that certificate."""
        self.say(self.header)
        self.until("</stream:features>").say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.until("<proceed")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        path = os.path.join(self.node.dir, name)
        context.load_cert_chain(path + ".pem", path + ".key")
        self.socket, self.text = context.wrap_socket(self.socket), ""
        self.say(self.header)
        return self.until("</stream:features>")

    def auth(self, authzid="=", mechanism="EXTERNAL"):
        text = base64.b64encode(authzid.encode()).decode() if authzid != "=" else "="
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='%s'>%s</auth>" % (mechanism, text))

    def enter(self, name="prosody-cert"):
        self.secure(name).auth()
        self.until("<success")
        self.text = ""
        self.say(self.header)
        return self.until("</stream:features>")

    def error(self):
        """The condition of the stream error by which it ends; it must be behind a header."""
        self.until("</stream:stream>")
        self.socket.close()
        found = re.search(r"<stream:error><([a-z-]+) ", self.text)
        if not found or not 0 <= self.text.find("<stream:stream ") < found.start():
            raise Failure("no stream error: " + self.text[-600:])
        return found.group(1)


# What is said first, and how it ends.
PLAIN = [
    ("another root", "<message xmlns='jabber:server'/>", "invalid-namespace"),
    ("no stream at all", "GET / HTTP/1.0\r\n\r\n", "not-well-formed"),
    ("a client's stream of another version", ADDRESSED.replace("1.0", "0.9"), "unsupported-version"),
    ("a header to another host", HEADER % "from='xmpp.example.test' to='example.org'", "host-unknown"),
    ("a header to nobody", HEADER % "from='xmpp.example.test'", "improper-addressing"),
    ("a header from nobody", HEADER % "to='sip.example.test'", "improper-addressing"),
    ("a header from a domain that is not allowed", HEADER % "from='example.org' to='sip.example.test'", "policy-violation"),
    ("a stanza before anything is proven", ADDRESSED + STANZA % (JULIET, ROMEO), "not-authorized"),
    ("EXTERNAL without TLS", ADDRESSED + "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>",
     "unsupported-stanza-type"),
    ("an element that is nothing", ADDRESSED + "<x xmlns='urn:x'/>", "unsupported-stanza-type"),
    ("a DOCTYPE", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + ADDRESSED, "restricted-xml"),
    ("a comment", ADDRESSED + "<!-- x -->", "restricted-xml"),
    ("a processing instruction", ADDRESSED + "<?x y?>", "restricted-xml"),
    ("another encoding", "<?xml version='1.0' encoding='ISO-8859-1'?>" + ADDRESSED, "unsupported-encoding"),
    ("a prefix that is bound to nothing", ADDRESSED + "<x:y/>", "bad-namespace-prefix"),
    ("elements that cross", ADDRESSED + "<a><b></a></b>", "not-well-formed"),
    ("100000 levels", ADDRESSED + "<a>" * 100000, "policy-violation"),
]

# The same behind TLS and EXTERNAL.
PROVEN = [
    ("a stanza in another domain's name", STANZA % ("juliet@example.org", ROMEO), "invalid-from"),
    ("a stanza in a sub-domain's name", STANZA % ("juliet@x.xmpp.example.test", ROMEO), "invalid-from"),
    ("a stanza in our own name", STANZA % (ROMEO, ROMEO), "invalid-from"),
    ("a stanza to another domain", STANZA % (JULIET, "romeo@example.org"), "host-unknown"),
    ("a stanza from nobody", "<message to='%s'/>" % ROMEO, "improper-addressing"),
    ("a stanza to nobody", "<message from='%s'/>" % JULIET, "improper-addressing"),
    ("a stanza of a client's namespace", "<message xmlns='jabber:client' from='%s' to='%s'/>" % (JULIET, ROMEO),
     "unsupported-stanza-type"),
    ("a stanza that is none", "<messages from='%s' to='%s'/>" % (JULIET, ROMEO), "unsupported-stanza-type"),
    ("a stanza that is too large", STANZA.replace("x<", "x" * 400000 + "<") % (JULIET, ROMEO), "policy-violation"),
]


def check_errors(node):
    for rows, begin in ((PLAIN, lambda raw: raw), (PROVEN, Raw.enter)):
        for what, text, wanted in rows:
            raw = begin(Raw(node))
            try:
                raw.say(text)
            except ConnectionError:
                pass  # refused while it was still talking
            was = raw.error()
            if was != wanted:
                raise Failure("%s: %s instead of %s" % (what, was, wanted))
    if node.counter("xmpp", "stanzas_received"):
        raise Failure("a stanza got through")


def check_external(node):
    """Nobody gets in by EXTERNAL as somebody else; who says nothing, or the truth, does."""
    for authzid, mechanism, wanted in (("example.org", "EXTERNAL", "<invalid-authzid/>"), ("=", "PLAIN", "<invalid-mechanism/>"),
                                       ("XMPP.example.test", "EXTERNAL", "<success"), ("", "EXTERNAL", "<success")):
        raw = Raw(node).secure()
        raw.auth(authzid, mechanism)
        raw.until(wanted)
    raw = Raw(node).secure()
    raw.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>*</auth>")
    raw.until("<incorrect-encoding/>")


def check_times(node):
    """Who is silent, at any stage, is let go."""
    silent, half, hello = Raw(node), Raw(node), Raw(node)
    half.say(ADDRESSED)
    half.until("</stream:features>")
    hello.say(ADDRESSED)
    hello.until("</stream:features>").say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    hello.until("<proceed")
    wait_for(lambda: sum(row[2] == "tls" for row in node.ctl("xmpp", "show streams")["rows"]) == 1, "TLS is awaited")
    node.ctl("xmpp", "clock advance", ms=11000)
    hello.until("")
    node.ctl("xmpp", "clock advance", ms=20000)
    for raw in (silent, half):
        if raw.error() != "connection-timeout":
            raise Failure("it is not told that it took too long")
    if node.counter("xmpp", "stream_late") != 3:
        raise Failure("%d are counted" % node.counter("xmpp", "stream_late"))


def check_limits(node):
    """max_strangers is 5 here, max_streams_per_address 7."""
    crowd = [Raw(node) for _ in range(5)]
    for raw in crowd:
        raw.say(ADDRESSED)
        raw.until("</stream:features>")
    Raw(node).until("")
    if "stream refused limit=max_strangers" not in node.log("xmpp"):
        raise Failure("no line about it")
    for raw in crowd:
        raw.socket.close()
    wait_for(lambda: node.counter("xmpp", "streams") == 0, "they are gone")
    friends = [Raw(node).enter() for _ in range(7)]
    Raw(node).until("")
    if "stream refused limit=max_streams_per_address" not in node.log("xmpp") or node.counter("xmpp", "streams_refused") != 2:
        raise Failure("no line about it, or not counted")
    return friends


def check_dialback(node):
    """Nobody listens where xmpp.example.test is; nobody knows the key that we are asked about; another domain is not asked."""
    node.make_cert("stranger", san="DNS:example.org", ca="other-ca")
    raw = Raw(node).secure("stranger")
    raw.say("<db:result xmlns:db='jabber:server:dialback' from='example.org' to='sip.example.test'>k</db:result>")
    raw.until("type='error'").until("policy-violation")
    raw.say("<db:result xmlns:db='jabber:server:dialback' from='xmpp.example.test' to='example.com'>k</db:result>")
    raw.until("item-not-found")
    raw.say("<db:verify xmlns:db='jabber:server:dialback' from='xmpp.example.test' to='sip.example.test' id='i'>k</db:verify>")
    raw.until("type='invalid'")
    raw.say("<db:result xmlns:db='jabber:server:dialback' from='xmpp.example.test' to='sip.example.test'>k</db:result>")
    raw.until("remote-connection-failed")
    raw.say(STANZA % (JULIET, ROMEO))
    if raw.error() != "not-authorized":
        raise Failure("the stanza was taken")
    if node.counter("xmpp", "dialback_valid") or node.counter("xmpp", "dialback_asked") != 1:
        raise Failure("%d valid, %d asked" % (node.counter("xmpp", "dialback_valid"), node.counter("xmpp", "dialback_asked")))


class Mute:
    """The server of xmpp.example.test, which never answers dialback."""

    def __init__(self, node, cleanup):
        self.door, self.text = socket.create_server((node.ip, 15269)), ""
        self.door.settimeout(PATIENCE)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        path = os.path.join(node.dir, "prosody-cert")
        self.context.load_cert_chain(path + ".pem", path + ".key")
        cleanup(self.door.close)

    def until(self, wanted):
        return Raw.until(self, wanted)

    def say(self, features):
        self.socket.sendall((HEADER % "from='xmpp.example.test' id='1'" + "<stream:features>%s</stream:features>" % features).encode())

    def take(self):
        """A connection, as far as TLS, until a question of dialback has come."""
        self.socket, self.text = self.door.accept()[0], ""
        self.socket.settimeout(PATIENCE)
        self.until("<stream:stream ")
        self.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.until("<starttls")
        self.socket.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.socket, self.text = self.context.wrap_socket(self.socket, server_side=True), ""
        self.until("<stream:stream ")
        self.say("")
        return self.until("</db:")


def check_mute(node, cleanup):
    """Whoever asked us hears that there is no answer; our own stream is ended."""
    node.make_cert("stranger", san="DNS:example.org", ca="other-ca")
    mute, raw = Mute(node, cleanup), Raw(node).secure("stranger")
    raw.say("<db:result xmlns:db='jabber:server:dialback' from='xmpp.example.test' to='sip.example.test'>k</db:result>")
    mute.take().until("<db:verify ")
    node.ctl("xmpp", "clock advance", ms=15500)
    raw.until("type='error'").until("<remote-server-timeout ")
    mute.until("</stream:stream>").socket.close()
    raw.socket.close()
    raw = Raw(node).enter()
    raw.say("<iq type='get' id='1' from='%s' to='sip.example.test'><ping xmlns='urn:xmpp:ping'/></iq>" % JULIET)
    mute.take().until("<db:result ")
    node.ctl("xmpp", "clock advance", ms=20500)
    mute.until("<connection-timeout ").until("</stream:stream>").socket.close()
    wait_for(lambda: node.counter("xmpp", "dialback_unanswered") == 2, "both are counted")
    for line in ('dialback judged .* valid=no reason="the authoritative server has not answered"',
                 'stream error sent .* condition=connection-timeout text="dialback is not answered"'):
        if len(re.findall(line, node.log("xmpp"))) != 1:
            raise Failure("not told once: " + line)
    if node.counter("xmpp", "dialback_valid") or node.counter("xmpp", "dialback_refused") or node.counter("xmpp", "stream_late"):
        raise Failure("something else is counted, too")


def check_multiplex(node):
    """A stream that is proven for one domain is not for another one, whose row does not allow dialback; one more is asked for."""
    raw = Raw(node).enter()
    result = "<db:result xmlns:db='jabber:server:dialback' from='%s' to='sip.example.test'>k</db:result>"
    raw.say(result % "third.example.test")
    raw.until("type='error'").until("forbidden")
    raw.text = ""
    raw.say(result % "fourth.example.test")
    raw.until("remote-connection-failed")
    if node.counter("xmpp", "dialback_asked") != 1:
        raise Failure("%d are asked" % node.counter("xmpp", "dialback_asked"))
    raw.text = ""
    raw.say(result % "xmpp.example.test")  # whose certificate is shown: XEP-0344
    raw.until("type='valid'")
    raw.text = "<stream:stream "
    raw.say(STANZA % ("juliet@third.example.test", ROMEO))
    if raw.error() != "invalid-from":
        raise Failure("a stanza was taken")
