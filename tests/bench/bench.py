#!/usr/bin/env python3
"""bench.py [--build DIR] [--signins N]: the figures of the first call; prints a table, never fails on a figure.

CPU is read from /proc/*/schedstat (exact nanoseconds of every thread), memory from smaps_rollup (PSS).
sipp plays the clients over one TCP connection and is itself the limit on a small machine: the rate is the
highest step at which no sign-in failed, and CPU per sign-in is what counts."""
import argparse
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fake"))
from node import Node, wait_for  # noqa: E402

RATES = [200, 500, 1000, 1500, 2000, 3000, 4000]


def cpu_ns(pid):
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total


def pss_kib(pid):
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as f:
        for line in f:
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def new_node(build):
    with open(os.path.join(ROOT, "tests/scenario/node.conf"), encoding="utf-8") as f:
        text = f.read()
    node = Node(build, text, {"log_level": "warn", "cti": LIMITS_FOR_CTI})
    node.write("crosspoint.conf", node.fill(node.fill(text)))
    for name in ("switch", "cti", "proxy"):
        node.start(name)
    return node


LIMITS_FOR_CTI = "max_sessions = 200000;"


def sign_in(node, count, rate):
    """True if sipp brought all @count sign-ins through at @rate per second."""
    command = ["sipp", node.ip + ":5060", "-sf", os.path.join(HERE, "signin.xml"), "-t", "t1", "-m", str(count), "-r", str(rate),
               "-l", "100000", "-i", node.ip, "-key", "user", "alice", "-key", "line", "2001", "-nostdin", "-nr",
               "-recv_timeout", "8000", "-timeout", "%d" % (count // rate + 30), "-buff_size", "1000000"]
    done = subprocess.run(command, cwd=node.dir, env={**os.environ, "TERM": "dumb"}, capture_output=True)
    return done.returncode == 0


def cpu_per_sign_in(build, rate, count):
    node = new_node(build)
    try:
        before = {n: cpu_ns(node.children[n].pid) for n in node.children}
        started = time.monotonic()
        good = sign_in(node, count, rate)
        took = time.monotonic() - started
        used = {n: (cpu_ns(node.children[n].pid) - before[n]) / 1000 / count for n in node.children}
        return good, took, used
    finally:
        node.stop()


def memory_per_session(build, count):
    """PSS over proxy and gateway per session, after every transaction has timed out."""
    node = new_node(build)
    try:
        sign_in(node, 200, 200)
        settle(node)
        before = {n: pss_kib(node.children[n].pid) for n in ("proxy", "cti")}
        sign_in(node, count, 500)
        settle(node)
        sessions = node.counter("cti", "sessions") - 200
        if sessions != count:
            print("only %d of %d sessions are there" % (sessions, count))
        return {n: (pss_kib(node.children[n].pid) - before[n]) / count for n in before}
    finally:
        node.stop()


def settle(node):
    for name in ("proxy", "cti"):
        node.ctl(name, "clock advance", ms="40000")
    wait_for(lambda: node.counter("proxy", "sip_transactions") == 0 and node.counter("cti", "sip_transactions") == 0,
             "all transactions ended")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--signins", type=int, default=5000)
    options = parser.parse_args()
    print("| sign-ins/s offered | reached | all came through | proxy us | gateway us | switch us |")
    print("|---|---|---|---|---|---|")
    best = 0
    for rate in RATES:
        count = max(options.signins, rate * 3)
        good, took, used = cpu_per_sign_in(options.build, rate, count)
        print("| %d | %.0f | %s | %.0f | %.0f | %.0f |" % (rate, count / took, "yes" if good else "no", used["proxy"],
                                                           used["cti"], used["switch"]), flush=True)
        if not good:
            break
        best = max(best, count / took)
    print("\nsustained over one TCP connection: %.0f sign-ins/s" % best)
    memory = memory_per_session(options.build, options.signins)
    print("memory per idle session: proxy %.2f KiB, gateway %.2f KiB, together %.2f KiB (aim 8)"
          % (memory["proxy"], memory["cti"], sum(memory.values())))


main()
