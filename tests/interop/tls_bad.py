"""Bad input on the TLS listeners: no TLS, half handshakes, stalled ones, slow ones, broken records. Each is named in the
log with its cause; after each a connection that was there before, and a new one, are served as before."""
import os
import re
import socket
import ssl
import struct
import subprocess

from node import PATIENCE, Failure, wait_for
from peers import Closed, SipPeer, tls_context
from tls_matrix import CONFIG  # noqa: F401 - the same node

STALLED = 500
WORKERS, LOG_LINES = 2, 100  # of each worker, for one address in a minute
LATE = "not finished in time"
RANDOM = os.urandom(64)


def record(kind, body, version=b"\x03\x03", length=None):
    return bytes([kind]) + version + struct.pack(">H", len(body) if length is None else length) + body


# name, bytes, cause; who sends it has not spoken before
OPENINGS = (
    ("plain SIP", b"OPTIONS sip:example.test SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n\r\n", "the peer does not speak TLS"),
    ("HTTP", b"GET / HTTP/1.1\r\n\r\n", "the peer does not speak TLS"),
    ("keep-alive of SIP", b"\r\n\r\n", "the peer does not speak TLS"),
    ("SSL 2", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + RANDOM, "the peer does not speak TLS"),
    ("noise", b"\x00" + RANDOM, "the peer does not speak TLS"),
    ("noise that begins like TLS", b"\x16" + b"\xff" + RANDOM, "wrong version number"),
    ("a record of 65535 bytes", record(22, RANDOM, length=65535), "packet length too long"),
    ("a record of 16385 bytes", record(22, b"\x01\x00\x40\x00" + bytes(16381)), "data length too long"),
    ("a record without bytes", record(22, b"") * 40, "record too small"),
    ("an alert first", record(21, b"\x02\x28"), "unexpected message"),
    ("warnings without end", record(21, b"\x01\x64") * 40, "unexpected message"),
    ("data first", record(23, RANDOM), "unexpected message"),
    ("another message first", record(22, b"\x0b\x00\x00\x03\x00\x00\x00"), "unexpected message"),
    ("a hello of nothing", record(22, b"\x01\x00\x00\x00"), "length too short"),
    ("a hello of noise", record(22, b"\x01\x00\x00\x40" + RANDOM), "length mismatch"),
    ("a hello of 16 MB", record(22, b"\x01\xff\xff\xff" + bytes(16000)), "excessive message size"),
)


