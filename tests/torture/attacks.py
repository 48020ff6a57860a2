"""Bad input that no RFC has as a message: too much of something, lengths that lie, halves, floods. Each test ends with an
OPTIONS that must be answered."""
import random
import socket

from node import PATIENCE, Failure
from replies import request, stored
from stage import answer_to, body, forwarded_faults, head_lines, header, message_text, name_of

FLOOD = 10000


def with_headers(data, lines, content=b"", length=None):
    """@p data with more header lines, a body, and the length that it claims."""
    head = data.split(b"\r\nContent-Length")[0]
    length = len(content) if length is None else length
    return head + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + (
        b"Content-Length: " + str(length).encode() + b"\r\n\r\n" + content)


def expect_forwarded(stage, client, data):
    stage.begin()
    client.send(data)
    stage.wait(lambda: stage.hop.requests, "request at the next hop")
    stage.wait(lambda: client.final(200), "200 at the client")
    stage.is_alive(client)
    return stage.hop.requests[0]


def expect_status(stage, client, data, status):
    stage.begin()
    client.send(data)
    stage.wait(lambda: client.final(status), "answer %d" % status)
    if stage.hop.requests:
        raise Failure("forwarded: " + message_text(stage.hop.requests[0]))


def expect_closed(stage, client):
    stage.wait_closed(client)
    stage.is_alive()


# --- too much

def test_seventy_routes(stage):
    """Of others they all go on; those that name the proxy are all used up."""
    others = [b"Route: <sip:r%d.example.com;lr>" % i for i in range(70)]
    for transport in ("udp", "tcp"):
        for lines in (others, [b"Route: " + b", ".join(line[7:] for line in others)]):
            client = stage.client(transport)
            got = expect_forwarded(stage, client, with_headers(request(client, "MESSAGE", "r%d" % id(lines)), lines))
            if message_text(got).count("example.com;lr>") != 70:
                raise Failure("Routes were lost: " + message_text(got))
            stage.clear()
        client = stage.client(transport)
        ours = [b"Route: <sip:%s;lr>" % stage.node.ip.encode()] * 70
        got = expect_forwarded(stage, client, with_headers(request(client, "MESSAGE", "own" + transport), ours))
        if header(got, "route"):
            raise Failure("our own Route is left")
        stage.clear()


def test_header_of_64_kib(stage):
    """More than a header may have: a stream is closed; a datagram cannot hold it, one of 60 KiB is served."""
    client = stage.client("tcp")
    stage.begin()
    client.send(with_headers(request(client, "MESSAGE", "big"), [b"X-Big: " + b"x" * 65536]))
    expect_closed(stage, client)
    stage.clear()
    client = stage.client("tcp")
    client.send(with_headers(request(client, "MESSAGE", "lines"), [b"X-Line: %d" % i for i in range(8000)]))
    expect_closed(stage, client)
    stage.clear()
    client = stage.client("udp")
    got = expect_forwarded(stage, client, with_headers(request(client, "MESSAGE", "large"), [b"X-Big: " + b"x" * 61440]))
    if len(header(got, "x-big")) != 61440:
        raise Failure("cut")


def test_thousand_header_lines(stage):
    """More lines than the parser may see (its work grows with their square): refused, and by name."""
    lines = [b"X-Line: %d" % i for i in range(1000)]
    for transport in ("udp", "tcp"):
        client = stage.client(transport)
        expect_status(stage, client, with_headers(request(client, "MESSAGE", "many" + transport), lines), 400)
        stage.is_alive(client)
        stage.clear()


def test_large_request(stage):
    """By TCP, with a Via that says so; to a peer without TCP by UDP after all, and the next one at once."""
    large = [b"X-Large: " + b"x" * 1300]
    client = stage.client("udp")
    got = expect_forwarded(stage, client, with_headers(request(client, "MESSAGE", "tcp"), large))
    if not header(got, "via").startswith(b"SIP/2.0/TCP "):
        raise Failure("not by TCP: " + message_text(got))
    stage.clear()
    stage.hop.close_tcp()
    try:
        for tag in ("first", "second"):
            client = stage.client("udp")
            failed = stage.node.counter("proxy", "sip_udp_switch_failed")
            sent = with_headers(request(client, "MESSAGE", tag), large)
            # One Call-ID, one worker: each remembers for itself.
            got = expect_forwarded(stage, client, sent.replace(b"Call-ID: second", b"Call-ID: first"))
            if not header(got, "via").startswith(b"SIP/2.0/UDP ") or message_text(got).count("Via:") != 2:
                raise Failure("not by UDP: " + message_text(got))
            if stage.node.counter("proxy", "sip_udp_switch_failed") - failed != (tag == "first"):
                raise Failure("tried TCP %s time" % tag)
            client.close()
            stage.clients.remove(client)
    finally:
        stage.hop.open_tcp()


