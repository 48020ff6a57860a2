"""The stage of a torture test: a proxy, a client beside it, and a next hop with a DNS server that leads every name to it."""
import itertools
import os
import re
import select
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fake"))
from node import PATIENCE, Failure, Node, wait_for  # noqa: E402

# No name of the messages is ours: a proxy that relays is on trial, and no registrar. What has no name goes by a route.
CONFIG = """
node = { domain = "crosspoint.test"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tcp:${ip}:5060" );
  max_transactions_per_call = 100;
  internal = ();
  workers = ${workers};
  dns_servers = "${hop}:5353";
  targets = ( { name = "hop"; uri = "sip:${hop}:5060"; } );
  acl = ( { pattern = "127.0.0.0/8"; description = "loopback"; } );
  method_routes = ( { domain = "[2001:db8::10], [2001:db8::10:5070], [2001:db8::192.0.2.1]";
                      to = "hop"; } );
};
"""
# Ports that the top Via of a message names: answers go there (RFC 3261 18.2.2).
CLIENT_PORTS = (5060, 5050, 6050, 19823)
MPART01 = ("127.0.0.1", 5080)  # named by the Route of one message

# What a proxy adds to or takes from; every other header line goes on as it came.
OWNED = ("via", "v", "max-forwards", "max-breadth", "route", "record-route")


def message_text(data):
    return data.decode("utf-8", "backslashreplace")


def head_lines(data):
    """The header lines of a message with their continuation lines, without the start line."""
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    return re.sub(rb"\r?\n[ \t]", lambda m: m.group(0).replace(b"\n", b"\0"), head).split(b"\n")[1:]


def restore(line):
    return line.replace(b"\0", b"\n").rstrip(b"\r")


def name_of(line):
    return line.partition(b":")[0].strip().decode("latin-1").lower()


def header(data, *names):
    """Values of the first header with one of these names, or None."""
    for line in head_lines(data):
        if name_of(line) in names:
            return restore(line).partition(b":")[2].strip()
    return None


def body(data):
    return re.split(rb"\r?\n\r?\n", data, maxsplit=1)[1]


def start_line_fault(sent, got):
    """Method and Request-URI stay, even if the start line was untidy; a strict router's Route becomes the Request-URI."""
    wanted = sent.split(b"\r\n")[0].split()
    route = header(sent, "route")
    if route and b";lr" not in route:
        wanted[1] = route.strip(b"<>")
    line = got.split(b"\r\n")[0]
    return [] if line == b" ".join(wanted) else ["start line %r" % line]


def lines_that_stay(sent):
    """The header lines that the next hop must see as they were sent."""
    lines = [restore(line) for line in head_lines(sent)]
    vias = [line for line in lines if name_of(line) in ("via", "v")]
    return [line for line in lines if name_of(line) not in OWNED or line in vias[1:] or
            name_of(line) == "record-route" or name_of(line) == "route" and b";lr" in line]


def line_faults(sent, got):
    faults, position = [], -1
    there = [restore(line) for line in head_lines(got)]
    stay = lines_that_stay(sent)
    for line in stay:
        if line not in there:
            faults.append("lost or changed: %r" % line)
        elif there.index(line) < position and name_of(line) not in OWNED:
            faults.append("moved up: %r" % line)
        else:
            position = there.index(line)
    extra = [line for line in there if line not in stay and name_of(line) not in OWNED + ("content-length",)]
    return faults + (["added: %r" % extra] if extra else [])


def forwarded_faults(sent, got):
    """What a proxy must not have done between @p sent and @p got (RFC 3261 16.6, RFC 4475)."""
    faults = start_line_fault(sent, got) + line_faults(sent, got)
    length = int(header(got, "content-length", "l"))
    if len(body(got)) != length:
        faults.append("Content-Length %d of a body of %d" % (length, len(body(got))))
    if body(sent)[:length] != body(got):
        faults.append("another body")
    hops_in, hops_out = header(sent, "max-forwards"), header(got, "max-forwards")
    if int(hops_out) != (int(hops_in) - 1 if hops_in else 70):
        faults.append("Max-Forwards %r -> %r" % (hops_in, hops_out))
    if not header(got, "via").startswith(b"SIP/2.0/"):
        faults.append("no Via of ours on top")
    return faults


def answer_to(request, status=b"200 Fine", more=b""):
    """A response that any user agent would give."""
    kept = [restore(line) for line in head_lines(request)
            if name_of(line) in ("via", "v", "from", "f", "call-id", "i", "cseq", "record-route")]
    to = [restore(line) for line in head_lines(request) if name_of(line) in ("to", "t")]
    to = [line if re.search(rb";\s*tag\s*=", line) else line + b";tag=hop" for line in to]
    return b"SIP/2.0 " + status + b"\r\n" + b"\r\n".join(kept + to) + b"\r\n" + more + b"Content-Length: 0\r\n\r\n"


