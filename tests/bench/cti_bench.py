#!/usr/bin/env python3
"""cti_bench.py [--quick] [--build DIR] [--only TABLE] [--sessions N]: what remote call control costs proxy, gateway and
switch. Prints tables. No figure makes it fail, but what is lost does: a sign-in, an INFO, a session or monitor that is
still there after everybody has left.

people: users, devices and lines come by `crosspoint user|device|line import`, and the programs start with them.
storm: all sign in over one and over four connections, at a pace, as fast as the node can with so many under way, and all
in one moment; then all leave. memory: PSS of sessions that are signed in and idle, after every transaction has ended.
events: calls at the switch, on a line that 1, 10 and 100 clients monitor; how many INFO a second they get, and what one
costs. The clients are one C program (cti_client.c) with one thread, beside the node on the same cores: its CPU is a
column of its own, and where it is near the time of the row it is the limit. CPU is from /proc/*/schedstat."""
import argparse
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fake"))
from node import Failure, Node, wait_for  # noqa: E402
from proxy_bench import cpu_ns, pss_kib  # noqa: E402

PROGRAMS = ("switch", "cti", "proxy")
NAMES = ("proxy", "gateway", "switch")  # of the tables
FIRST_LINE, SHARED, CALLED = 200000, "300000", "300001"
MOST = 10 ** 6  # no window
# connections, sign-ins per second (0: no pace), under way at one time
STORMS = ((1, 700, MOST), (4, 700, MOST), (1, 0, 100), (4, 0, 100), (1, 0, MOST), (4, 0, MOST))
MONITORS = (1, 10, 100)
CALLS_AHEAD = 4
# What one worker has left free is of no use to another, and it is chance which of them a client meets; the ring of the
# tap fills up to its bound, whatever the sessions are.
FOR_MEMORY = {"proxy": "workers = 1;", "node": "tap_records = 0;"}
WARM = 100  # sessions that come and go first; their memory is there again for as many later
LEAK_KIB = 1024  # the heap of the second time is not quite that of the first
CONF = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "info"; ${node:-} };
proxy = { listen = ( "tcp:${ip}:5060" ); internal = ( "tcp:${ip}:5049" );
  targets = ( { name = "cti"; uri = "sip:${ip}:5082;transport=tcp"; } );
  acl = ( { pattern = "127.0.0.0/8"; } );
  method_routes = ( { method = "INVITE"; content_type = "application/csta+xml"; to = "cti"; } ); ${proxy:-} };
cti = { listen = ( "tcp:${ip}:5082" ); connections = ( "${ip}:2750" ); user = "CtiGW"; password_file = "cti.secret";
  heartbeat = 3600; store = "people.db"; };
switch = { listen = "${ip}:2750"; user = "CtiGW"; password_file = "cti.secret"; heartbeat = 3600;
  lines = ( %s ); };