class Half:
    """A handshake by hand: what openssl would send comes out flight by flight."""

    def __init__(self, test, version, cert=None):
        context = tls_context(False, cert)
        context.minimum_version = context.maximum_version = version
        self.received, self.made = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.made)
        self.socket = socket.create_connection((test.ip, 5061), PATIENCE)
        self.name = "%s:%d" % self.socket.getsockname()

    def flight(self):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.made.read()

    def send(self, data):
        self.socket.sendall(data)

    def hear(self):
        """Takes the server's flight; enough of it that the next one of ours can be made."""
        while not self.made.pending:
            data = self.socket.recv(65536)
            if not data:
                raise Failure("the node closed in the middle of the handshake")
            self.received.write(data)
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                pass

    def is_read(self):
        """The node has taken what was sent; a reset would make it unseen."""
        done = subprocess.run(["ss", "-Htn", "dst", self.name], capture_output=True, text=True).stdout.split()
        return done and done[1] == "0"

    def go(self, stop):
        """Plays as far as @stop, one of STOPS."""
        if stop == "nothing":
            return
        hello = self.flight()
        if stop == "one byte" or stop == "half a hello":
            self.send(hello[:1 if stop == "one byte" else len(hello) // 2])
            return
        self.send(hello)
        self.hear()
        if stop == "half of what follows":
            rest = self.made.read()
            self.send(rest[:len(rest) // 2])

    def finish(self):
        """The rest of a handshake that was played up to the server's flight."""
        self.send(self.made.read())
        while True:
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                self.received.write(self.socket.recv(65536))

    def read(self):
        """What the node says next; a session ticket is no answer."""
        while True:
            try:
                return self.tls.read(4096)
            except ssl.SSLWantReadError:
                self.received.write(self.socket.recv(65536))

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def is_closed(self):
        self.socket.settimeout(PATIENCE)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        return True


STOPS = ("one byte", "half a hello", "a hello", "half of what follows")
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class Others:
    """Peers that do nothing wrong: one that stays connected to each listener, and a new one each time."""

    def __init__(self, test):
        self.test = test
        self.old = [self.connect(port) for port in (5061, 5062)]

    def connect(self, port):
        test = self.test
        return SipPeer("tls", (test.ip, port), test.ip,
                       tls=tls_context(False, test.certificates.path("good"), test.certificates.path("ca")))

    def ask(self, peer):
        peer.send(self.test.options())
        if not peer.receive().startswith("SIP/2.0 200"):
            raise Failure("another peer is not served")

    def are_served(self):
        for peer in self.old:
            self.ask(peer)
        for port in (5061, 5062):
            peer = self.connect(port)
            self.ask(peer)
            peer.close()


def guarded(run):
    """A test with other peers before and after it."""
    def guard(test):
        others = Others(test)
        try:
            others.are_served()
            run(test)
            others.are_served()
        except (Closed, ssl.SSLError) as error:
            raise Failure("another peer: %r\n%s" % (error, test.log()[-1500:]))
        finally:
            for peer in others.old:
                peer.close()
    return guard


def named(test, name, cause):
    test.logged(r'TLS handshake failed peer=%s .*(reason|detail)="%s"' % (re.escape(name), cause))


def check_opening(test, data, cause):
    before = test.node.counter("proxy", "sip_tls_handshakes_failed")
    with socket.create_connection((test.ip, 5061), PATIENCE) as s:
        name = "%s:%d" % s.getsockname()
        try:
            s.sendall(data)
            while s.recv(65536):
                pass
        except ConnectionError:
            pass  # closed while we still send
    named(test, name, cause)
    test.counted("sip_tls_handshakes_failed", before)


def check_half(test, stop, end):
    for version in VERSIONS:
        before = test.node.counter("proxy", "sip_tls_handshakes_failed")
        half = Half(test, version)
        half.go(stop)
        if end == "close":
            half.socket.close()
        else:
            wait_for(half.is_read, "the node reads")
            half.reset()
        named(test, half.name, "closed by peer" if end == "close" else "connection reset by peer")
        test.counted("sip_tls_handshakes_failed", before)


def accepted_half(test, version):
    """A client whose time has begun: its connection is accepted."""
    before = test.node.counter("proxy", "sip_connections_accepted")
    half = Half(test, version)
    wait_for(lambda: test.node.counter("proxy", "sip_connections_accepted") > before, "the connection is accepted")
    return half


def check_stall(test, stop):
    for version in VERSIONS:
        before = test.node.counter("proxy", "sip_tls_handshakes_late")
        half = accepted_half(test, version)
        half.go(stop)
        test.node.ctl("proxy", "clock advance", ms="5100")
        named(test, half.name, LATE)
        test.counted("sip_tls_handshakes_late", before)
        if not half.is_closed():
            raise Failure("the connection stays")


def check_slow(test):
    """Byte by byte, but in time: it is served. And too slow: each byte is progress, but no reason for more time."""
    half = Half(test, ssl.TLSVersion.TLSv1_3)
    half.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in half.flight():
        half.send(bytes([byte]))
    half.hear()
    half.finish()
    half.tls.write(test.options())
    half.send(half.made.read())
    if not half.read().startswith(b"SIP/2.0 200"):
        raise Failure("the slow client is not served")
    half.socket.close()

    before = test.node.counter("proxy", "sip_tls_handshakes_late")
    half = accepted_half(test, ssl.TLSVersion.TLSv1_3)
    for byte in half.flight()[:8]:
        half.send(bytes([byte]))
        test.node.ctl("proxy", "clock advance", ms="700")
    named(test, half.name, LATE)
    test.counted("sip_tls_handshakes_late", before)


def check_stalled_crowd(test):
    """500 at once, at every point of the handshake, under the eyes of others; all are gone after their time."""
    before = test.node.counter("proxy", "sip_tls_handshakes_late")
    open_before = test.node.counter("proxy", "sip_connections")
    accepted_before = test.node.counter("proxy", "sip_connections_accepted")
    halves = [Half(test, VERSIONS[i % 2]) for i in range(STALLED)]
    try:
        for i, half in enumerate(halves):
            half.go((STOPS + ("nothing",))[i % 5])
        # On a slow machine the first are closed when the last come.
        wait_for(lambda: test.node.counter("proxy", "sip_connections_accepted") == accepted_before + STALLED,
                 "all are accepted")
        others = Others(test)
        others.are_served()
        for peer in others.old:
            peer.close()
        test.node.ctl("proxy", "clock advance", ms="5100")
        test.counted("sip_tls_handshakes_late", before, STALLED)
        # Of those before, some may have been about to close.
        wait_for(lambda: test.node.counter("proxy", "sip_connections") <= open_before, "all are closed")
        lines = test.log().count('reason="%s"' % LATE)
        if not 0 < lines <= WORKERS * LOG_LINES:
            raise Failure("%d log lines" % lines)
    finally:
        for half in halves:
            half.socket.close()
        wait_for(lambda: test.node.counter("proxy", "sip_connections") <= open_before, "all are gone")
        test.node.ctl("proxy", "clock advance", ms="60000")  # to a minute that has lines for others


def check_broken(test, version, spoil, reason):
    """An open connection on which a record is spoilt."""
    before = test.node.counter("proxy", "sip_tls_errors")
    half = Half(test, version)
    half.go("a hello")
    half.finish()
    half.tls.write(test.options())
    half.send(spoil(half.made.read()))
    test.logged(r'TLS connection broken peer=%s .*detail="(%s)"' % (re.escape(half.name), reason))
    test.counted("sip_tls_errors", before)
    if not half.is_closed():
        raise Failure("the connection stays")


SPOILS = (
    ("one bit of a record is wrong", lambda data: data[:-1] + bytes([data[-1] ^ 1]),
     "decryption failed or bad record mac"),
    ("a record that is too long", lambda data: record(23, bytes(16384 + 2049)), "packet length too long"),
    ("plain SIP in the middle", lambda data: b"OPTIONS sip:example.test SIP/2.0\r\n\r\n", "wrong version number"),
    ("a new hello in the middle", lambda data: record(22, b"\x01\x00\x00\x40" + RANDOM),
     "decryption failed or bad record mac|bad record type"),
)


# --- next hops

def noise(connection):
    connection.recv(65536)
    connection.sendall(RANDOM)


def half_a_record(connection):
    connection.recv(65536)
    connection.sendall(record(22, RANDOM, length=2000))


def plain(connection):
    connection.recv(65536)
    connection.sendall(b"SIP/2.0 200 OK\r\n\r\n")


def alert(connection):
    connection.recv(65536)
    connection.sendall(record(21, b"\x02\x28"))


def reset(connection):
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# name, what the hop does before it closes (None: nothing, and stays), the cause
BAD_HOPS = (
    ("closes", lambda connection: connection.recv(65536), "closed by peer"),
    ("resets", reset, "connection reset by peer"),
    ("sends noise", noise, "the peer does not speak TLS"),
    ("sends plain SIP", plain, "the peer does not speak TLS"),
    ("sends half a record and closes", half_a_record, "closed by peer"),
    ("refuses by an alert", alert, ".*alert handshake failure"),
    ("says nothing", None, LATE),
)


def check_bad_hop(test, act, cause):
    """The client hears 503 of it, and the log says why."""
    client = SipPeer("udp", (test.ip, 5060), test.ip)
    with socket.create_server((test.ip, 5071)) as hop:
        hop.settimeout(PATIENCE)
        client.send(test.options("1@example.test"))
        connection, _ = hop.accept()
        if act:
            act(connection)
            connection.close()
        else:
            connection.recv(65536)  # from then on time runs
            test.node.ctl("proxy", "clock advance", ms="5100")
        while "SIP/2.0 100" in (answer := client.receive()):
            pass
        connection.close()
    client.close()
    if not answer.startswith("SIP/2.0 503"):
        raise Failure("client got " + answer)
    named(test, test.ip + ":5071", cause)


def tests(_):
    for name, act, cause in BAD_HOPS:
        yield "bad: a next hop that " + name, guarded(lambda t, a=(act, cause): check_bad_hop(t, *a))
    for name, data, cause in OPENINGS:
        yield "bad: " + name, guarded(lambda t, a=(data, cause): check_opening(t, *a))
    for stop in STOPS:
        for end in ("close", "reset"):
            yield "bad: %s, then %s" % (stop, end), guarded(lambda t, a=(stop, end): check_half(t, *a))
    for stop in ("nothing",) + STOPS:
        yield "bad: %s, then silence" % stop, guarded(lambda t, a=stop: check_stall(t, a))
    yield "bad: slow bytes", guarded(check_slow)
    yield "bad: %d stalled handshakes" % STALLED, guarded(check_stalled_crowd)
    for name, spoil, reason in SPOILS:
        for version in VERSIONS:
            yield ("bad: %s, %s" % (name, version.name),
                   guarded(lambda t, a=(version, spoil, reason): check_broken(t, *a)))