def late_response(stage, via_host, hear):
    """A client sends over TCP and hangs up; then the next hop answers. hear() gives what came to where the answer went."""
    client = stage.client("tcp")
    stage.begin()
    stage.hop.answer = None
    data = request(client, "MESSAGE", "late" + via_host).replace(client.address.encode(), via_host.encode(), 1)
    client.send(data)
    stage.wait(lambda: stage.hop.requests, "request at the next hop")
    open_before = stage.node.counter("proxy", "sip_connections")
    client.close()
    stage.clients.remove(client)
    stage.wait(lambda: stage.node.counter("proxy", "sip_connections") < open_before, "the proxy sees the client go")
    stage.hop.udp.sendto(answer_to(stage.hop.requests.pop()), (stage.node.ip, 5060))
    stage.wait(lambda: hear(), "the answer")
    if not hear()[0].startswith(b"SIP/2.0 200 "):
        raise Failure("not the answer: " + message_text(hear()[0]))
    stage.is_alive()


def test_late_response(stage):
    """RFC 3261 18.2.2, RFC 3263 5: back to the source at the port of the Via, else to where the DNS has the Via's host."""
    late_response(stage, "gone.example.com", lambda: stage.hop.requests)
    late_response(stage, "gone.example.com:5060", lambda: stage.hop.requests)
    late_response(stage, stage.hop_ip, lambda: stage.hop.requests)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((stage.client_ip, 5060))
        listener.listen()
        listener.settimeout(PATIENCE)
        got = []

        def hear():
            if not got:
                got.append(listener.accept()[0].recv(65536))
            return got
        late_response(stage, "gone.example.com", hear)
    lost = stage.node.counter("proxy", "sip_transaction_replies_lost")
    stage.hop.close_tcp()
    try:
        late_response(stage, "gone.example.com", lambda: stage.node.counter("proxy", "sip_transaction_replies_lost") > lost
                      and [b"SIP/2.0 200 to nobody"])
    finally:
        stage.hop.open_tcp()


# --- lengths that lie

LENGTHS = (
    # Claimed length of a body of 10 bytes, and what follows over UDP and TCP. "cut": forwarded with as much body. A
    # stream is closed, for what follows on it is anybody's guess, unless two lengths agree.
    (b"11", 400, "closed"),
    (b"9", "cut", "cut"),
    (b"0", "cut", "cut"),
    (b"-1", 400, 400),
    (b"-10", 400, 400),
    (b"+10", 400, 400),
    (b"0x0a", 400, 400),
    (b"ten", 400, 400),
    (b"", 400, 400),
    (b"10 10", 400, 400),
    (b"10, 10", 400, 400),
    (b"4294967306", 400, 400),
    (b"18446744073709551626", 400, 400),
    (b"65536", 400, 413),
    (b"10\r\nContent-Length: 10", 400, "400 open"),
    (b"10\r\nl: 9", 400, 400),
)


def test_content_length_lies(stage):
    for i, (claimed, on_udp, on_tcp) in enumerate(LENGTHS):
        for transport, verdict in (("udp", on_udp), ("tcp", on_tcp)):
            try:
                lie(stage, transport, claimed, verdict, "lie%d%s" % (i, transport))
            except Failure as error:
                raise Failure("Content-Length: %r over %s: %s" % (claimed, transport, error))
            stage.clear()