def take_message(buffer):
    """(whole message or None, rest) of a stream"""
    buffer = buffer.lstrip(b"\r\n")
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None, buffer
    total = end + 4 + int(header(buffer[:end + 4], "content-length", "l") or 0)
    return (buffer[:total], buffer[total:]) if len(buffer) >= total else (None, buffer)


class Client:
    """The side that sends, over one transport; over UDP it hears on every port that a Via may name."""

    def __init__(self, stage, transport):
        self.stage, self.transport, self.buffer, self.closed, self.got = stage, transport, b"", False, []
        self.keep_provisional = True
        ports = CLIENT_PORTS if transport == "udp" else (0,)
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.sockets = [socket.socket(socket.AF_INET, kind) for _ in ports]
        for one, port in zip(self.sockets, ports):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((stage.client_ip, port))
        self.main = self.sockets[0]
        if transport == "tcp":
            self.main.connect((stage.node.ip, 5060))
        self.address = "%s:%d" % self.main.getsockname()

    def send(self, data):
        try:
            if self.transport == "udp":
                self.main.sendto(data, (self.stage.node.ip, 5060))
            else:
                self.main.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            self.closed = True

    def on_readable(self, one):
        try:
            data = one.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if self.transport == "udp":
            if self.keep_provisional or not data.startswith(b"SIP/2.0 1"):
                self.got.append(data)
            return
        if not data:
            self.closed = True
            self.sockets = []
        self.buffer += data
        while True:
            message, self.buffer = take_message(self.buffer)
            if message is None:
                return
            self.got.append(message)

    def statuses(self):
        return [int(data.split(b" ")[1]) for data in self.got if data.startswith(b"SIP/2.0 ")]

    def final(self, status):
        finals = [s for s in self.statuses() if s >= 200]
        if finals and status not in finals:
            raise Failure("answered %s instead of %d:\n%s" % (finals, status, message_text(self.got[-1])))
        return bool(finals)

    def close(self):
        self.main.close()
        for one in self.sockets:
            one.close()


