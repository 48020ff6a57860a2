#!/usr/bin/env python3
"""xmpp_bench.py [--quick] [--build DIR] [--only TABLE] [--domains N]: what messages between SIP and XMPP cost crosspoint-xmpp.
Prints tables. No figure makes it fail, but a message that is lost does.

The gateway is alone on a core; on the other one is a C program (xmpp_peer.c) that plays all others: the proxy, with one
TCP connection each way, and the servers of as many XMPP domains as are wanted, with streams of TLS 1.3 and certificates
that each side checks. A message counts when its sender is told that the other side has taken it: so each one is a request
and an answer on the side of SIP, and a stanza and its share of an acknowledgement on that of XMPP.

speed: as many as come through with a window under way. CPU is the gateway's own, from /proc/*/schedstat, and of the rounds
the least and the median are shown: what else the machine does only adds. A core's worth is 10^6 us through the least.
Limits of one address and of one stream are raised, because one stands for all here.
latency: at a pace, from the call that sends it to the one that gets it: the loader's own work on both ends is in it.
memory: PSS of the gateway before and after the other domains connect, both ways."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fake"))
from node import Failure, Node, wait_for  # noqa: E402
from proxy_bench import cpu_ns, pss_kib  # noqa: E402
from sipp_load import cpus  # noqa: E402

WAYS = (("to-xmpp", "SIP to XMPP"), ("to-sip", "XMPP to SIP"))
WINDOW = 256
PACE = 1000
# All domains are at one address here, and one of them sends what all would.
CONF = """
node = { domain = "sip.test"; user = "${run_as}"; log_level = "info"; ${node:-} };
xmpp = { listen = ( "tcp:${ip}:5084" ); outbound = "sip:${ip}:5060;transport=tcp"; server_listen = ( "${ip}:5269" );
  ca = "ca.pem"; own = ( { name = "sip.test"; certificates = ( "sip.pem" ); keys = ( "sip.key" ); } );
  max_streams_per_address = 2000; max_strangers = 2000; max_strangers_per_address = 2000; stanza_rate = 0;
  domains = ( %s ); };