def lie(stage, transport, claimed, verdict, tag):
    client = stage.client(transport)
    stage.begin()
    data = request(client, "MESSAGE", tag).replace(b"Content-Length: 0", b"Content-Length: " + claimed) + b"0123456789"
    if verdict in (400, 413, "400 open"):
        expect_status(stage, client, data, 413 if verdict == 413 else 400)
    else:
        client.send(data)
    if verdict == "cut":
        stage.wait(lambda: stage.hop.requests, "request at the next hop")
        if body(stage.hop.requests[0]) != b"0123456789"[:int(claimed)]:
            raise Failure("forwarded " + message_text(stage.hop.requests[0]))
    if transport == "tcp" and verdict != "400 open":
        expect_closed(stage, client)
    else:
        stage.is_alive(client)


# --- halves

def test_half_messages(stage):
    """Cut anywhere before its end, a request is refused or dropped, and never forwarded."""
    whole = stored("sdp01")
    for cut in range(1, len(whole), 7):
        client = stage.client("udp")
        stage.begin()
        client.send(whole[:cut])
        stage.is_alive(client)
        if stage.hop.requests:
            raise Failure("forwarded after %d bytes: %s" % (cut, message_text(stage.hop.requests[0])))
        if [s for s in client.statuses() if s != 400]:
            raise Failure("answered %s after %d bytes" % (client.statuses(), cut))
        stage.clear()


def test_half_messages_on_streams(stage):
    """The peer closes in the middle, or says nothing more for half_message_ms."""
    whole = stored("sdp01")
    stage.begin()
    for cut in range(1, len(whole), 50):
        client = stage.client("tcp")
        client.send(whole[:cut])
        client.close()
        stage.clients.remove(client)
    stage.is_alive()
    client = stage.client("tcp")
    client.send(whole[:200])
    stage.is_alive(stage.client("udp"))
    expect_closed(stage, client)
    if stage.hop.requests:
        raise Failure("forwarded: " + message_text(stage.hop.requests[0]))


# --- floods

def flood(stage, client, first, count, window, done):
    """Sends @p count requests of one Call-ID, at most @p window unanswered; done() counts what is settled."""
    sent = 0
    base = request(client, "MESSAGE", "flood")
    while done() < count:
        while sent < count and sent - done() < window:
            number = first + sent
            client.send(base.replace(b"branch=z9hG4bKflood", b"branch=z9hG4bKflood%d" % number)
                        .replace(b"CSeq: 1 ", b"CSeq: %d " % number))
            sent += 1
        before = done()
        stage.wait(lambda: done() > before, "answer %d of %d" % (before, count))


def finals(client, status):
    return sum(data.startswith(b"SIP/2.0 %d " % status) for data in client.got)


def test_ten_thousand_requests_of_one_call(stage):
    """All are served as long as they are answered."""
    client = stage.client("udp")
    stage.begin()
    flood(stage, client, 1, FLOOD, 50, lambda: len(client.got))
    if finals(client, 200) != FLOOD:
        raise Failure("%d answered 200" % finals(client, 200))
    client.got.clear()
    stage.is_alive(client)


def test_ten_thousand_unanswered_requests_of_one_call(stage):
    """One call may have so many unanswered requests and no more; another call does not notice."""
    client = stage.client("udp")
    stage.begin()
    stage.hop.answer = None
    client.keep_provisional = False  # 100 comes for what waits longer than T2 (RFC 4320 4.1)
    flood(stage, client, 1, FLOOD, 50, lambda: len(client.got) + min(len(stage.hop.requests), 100))
    if finals(client, 503) != len(client.got) or len(client.got) < FLOOD - 200:
        raise Failure("%d answered, %d of them 503: %s" % (len(client.got), finals(client, 503),
                                                           sorted(set(d.split(b"\r")[0] for d in client.got))))
    if b"Retry-After" not in client.got[0]:
        raise Failure("no Retry-After: " + message_text(client.got[0]))
    client.got.clear()
    stage.hop.answer = answer_to
    other = request(client, "MESSAGE", "other")
    client.send(other)
    stage.wait(lambda: finals(client, 200) == 1, "the other call's answer")
    stage.is_alive(client)


