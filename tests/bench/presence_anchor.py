#!/usr/bin/env python3
"""presence_anchor.py [--quick] [--build DIR]: CPU of a NOTIFY when a change is told to 200 watchers, beside the presence
server of Kamailio in the same run. Prints a table; never a pass or fail.

Both hold the same subscriptions of the same client (presence_bench.py), over one TCP connection each, and take turns round
by round; the CPU is that of all processes and threads of a server, from /proc/*/schedstat; medians count. Kamailio keeps
all in memory and has one worker (kamailio_presence.cfg), we have one thread."""
import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fake"))
from node import Failure, Node, wait_for  # noqa: E402
from presence_bench import CONF, FAN_OUT, Watchers  # noqa: E402
from proxy_bench import cpu_ns  # noqa: E402


class Kamailio:
    def __init__(self):
        self.ip, self.dir = Node.free_ip(), tempfile.mkdtemp(prefix="kamailio-")
        os.chmod(self.dir, 0o777)
        with open(os.path.join(HERE, "kamailio_presence.cfg"), encoding="utf-8") as f:
            text = f.read().replace("IP", self.ip)
        conf = os.path.join(self.dir, "kamailio.cfg")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        command = ["/usr/sbin/kamailio", "-f", conf, "-DD", "-m", "1024", "-M", "64", "-Y", self.dir]
        command += ["-u", "nobody", "-g", "nogroup"] if os.getuid() == 0 else []
        with open(os.path.join(self.dir, "log"), "wb") as log:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.listens, "Kamailio listens")

    def listens(self):
        if self.child.poll() is not None:
            with open(os.path.join(self.dir, "log"), encoding="utf-8", errors="replace") as log:
                raise Failure("Kamailio ended: " + log.read()[-2000:])
        try:
            socket.create_connection((self.ip, 5080)).close()
            return True
        except ConnectionRefusedError:
            return False

    def stop(self):
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Side:
    """A server, and its watchers."""

    def __init__(self, name, ip, pid, users):
        self.name, self.pid, self.users, self.us, self.rate, self.round = name, pid, users, [], [], 0
        self.watchers = Watchers(ip)
        self.watchers.subscribe(0, users * FAN_OUT)
        self.watchers.drain()

    def play(self, changes):
        watchers = self.watchers
        began, cpu, told = time.monotonic(), cpu_ns(self.pid), watchers.told
        for _ in range(changes):
            watchers.publish(self.round, self.users)
            self.round += 1
        took, cpu, told = time.monotonic() - began, cpu_ns(self.pid) - cpu, watchers.told - told
        if told != changes * self.users * FAN_OUT or watchers.refused:
            raise Failure("%s: %d NOTIFYs, %d refused" % (self.name, told, watchers.refused))
        self.us.append(cpu / told / 1000)
        self.rate.append(told / took)


def compare(build, users, rounds, changes):
    """Prints a row for each server."""
    node = Node(build, CONF % ", ".join('"u%d"' % i for i in range(users)), {})
    kamailio = None
    try:
        node.start("presence")
        kamailio = Kamailio()
        sides = [Side("crosspoint", node.ip, node.children["presence"].pid, users),
                 Side("kamailio", kamailio.ip, kamailio.child.pid, users)]
        for number in range(rounds + 1):
            for side in sides[::1 if number % 2 else -1]:
                side.play(changes)
        medians = [statistics.median(side.us[1:]) for side in sides]  # the first round warms up
        for side, us in zip(sides, medians):
            print("%-10s  %7d  %14d  %17.1f (%.1f..%.1f)  %15d  %5.2f" % (
                side.name, FAN_OUT, changes * users * FAN_OUT, us, min(side.us[1:]), max(side.us[1:]),
                statistics.median(side.rate[1:]), us / medians[1]), flush=True)
    finally:
        if kamailio:
            kamailio.stop()
        node.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    users, rounds, changes = (10, 3, 1) if options.quick else (25, 9, 2)
    print("server      fan-out  NOTIFY a round  CPU us each, median (least..most)  NOTIFY/s  ratio")
    try:
        compare(options.build, users, rounds, changes)
    except (Failure, TimeoutError) as error:
        print("FAILED: %s" % error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