"""


class Faults:
    """What was lost; the bench ends with 1 if anything was."""

    def __init__(self):
        self.n = 0

    def check(self, is_good, text):
        if not is_good:
            self.n += 1
            print("\n**LOST:** %s\n" % text, flush=True)


class Bench:
    """A node with @count people, each with a phone and a line, and one line with a phone of the first hundred."""

    def __init__(self, options, **more):
        count = options.sessions
        lines = ["%d" % (FIRST_LINE + n) for n in range(count - 2)] + [SHARED, CALLED]
        conf = CONF % ",".join('{number="%s";devices=("P%s");}' % (line, line) for line in lines)
        self.node = Node(options.build, conf, more)
        self.options, self.count = options, count - 2
        self.import_s, self.start_s = {}, {}

    def people(self):
        """Imports them, and starts the programs."""
        each = range(self.count)
        shared = " ".join("u%d" % n for n in range(max(MONITORS)))
        tables = {
            "user": ["id,mail,sip,rcc"] + ["u%d,u%d@example.test,sip:u%d@example.test,yes" % (n, n, n) for n in each],
            "device": ["name,registered,users"] + ["P%d,yes,u%d" % (FIRST_LINE + n, n) for n in each] +
                      ["P%s,yes,%s" % (SHARED, shared)],
            "line": ["number,devices"] + ["%d,P%d" % (FIRST_LINE + n, FIRST_LINE + n) for n in each] +
                    ["%s,P%s" % (SHARED, SHARED)]}
        for kind, rows in tables.items():
            path = self.node.write(kind + ".csv", "\n".join(rows) + "\n")
            self.import_s[kind] = self.timed([self.cli(), kind, "import", path])
        for name in PROGRAMS:
            started = time.monotonic()
            self.node.start(name)
            self.start_s[name] = time.monotonic() - started
        wait_for(lambda: self.node.counter("cti", "connections_up") == 1, "the CTI connection is up")

    def cli(self):
        return os.path.join(self.node.build, "cli/crosspoint")

    def timed(self, command):
        started = time.monotonic()
        done = subprocess.run(command, env=self.node.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure("%s: %s%s" % (" ".join(command), done.stdout, done.stderr))
        return time.monotonic() - started

    def pid(self, name):
        return self.node.children[{"gateway": "cti"}.get(name, name)].pid

    def cpu(self):
        return {name: cpu_ns(self.pid(name)) for name in NAMES}

    def pss(self):
        return {name: pss_kib(self.pid(name)) for name in NAMES}

    def settle(self):
        """Moves the clock until all transactions have ended."""
        for name in ("proxy", "cti"):
            self.node.ctl(name, "clock advance", ms="40000")
        wait_for(lambda: all(self.node.counter(name, "sip_transactions") == 0 for name in ("proxy", "cti")),
                 "all transactions ended")

    def nothing_left(self, faults):
        """After everybody has left."""
        wait_for(lambda: not self.node.counter("switch", "switch_monitors"), "the monitors at the switch end")
        left = [(name, metric, self.node.counter(name, metric))
                for name, metric in (("cti", "sessions"), ("cti", "monitors"), ("switch", "switch_monitors"), ("switch", "switch_calls"))]
        faults.check(not any(n for _, _, n in left), "still there: %s" % left)
        faults.check(not self.node.ctl("cti", "show sessions")["rows"], "show sessions is not empty")

    def stop(self):
        self.node.stop()


class Clients:
    """A cti_client."""

    def __init__(self, bench, connections, count, line="each"):
        self.count = count
        self.child = subprocess.Popen([os.path.join(bench.node.build, "tests/bench/cti_client"), bench.node.ip, "5060",
                                       str(connections), str(count), line],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.child.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.child.stdin.flush()
        said = self.child.stdout.readline()
        if not said:
            raise Failure("cti_client ended: %d" % self.child.wait())
        return json.loads(said)

    def sign(self, faults, verb, rate=0, window=100):
        result = self.ask(verb, rate, window)
        faults.check(result["good"] == self.count, "%s of %d of %d: %s" % (verb, self.count - result["good"], self.count,
                                                                          result["fault"]))
        return result

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def people_table(bench, _):
    print("\n| people | users | devices | lines | switch starts | gateway starts | proxy starts |\n|---|---|---|---|---|---|---|")
    print("| %d, seconds | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |"
          % (bench.count, bench.import_s["user"], bench.import_s["device"], bench.import_s["line"], bench.start_s["switch"],
             bench.start_s["cti"], bench.start_s["proxy"]), flush=True)


def storm(bench, faults, connections, rate, window):
    clients = Clients(bench, connections, bench.count)
    before = bench.cpu()
    result = clients.sign(faults, "signin", rate, window)
    used = {name: (after - before[name]) / 1000 / bench.count for name, after in bench.cpu().items()}
    faults.check(bench.node.counter("cti", "sessions") == bench.count, "sessions at the gateway")
    faults.check(bench.node.counter("switch", "switch_monitors") == bench.count, "monitors at the switch")
    left = clients.sign(faults, "signout")
    faults.check(not left["infos"] and not left["byes"] and not left["misordered"] and not left["unexpected"],
                 "the gateway said what it should not: %s" % left)
    clients.close()
    bench.nothing_left(faults)
    bench.settle()
    pace = "%d/s" % rate if rate else "all at once" if window >= bench.count else "%d at a time" % window
    print("| %d | %s | %d of %d | %.1f | %.1f / %.1f | %.0f / %.0f | %s | %.1f | %.1f |"
          % (connections, pace, result["good"], bench.count, result["seconds"], *result["trying_ms"][:2],
             *result["done_ms"][:2], " | ".join("%.0f" % used[name] for name in NAMES), result["cpu_s"], left["seconds"]),
          flush=True)


def storm_table(bench, faults):
    print("\n| connections | pace | signed in | seconds | 100 Trying p50 / p99 ms | signed in p50 / p99 ms | proxy us | "
          "gateway us | switch us | clients CPU s | sign-out s |\n|" + "---|" * 11)
    for row in STORMS:
        storm(bench, faults, *row)


def memory_table(bench, faults):
    """On programs that have served few so far; twice, to see whether what stays is free for others."""
    print("\n| KiB per session | proxy | gateway | switch |\n|---|---|---|---|")
    fill_and_empty(bench, faults, WARM, lambda: None)
    base = bench.pss()

    def row(what):
        now = bench.pss()
        print("| %s | %s |" % (what, " | ".join("%.2f" % ((now[name] - base[name]) / (bench.count - WARM))
                                                for name in NAMES)), flush=True)
        return sum(now.values())

    fill_and_empty(bench, faults, bench.count, lambda: row("%d sessions are idle" % bench.count))
    first = row("all have gone: memory that is kept for the next")
    fill_and_empty(bench, faults, bench.count, lambda: row("as many are idle again"))
    again = row("all have gone again")
    faults.check(again - first < LEAK_KIB, "%d KiB more each time" % (again - first))


def fill_and_empty(bench, faults, count, look):
    """Signs @count in, calls look() when they are idle, and signs them out."""
    clients = Clients(bench, 4, count)
    clients.sign(faults, "signin", 500, MOST)
    bench.settle()
    faults.check(bench.node.counter("cti", "sessions") == count, "sessions at the gateway")
    look()
    clients.sign(faults, "signout")
    clients.close()
    bench.nothing_left(faults)
    bench.settle()


def one_call(bench):
    """Events that one call is to a monitor of the calling line."""
    before = bench.node.counter("switch", "switch_events_sent")
    for args in ({"verb": "dial", "number": CALLED}, {"verb": "hangup"}):
        bench.node.ctl("switch", "phone", line=SHARED, **args)
    return bench.node.counter("switch", "switch_events_sent") - before


def fan_out(bench, faults, monitors):
    clients = Clients(bench, min(4, monitors), monitors, SHARED)  # the proxy closes connections that say nothing
    clients.sign(faults, "signin")
    sent = bench.node.counter("switch", "switch_events_sent")
    events = one_call(bench) // monitors
    wait_for(lambda: clients.ask("totals")["infos"] == events * monitors, "the first call is told")
    calls = max(bench.options.infos // monitors // events, 10)
    before = bench.cpu()
    result = clients.ask("calls", "%s/run/switch.sock" % bench.node.dir, SHARED, CALLED, calls, events, CALLS_AHEAD)
    used = {name: (after - before[name]) / 1000 / max(result["got"], 1) for name, after in bench.cpu().items()}
    faults.check(result["got"] == result["wanted"] and not result["refused"] and not result["misordered"] and
                 not result["byes"] and not result["unexpected"] and
                 bench.node.counter("switch", "switch_events_sent") - sent == result["infos"], "INFOs: %s" % result)
    faults.check(not bench.node.counter("cti", "events_dropped"), "events dropped")
    clients.sign(faults, "signout")
    clients.close()
    bench.nothing_left(faults)
    bench.settle()
    print("| %d | %d | %.0f | %.0f | %s | %.1f of %.1f |"
          % (monitors, events, result["got"] / result["seconds"] / monitors, result["got"] / result["seconds"],
             " | ".join("%.1f" % used[name] for name in NAMES), result["cpu_s"], result["seconds"]), flush=True)


def event_table(bench, faults):
    print("\n| monitors of the line | events of a call | events/s | INFO/s | proxy us per INFO | gateway us per INFO | "
          "switch us per INFO | clients CPU s |\n|" + "---|" * 8)
    for monitors in MONITORS:
        fan_out(bench, faults, monitors)


TABLES = {"people": people_table, "memory": memory_table, "storm": storm_table, "events": event_table}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--only", default="", choices=[""] + list(TABLES))
    parser.add_argument("--sessions", type=int, help="people, each with a session (10000; quick 1000)")
    parser.add_argument("--infos", type=int, help="INFO per row of events (200000; quick 10000)")
    options = parser.parse_args()
    options.sessions = options.sessions or (1000 if options.quick else 10000)
    options.infos = options.infos or (10000 if options.quick else 200000)
    faults = Faults()
    print("load before: %s" % " ".join("%.2f" % n for n in os.getloadavg()))
    for name, table in TABLES.items():
        if options.only not in ("", name):
            continue
        bench = Bench(options, **(FOR_MEMORY if name == "memory" else {}))
        try:
            bench.people()
            table(bench, faults)
        finally:
            bench.stop()
    return 1 if faults.n else 0


sys.exit(main())