class Hop:
    """The next hop of everything: UDP and TCP on one address, and the DNS."""

    def __init__(self, stage):
        self.stage, self.requests, self.answer = stage, [], answer_to
        self.udp = self.bind(socket.SOCK_DGRAM, (stage.hop_ip, 5060))
        self.dns = self.bind(socket.SOCK_DGRAM, (stage.hop_ip, 5353))
        self.streams, self.tcp, self.other = {}, None, None
        self.open_tcp()

    @staticmethod
    def bind(kind, address):
        one = socket.socket(socket.AF_INET, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(address)
        return one

    def open_tcp(self):
        self.tcp = self.bind(socket.SOCK_STREAM, (self.stage.hop_ip, 5060))
        self.tcp.listen(64)

    def close_tcp(self):
        for one in [self.tcp, *self.streams]:
            one.close()
        self.streams, self.tcp = {}, None

    def bind_other(self):
        """The address that mpart01 names. Whoever else runs this wants it too, so it is held for one test only."""
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

        def bound():
            try:
                one.bind(MPART01)
                return True
            except OSError:
                return False
        wait_for(bound, "127.0.0.1:5080 is free")
        self.other = one

    def sockets(self):
        return [one for one in (self.udp, self.tcp, self.dns, self.other, *self.streams) if one]

    def on_readable(self, one):
        if one is self.tcp:
            self.streams[one.accept()[0]] = b""
        elif one is self.dns:
            self.answer_dns()
        elif one in self.streams:
            self.read_stream(one)
        else:
            data, peer = one.recvfrom(1 << 16)
            self.take(data, lambda answer: one.sendto(answer, peer))

    def read_stream(self, one):
        try:
            data = one.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            del self.streams[one]
            one.close()
            return
        message, rest = take_message(self.streams[one] + data)
        while message is not None:
            self.take(message, one.sendall)
            message, rest = take_message(rest)
        self.streams[one] = rest

    def take(self, data, send):
        self.requests.append(data)
        answer = self.answer(data) if self.answer and not data.startswith(b"ACK ") else None
        if answer:
            send(answer)

    def answer_dns(self):
        """A of any name is the next hop; there is nothing else."""
        query, peer = self.dns.recvfrom(512)
        end = query.index(b"\0", 12) + 5
        is_a = query[end - 4:end - 2] == b"\0\1"
        record = b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + socket.inet_aton(self.stage.hop_ip)
        self.dns.sendto(query[:2] + b"\x85\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0" + query[12:end] +
                        (record if is_a else b""), peer)


class Stage:
    def __init__(self, options, config=CONFIG):
        self.node = Node(options.build, config, {"workers": options.workers}, options.keep)
        self.hop_ip = self.neighbour(1)
        self.client_ips = itertools.cycle([self.neighbour(i) for i in range(2, 250)])
        self.client_ip = next(self.client_ips)
        self.node.variables["hop"] = self.hop_ip
        self.node.write("crosspoint.conf", self.node.fill(config))
        self.clients, self.serial = [], 0
        self.hop = Hop(self)
        self.node.start("proxy")
        self.node.ctl("proxy", "clock stop")  # else a slow machine makes it send again

    def stop(self):
        self.clear()
        for one in self.hop.sockets():
            one.close()
        self.node.stop()

    def neighbour(self, distance):
        first, last = self.node.ip.rsplit(".", 1)
        return "%s.%d" % (first, (int(last) - 2 + distance) % 250 + 2)

    def client(self, transport):
        client = Client(self, transport)
        self.clients.append(client)
        return client

    def begin(self):
        self.hop.requests.clear()
        self.hop.answer = answer_to

    def clear(self):
        """After a test: nothing of it may reach the next one, whose clients have another address: a worker may have
        counted a transaction down whose last answer it is still about to send."""
        for client in self.clients:
            client.close()
        self.clients = []
        self.client_ip = next(self.client_ips)
        self.hop.answer = None
        if self.hop.other:
            self.hop.other.close()
            self.hop.other = None
        # What is being forwarded ends, with an answer; then the transactions do, that would repeat it.
        if self.node.children.get("proxy") and self.node.children["proxy"].poll() is None:
            for gauge in ("proxy_contexts", "sip_transactions"):
                wait_for(lambda: self.node.ctl("proxy", "clock advance", ms="400000") and self.drained(gauge), gauge + " is 0")

    def drained(self, gauge):
        while self.pump(0):
            pass
        return self.node.counter("proxy", gauge) == 0

    def wait_closed(self, client):
        """The proxy closes the connection, if only because half_message_ms have passed."""
        def closed():
            if not client.closed:
                self.node.ctl("proxy", "clock advance", ms="11000")
            return client.closed
        self.wait(closed, "connection closed")

    def pump(self, seconds):
        owners = {one: client for client in self.clients for one in client.sockets}
        owners.update({one: self.hop for one in self.hop.sockets()})
        ready = select.select(list(owners), [], [], seconds)[0]
        for one in ready:
            if one.fileno() >= 0:
                owners[one].on_readable(one)
        return bool(ready)

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Failure("did not happen: %s; the client got %s, the next hop %s\n%s" % (
                    what, [c.statuses()[-20:] for c in self.clients],
                    [r.split(b"\r")[0] for r in self.hop.requests[-20:]], self.node.log("proxy")[-1500:]))
            self.pump(0.1)

    def is_alive(self, client=None):
        """An OPTIONS to the proxy itself, on the same socket if there is one, must be answered 200."""
        client = client or self.client("udp" if not self.clients or self.clients[0].transport == "tcp" else "tcp")
        self.serial += 1
        call_id = b"alive-%d" % self.serial
        client.send((
            "OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=z9hG4bKalive%d\r\nFrom: <sip:a@a.test>;tag=1\r\n"
            "To: <sip:%s>\r\nCall-ID: alive-%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n" % (
                self.node.ip, client.transport.upper(), client.address, self.serial, self.node.ip,
                self.serial)).encode())

        def answers():
            return [data for data in client.got if header(data, "call-id") == call_id]
        self.wait(answers, "OPTIONS after it is answered")
        answer = answers()[0]
        if not answer.startswith(b"SIP/2.0 200 "):
            raise Failure("OPTIONS after it: " + message_text(answer))
        client.got.remove(answer)

    def nothing_else(self, client, what, status):
        """Neither answers nor requests that the verdict does not know; the OPTIONS has pushed them out before it."""
        while self.pump(0):
            pass
        if what in ("dropped", "closed") and client.got:
            raise Failure("answered: " + message_text(client.got[0]))
        if what != "forwarded" and self.hop.requests:
            raise Failure("forwarded: " + message_text(self.hop.requests[0]))
        if what == "forwarded" and len(self.hop.requests) != int(status or 1):
            raise Failure("forwarded %d times" % len(self.hop.requests))