"""


class Faults:
    """What was lost; the bench ends with 1 if anything was."""

    def __init__(self):
        self.n = 0

    def check(self, result, count, what):
        if result["good"] != count:
            self.n += 1
            print("\n**LOST:** %s: %s\n" % (what, result), flush=True)


class Bench:
    """The gateway, and all whom it talks to."""

    def __init__(self, options, faults, domains, bidi=True, **more):
        rows = ",".join('{name="d%d.load.test";servers=("${ip}:15269");bidi=%s;}' % (n, "true" if bidi else "false")
                        for n in range(domains))
        self.node, self.faults, self.domains = Node(options.build, CONF % rows, more), faults, domains
        self.node.make_cert("ca", cn="ca")
        self.node.make_cert("sip", san="DNS:sip.test", ca="ca")
        self.node.make_cert("load", san="DNS:*.load.test", ca="ca")
        self.node.start("xmpp")
        self.pid = self.node.children["xmpp"].pid
        subprocess.run(["taskset", "-a", "-cp", str(cpus()[0]), str(self.pid)], stdout=subprocess.DEVNULL, check=True)
        path = lambda name: os.path.join(self.node.dir, name)
        self.peer = subprocess.Popen(
            ["taskset", "-c", str(cpus()[1]), os.path.join(options.build, "tests/bench/xmpp_peer"), self.node.ip, str(domains),
             path("load.pem"), path("load.key"), path("ca.pem"), "bidi" if bidi else "single"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, way, count, window=WINDOW, rate=0):
        """What became of so many messages; us: CPU of the gateway for each."""
        before = cpu_ns(self.pid)
        self.peer.stdin.write("%s %d %d %d\n" % (way, count, window, rate))
        self.peer.stdin.flush()
        said = self.peer.stdout.readline()
        if not said:
            raise Failure("xmpp_peer ended: %d" % self.peer.wait())
        result = json.loads(said)
        result["us"] = (cpu_ns(self.pid) - before) / 1000 / count
        self.faults.check(result, count, "%s, %d domains" % (way, self.domains))
        return result

    def connect(self, first=False):
        """All domains both ways, or the first one; the seconds that it took."""
        started = time.monotonic()
        for way, _ in WAYS:
            self.ask(way, 1 if first else self.domains, self.domains)
        return time.monotonic() - started

    def streams(self):
        return self.node.counter("xmpp", "streams_ready")

    def stop(self):
        self.peer.stdin.close()
        self.peer.wait()
        self.faults.n += self.peer.returncode != 0
        self.node.stop()


def speed_table(options, faults):
    print("\n| way | domains | IM/s | us of CPU per IM, least | median | IM/s of one core | p50 / p99 ms | loader us |\n" + "|---" * 8 + "|")
    for domains in (1, options.domains):
        bench = Bench(options, faults, domains)
        bench.connect()
        for way, name in WAYS:
            bench.ask(way, options.count)
            rounds = [bench.ask(way, options.count) for _ in range(options.repeat)]
            best = min(rounds, key=lambda r: r["us"])
            print("| %s | %d | %.0f | %.1f | %.1f | %.0f | %.1f / %.1f | %.1f |" % (
                name, domains, max(options.count / r["seconds"] for r in rounds), best["us"],
                statistics.median(r["us"] for r in rounds), 1e6 / best["us"], *best["latency_ms"][:2],
                best["cpu_s"] * 1e6 / options.count), flush=True)
        bench.stop()


def latency_table(options, faults):
    print("\n| way, %d/s | domains | p50 ms, least | p99 ms, least | p99, median | most | us of CPU per IM, least |\n" % PACE
          + "|---" * 7 + "|")
    for domains in (1, options.domains):
        bench = Bench(options, faults, domains)
        bench.connect()
        for way, name in WAYS:
            bench.ask(way, PACE, WINDOW, PACE)
            rounds = [bench.ask(way, PACE * options.seconds, 10 * PACE, PACE) for _ in range(options.repeat)]
            p50, p99, most = zip(*[r["latency_ms"] for r in rounds])
            print("| %s | %d | %.2f | %.2f | %.2f | %.2f | %.0f |" % (name, domains, min(p50), min(p99), statistics.median(p99),
                                                                  max(most), min(r["us"] for r in rounds)), flush=True)
        bench.stop()


def memory_table(options, faults):
    """Without the tap, which fills up to its bound whatever the streams are."""
    print("\n| %d domains, both ways | streams | KiB before | after | KiB a stream | seconds to connect |\n" % options.domains
          + "|---" * 6 + "|")
    for bidi in (False, True):
        bench = Bench(options, faults, options.domains, bidi, node="tap_records = 0;")
        bench.connect(first=True)
        before, already = pss_kib(bench.pid), bench.streams()
        took = bench.connect()
        wait_for(lambda: bench.node.counter("xmpp", "sip_transactions") == 0, "all transactions ended")
        after, streams = pss_kib(bench.pid), bench.streams()
        print("| %s | %d | %d | %d | %.1f | %.2f |" % ("one stream for both" if bidi else "a stream each way", streams, before,
                                                        after, (after - before) / (streams - already), took), flush=True)
        bench.stop()


TABLES = {"speed": speed_table, "latency": latency_table, "memory": memory_table}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", choices=TABLES)
    parser.add_argument("--domains", type=int, default=300)
    options = parser.parse_args()
    options.count, options.repeat, options.seconds = (10000, 3, 3) if options.quick else (50000, 7, 10)
    faults = Faults()
    for name, table in TABLES.items():
        if options.only in (None, name):
            table(options, faults)
    sys.exit(1 if faults.n else 0)


main()
