#!/usr/bin/env python3
"""presence_bench.py [--quick] [--build DIR] [--subscriptions N]: what watchers cost the presence server. Prints a table, and
ends with 1 if a subscription or a NOTIFY was lost.

held: PSS of so many subscriptions, 200 to a user, that are told and idle, and what one costs. fan-out: each user publishes
a change, and 200 watchers are told: NOTIFY a second, and CPU of the server for one, from /proc/*/schedstat. The watchers
are this script, on one TCP connection, with the Record-Route that our proxy writes; beside the server on the same cores."""
import argparse
import os
import re
import socket
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fake"))
from node import Failure, Node, wait_for  # noqa: E402
from proxy_bench import cpu_ns, pss_kib  # noqa: E402

FAN_OUT, AHEAD, WARM = 200, 500, 1000
CONF = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "warn"; tap_records = 0; };
presence = { listen = ( "tcp:${ip}:5080" ); notify_interval = 0; change_rate = 0; users = ( %s ); };
"""


class Watchers:
    """Subscribes, answers every NOTIFY, and counts."""

    def __init__(self, ip):
        self.socket = socket.create_connection((ip, 5080))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(60)
        self.here = "%s:%d" % self.socket.getsockname()
        self.routes = "".join("Record-Route: <sip:%s;transport=tcp;lr>\r\n" % self.here for _ in range(2))  # as our proxy
        self.rest, self.accepted, self.told, self.refused, self.published = b"", 0, 0, 0, 0
        self.etag, self.etags = "", {}

    def request(self, method, i, user, sender, call, more, body=""):
        return ("%s sip:u%d@example.test SIP/2.0\r\nVia: SIP/2.0/TCP %s;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n"
                "From: <sip:%s@example.test>;tag=%d\r\nTo: <sip:u%d@example.test>\r\nCall-ID: %s%d\r\nCSeq: 1 %s\r\n"
                "Contact: <sip:w%d@%s;transport=tcp>\r\nEvent: presence\r\nExpires: 3600\r\n%sContent-Length: %d\r\n\r\n%s"
                % (method, user, self.here, call, i, sender, i, user, call, i, method, i, self.here, more, len(body), body))

    def take(self):
        """What has come: returns the answers that it wants."""
        self.rest += self.socket.recv(1 << 16)  # what is cut off in front is copied behind
        answers = []
        while True:
            end = self.rest.find(b"\r\n\r\n")
            if end < 0:
                return b"".join(answers)
            head = self.rest[:end]
            size = end + 4 + int(re.search(rb"(?mi)^Content-Length: *(\d+)", head).group(1))
            if len(self.rest) < size:
                return b"".join(answers)
            self.rest = self.rest[size:]
            if head.startswith(b"NOTIFY"):
                self.told += 1
                kept = re.findall(rb"(?m)^(?:Via|From|To|Call-ID|CSeq): .*\r?$", head)
                answers.append(b"SIP/2.0 200 OK\r\n" + b"\r\n".join(k.rstrip(b"\r") for k in kept) +
                               b"\r\nContent-Length: 0\r\n\r\n")
            elif not head.startswith(b"SIP/2.0 200"):
                self.refused += 1
            elif b"PUBLISH" in head:
                self.published += 1
                self.etag = re.search(rb"(?mi)^SIP-ETag: *(\S+)", head).group(1).decode()
            else:
                self.accepted += 1

    def send(self, data):
        if data:
            self.socket.sendall(data)

    def subscribe(self, first, n):
        """So many more, some under way at a time, each told once."""
        sent, told, accepted = 0, self.told, self.accepted
        while self.told - told < n:
            while sent < n and sent - (self.accepted - accepted) < AHEAD:
                i = first + sent
                self.send(self.request("SUBSCRIBE", i, i // FAN_OUT, "w%d" % i, "s", self.routes).encode())
                sent += 1
            self.send(self.take())
            if self.refused:
                raise Failure("%d requests were refused" % self.refused)

    def publish(self, i, users):
        """Every user says something new, in the same publication; every watcher is told."""
        for user in range(users):
            body = ('<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:u%d@example.test"><tuple id="t"><status><basic>'
                    'open</basic></status><note>%d</note></tuple></presence>' % (user, i))
            more = "Content-Type: application/pidf+xml\r\n"
            if user in self.etags:
                more += "SIP-If-Match: %s\r\n" % self.etags[user]
            told, published = self.told, self.published
            self.send(self.request("PUBLISH", i * users + user, user, "u%d" % user, "p", more, body).encode())
            while self.told - told < FAN_OUT or self.published == published:
                self.send(self.take())
                if self.refused:
                    raise Failure("a publication was refused")
            self.etags[user] = self.etag

    def drain(self):
        """Answers what still comes."""
        self.socket.settimeout(1)
        try:
            while True:
                self.send(self.take())
        except TimeoutError:
            self.socket.settimeout(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--subscriptions", type=int)
    options = parser.parse_args()
    n = options.subscriptions or (5000 if options.quick else 50000)
    users = (WARM + n) // FAN_OUT
    node = Node(options.build, CONF % ", ".join('"u%d"' % i for i in range(users + 1)), {})
    try:
        node.start("presence")
        pid = node.children["presence"].pid
        watchers = Watchers(node.ip)
        watchers.subscribe(0, WARM)
        before, began, cpu = pss_kib(pid), time.monotonic(), cpu_ns(pid)
        watchers.subscribe(WARM, n)
        took, cpu = time.monotonic() - began, cpu_ns(pid) - cpu
        node.ctl("presence", "clock advance", ms=40000)
        wait_for(lambda: node.counter("presence", "notifies") == WARM + n, "every watcher is told")
        after = pss_kib(pid)
        print("subscriptions  KiB of the server  bytes each  subscriptions/s  CPU us each")
        print("%13d  %17d  %10d  %15d  %11.1f" % (n, after, (after - before) * 1024 / n, n / took, cpu / n / 1000))
        few = min(users, 25)
        watchers.publish(0, few)
        began, cpu, told = time.monotonic(), cpu_ns(pid), watchers.told
        for i in range(1, 3 if options.quick else 9):
            watchers.publish(i, few)
        took, cpu, told = time.monotonic() - began, cpu_ns(pid) - cpu, watchers.told - told
        print("\nfan-out  NOTIFY  NOTIFY/s  CPU us each")
        print("%7d  %6d  %8d  %11.1f" % (FAN_OUT, told, told / took, cpu / told / 1000))
        if node.counter("presence", "subscriptions") != WARM + n or node.counter("presence", "notify_failures"):
            raise Failure("subscriptions were lost")
    except Failure as error:
        print("FAILED: %s" % error)
        return 1
    finally:
        node.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
