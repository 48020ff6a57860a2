#!/usr/bin/env python3
"""presence_restart.py [--quick] [--build DIR] [--subscriptions N]: a restart of the presence server with so many subscriptions
in its store, 200 to a user, and a publication of each user; by kill -9, and by a planned stop. Prints a table, and ends with 1
if a watcher was not told exactly once.

subscribe: what one costs while the store writes it first. ready: from the start of the program until it answers on its control
socket. all told: until the last watcher has answered its NOTIFY (restore_rate: 10,000 a second). The watchers are this
script, beside the server on the same cores."""
import argparse
import os
import re
import signal
import socket
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fake"))
from node import Failure, Node, wait_for  # noqa: E402
from presence_bench import CONF, FAN_OUT, Watchers  # noqa: E402
from proxy_bench import cpu_ns, pss_kib  # noqa: E402

STORED = CONF.replace("notify_interval", 'store = "presence.db"; notify_interval')


class Returning(Watchers):
    """Watchers that can be reached at an address, as those behind a proxy."""

    def __init__(self, ip):
        super().__init__(ip)
        self.listener = socket.create_server((ip, 0), backlog=16)
        self.here = "%s:%d" % self.listener.getsockname()[:2]
        self.routes = "".join("Record-Route: <sip:%s;transport=tcp;lr>\r\n" % self.here for _ in range(2))
        self.calls = []

    def again(self, n):
        """The server comes to us: so many NOTIFY, each answered. Returns when the last one was."""
        self.socket.close()
        self.listener.settimeout(60)
        self.socket = self.listener.accept()[0]
        self.socket.settimeout(60)
        self.rest, self.told, self.calls = b"", 0, []
        while self.told < n:
            self.send(self.take())
        return time.monotonic()

    def take(self):
        before = self.rest
        answers = super().take()
        self.calls += re.findall(rb"(?m)^Call-ID: (\S+)", answers)
        return answers if answers or self.rest != before else b""


def restart(node, watchers, n, with_signal, name):
    old = pss_kib(node.children["presence"].pid)
    began = time.monotonic()
    node.kill("presence", with_signal)
    stopped = time.monotonic() - began
    began = time.monotonic()
    node.start("presence")
    pid, ready = node.children["presence"].pid, time.monotonic() - began
    told = watchers.again(n) - began
    wait_for(lambda: node.counter("presence", "restored_untold") == 0, "every watcher is told")
    cpu, pss = cpu_ns(pid), pss_kib(pid)
    node.ctl("presence", "clock advance", ms=40000)
    wait_for(lambda: node.counter("presence", "sip_transactions") == 0, "transactions have ended")
    print("%-8s %7.2f %8.2f %11.2f %8.2f %15d %13d %13d" % (name, stopped, ready, told, cpu / 1e9, old, pss,
                                                         pss_kib(pid)))
    if node.counter("presence", "notifies") != n or len(set(watchers.calls)) != n or len(watchers.calls) != n:
        raise Failure("%d NOTIFY to %d watchers of %d" % (node.counter("presence", "notifies"), len(set(watchers.calls)), n))
    if node.counter("presence", "restored_damaged") or node.counter("presence", "subscriptions") != n:
        raise Failure("subscriptions were lost")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--subscriptions", type=int)
    options = parser.parse_args()
    n = options.subscriptions or (5000 if options.quick else 50000)
    users = n // FAN_OUT
    node = Node(options.build, STORED % ", ".join('"u%d"' % i for i in range(users + 1)), {})
    try:
        node.start("presence")
        pid = node.children["presence"].pid
        watchers = Returning(node.ip)
        began, cpu = time.monotonic(), cpu_ns(pid)
        watchers.subscribe(0, n)
        took, cpu = time.monotonic() - began, cpu_ns(pid) - cpu
        print("with a store: subscriptions  subscriptions/s  CPU us each (of both threads)")
        print("              %13d  %15d  %11.1f" % (n, n / took, cpu / n / 1000))
        wait_for(lambda: node.counter("presence", "store_waiting") == 0, "all is written")
        node.ctl("presence", "clock advance", ms=40000)
        wait_for(lambda: node.counter("presence", "sip_transactions") == 0, "transactions have ended")
        print("\nrestart  down s  ready s  all told s  CPU s  KiB before it  when all told  and when idle")
        restart(node, watchers, n, signal.SIGKILL, "kill -9")
        restart(node, watchers, n, signal.SIGTERM, "planned")
    except Failure as error:
        print("FAILED: %s" % error)
        return 1
    finally:
        node.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
