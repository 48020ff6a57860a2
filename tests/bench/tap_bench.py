#!/usr/bin/env python3
"""tap_bench.py [--quick] [--build DIR] [--rate N] [--repeat N]: what the tap costs crosspoint-proxy.

The proxy relays MESSAGE over UDP as in proxy_bench.py: four records and a note for each. It does so in turn without
a tap (tap_records = 0), with one, and with one that is read every 50 ms from the other core; the load of one round
stands beside that of the others, so what else the machine does falls on all of them. CPU is the proxy's own, to the
nanosecond. What else the machine does only adds to it, so the least of the rounds is nearest to the truth; the median
stands beside it. Memory is PSS after the load, which has the ring in it.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
from proxy_bench import ROOT, Crosspoint, cpu_ns, loaded, pss_kib  # noqa: E402
from sipp_load import cpus  # noqa: E402

KINDS = {"without a tap": "tap_records = 0;", "with the tap": "", "and somebody looks": ""}


class Run:
    """One proxy under load, kept from round to round."""

    def __init__(self, kind, options):
        self.server = Crosspoint("udp", options.build, node=KINDS[kind])
        self.load = loaded(self.server, "message", "udp")
        self.reader, self.us, self.faults = None, [], set()
        if kind == "and somebody looks":
            path = os.path.join(self.server.node.dir, "run", "proxy.tap")
            self.reader = subprocess.Popen(["taskset", "-c", str(cpus()[1]),
                                            os.path.join(options.build, "tests/bench/bench_tap"), "follow", path])

    def measure(self, rate, count):
        before = cpu_ns(self.server.pid)
        result = self.load.run(self.server.ip + ":5060", rate, count)
        self.us.append((cpu_ns(self.server.pid) - before) / 1000 / count)
        self.faults |= {result.fault(count)} - {""}

    def stop(self):
        if self.reader:
            self.reader.kill()
            self.reader.wait()
        self.load.stop()
        shutil.rmtree(self.load.folder, ignore_errors=True)
        self.server.stop()


def relay_table(options):
    count = options.rate * options.seconds
    runs = {}
    try:
        for kind in KINDS:
            runs[kind] = Run(kind, options)
            runs[kind].load.run(runs[kind].server.ip + ":5060", options.rate, count)
        for i in range(options.repeat):
            for kind in list(KINDS) if i % 2 else list(KINDS)[::-1]:
                runs[kind].measure(options.rate, count)
        print("| MESSAGE over UDP, %d/s | us of CPU per relay, least | median | least, more than without | PSS, KiB | |"
              % options.rate)
        print("|---|---|---|---|---|---|")
        alone = min(runs["without a tap"].us)
        for kind, run in runs.items():
            least = min(run.us)
            print("| %s | %.2f | %.2f | %.1f %% | %d | %s |" % (
                kind, least, statistics.median(run.us), 100 * (least / alone - 1), pss_kib(run.server.pid),
                "; ".join(sorted(run.faults))), flush=True)
    finally:
        for run in runs.values():
            run.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--quick", action="store_true", help="shorter rounds")
    parser.add_argument("--rate", type=int, default=6000, help="calls per second")
    parser.add_argument("--repeat", type=int, default=20, help="rounds")
    options = parser.parse_args()
    options.seconds = 2 if options.quick else 5
    subprocess.run([os.path.join(options.build, "tests/bench/bench_tap")], check=True)
    print(flush=True)
    relay_table(options)


if __name__ == "__main__":
    main()
