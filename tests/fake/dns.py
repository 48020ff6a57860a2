"""A DNS server for scenarios: a zone that the scenario writes and changes, over UDP and TCP."""
import socket
import struct
import threading

TYPES = {"A": 1, "CNAME": 5, "AAAA": 28, "SRV": 33, "NAPTR": 35}
SERVFAIL, NXDOMAIN, UDP_BYTES = 2, 3, 512


def wire_name(name):
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def wire_text(text):
    return bytes([len(text)]) + text.encode()


def wire_value(kind, words):
    """RDATA of "10 5 5060 a.test" and the like, as in a zone file."""
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    if kind == "CNAME":
        return wire_name(words[0])
    if kind == "SRV":
        return struct.pack(">HHH", *map(int, words[:3])) + wire_name(words[3])
    flags, service, expression, target = (word.strip('"') for word in words[2:6])
    return (struct.pack(">HH", int(words[0]), int(words[1])) + wire_text(flags) + wire_text(service) +
            wire_text(expression) + wire_name(target))


class Dns:
    """mode: "answer", "fail" (server failure) or "silent"."""

    def __init__(self, ip, port):
        self.zone, self.mode, self.questions = [], "answer", []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.udp.bind((ip, port))
        self.tcp.bind((ip, port))
        self.tcp.listen()
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def set_zone(self, lines):
        """Lines "NAME TTL TYPE VALUE..."; other names do not exist."""
        zone = []
        for line in lines:
            name, ttl, kind, *words = line.split()
            zone.append((name.lower().rstrip("."), int(ttl), TYPES[kind], wire_value(kind, words), words[0].lower()))
        self.zone = zone

    def find(self, name, kind):
        """Records of a name, and of what it is an alias of."""
        found = [row for row in self.zone if row[0] == name and row[2] in (kind, TYPES["CNAME"])]
        for row in [r for r in found if r[2] == TYPES["CNAME"]]:
            found += self.find(row[4], kind)
        return found

    def answer(self, query, limit):
        """The answer to one question, cut to its head and TC if it is longer than limit; None: silence."""
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        name, kind = ".".join(labels).lower(), struct.unpack(">H", query[at + 1:at + 3])[0]
        self.questions.append((name, kind))
        if self.mode == "silent":
            return None
        found = self.find(name, kind)
        code = SERVFAIL if self.mode == "fail" else 0 if any(row[0] == name for row in self.zone) else NXDOMAIN
        found = [] if code else found
        records = b"".join(wire_name(row[0]) + struct.pack(">HHIH", row[2], 1, row[1], len(row[3])) + row[3]
                           for row in found)
        cut = len(records) + at + 5 > limit
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | code | (0x200 if cut else 0), 1,
                                       0 if cut else len(found), 0, 0)
        return head + query[12:at + 5] + (b"" if cut else records)

    def serve_udp(self):
        while self.udp.fileno() >= 0:
            try:
                query, peer = self.udp.recvfrom(4096)
                answer = self.answer(query, UDP_BYTES) if query else None
                if answer:
                    self.udp.sendto(answer, peer)
            except OSError:
                return

    def serve_tcp(self):
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_connection, args=(connection,), daemon=True).start()

    def serve_connection(self, connection):
        with connection, connection.makefile("rb") as stream:
            while True:
                head = stream.read(2)
                if len(head) < 2:
                    return
                answer = self.answer(stream.read(struct.unpack(">H", head)[0]), 65535)
                if answer:
                    connection.sendall(struct.pack(">H", len(answer)) + answer)

    def close(self):
        for s in (self.udp, self.tcp):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