def test_mutilated_messages(stage):
    """Two thousand messages with a few bytes changed, lost or doubled; the same ones in each run."""
    dice = random.Random(4475)
    names = ("wsinv", "intmeth", "esc01", "longreq", "mpart01", "semiuri", "transports", "inv2543", "multi01", "unreason")
    client = stage.client("udp")
    stage.hop.answer = None
    for i in range(2000):
        data = bytearray(stored(dice.choice(names)))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            what = dice.randrange(5)
            if what == 0:
                data[at] = dice.randrange(256)
            elif what == 1:
                del data[at:at + dice.randint(1, 20)]
            elif what == 2:
                data[at:at] = data[at:at + dice.randint(1, 40)]
            elif what == 3:
                lines = data.split(b"\r\n")
                lines.insert(dice.randrange(len(lines)), dice.choice(lines))
                data = bytearray(b"\r\n".join(lines))
            else:
                data[at:at] = bytes(dice.choice(b"\r\n\0\";,:<>@[]%\\ \t=?\xff") for _ in range(dice.randint(1, 4)))
            if not data:
                data = bytearray(b"x")
        client.send(bytes(data))
        if i % 20 == 19:
            stage.is_alive(client)
            client.got.clear()


# What a proxy does not act on; some may stand once only, and all go on as they came.
OTHER_HEADERS = (
    "Accept", "Accept-Contact", "Accept-Encoding", "Accept-Language", "Alert-Info", "Allow", "Allow-Events",
    "Authentication-Info", "Authorization", "Call-Info", "Content-Encoding", "Content-Language", "Date", "Diversion",
    "Error-Info", "Event", "Expires", "Geolocation", "Identity", "In-Reply-To", "Join", "MIME-Version", "Min-Expires",
    "Organization", "P-Access-Network-Info", "P-Charging-Vector", "Path", "Priority", "Privacy", "Proxy-Authenticate",
    "Proxy-Authorization", "RAck", "RSeq", "Reason", "Refer-Sub", "Refer-To", "Referred-By", "Reject-Contact", "Replaces",
    "Reply-To", "Request-Disposition", "Retry-After", "Server", "Service-Route", "Session-ID", "SIP-ETag", "SIP-If-Match",
    "Subject", "Subscription-State", "Supported", "Suppress-Body-If-Match", "Timestamp", "Unsupported", "User-Agent",
    "User-to-User", "Warning", "WWW-Authenticate", "X-Nobody-Knows", "s", "k", "o", "r", "b", "u", "d", "j", "a", "y")
REFUSED_TWICE = ("Event", "Expires", "o")
REFUSED_BAD = ("Path",)  # a registrar acts on it


def test_other_headers_twice(stage):
    """Path, Service-Route, Proxy-Authorization and all that is unknown pass untouched, sound or not, once or twice."""
    for i, name in enumerate(OTHER_HEADERS):
        for j, values in enumerate(((" 1", "  <sip:a@a.test> ;x=\"y\""), (" (?", "1"), ("", "\r\n x"))):
            client = stage.client("udp")
            lines = [("%s:%s" % (name, value)).encode() for value in values]
            sent = with_headers(request(client, "MESSAGE", "other%d-%d" % (i, j)), lines)
            try:
                if name in REFUSED_TWICE or (name in REFUSED_BAD and j > 0):
                    expect_status(stage, client, sent, 400)
                    stage.is_alive(client)
                else:
                    faults = forwarded_faults(sent, expect_forwarded(stage, client, sent))
                    if faults:
                        raise Failure("; ".join(faults))
            except Failure as error:
                raise Failure("%s: %s" % (lines, error))
            client.close()
            stage.clients.remove(client)


def test_needed_headers_twice(stage):
    """What may stand once only must not tell two stories (RFC 4475 3.3.8)."""
    data = request(stage.client("udp"), "MESSAGE", "twice")
    stage.clear()
    for line in head_lines(data):
        line = line.rstrip(b"\r")
        if name_of(line) in ("via", "contact"):
            continue
        client = stage.client("udp")
        expect_status(stage, client, data.replace(line, line + b"\r\n" + line), 400)
        stage.is_alive(client)
        stage.clear()


TESTS = [test_large_request, test_late_response, test_seventy_routes, test_header_of_64_kib, test_thousand_header_lines,
         test_content_length_lies, test_half_messages, test_half_messages_on_streams, test_ten_thousand_requests_of_one_call,
         test_ten_thousand_unanswered_requests_of_one_call, test_mutilated_messages, test_other_headers_twice,
         test_needed_headers_twice]
