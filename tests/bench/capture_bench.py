#!/usr/bin/env python3
"""capture_bench.py [--quick] [--build DIR]: how fast capture files are read. Prints a table and never fails on a figure.

bench_capture (a C program) writes the files and reads them as crosspoint does, on one core; tshark and sngrep read the
same ones. CPU is user and system time of the process; the others
are slower and get a shorter file. Last a file of several GiB, for the memory that it takes."""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def cost(command):
    """CPU seconds of a child, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def ours(bench, path):
    return json.loads(subprocess.run([bench, "read", path], stdout=subprocess.PIPE, text=True, check=True).stdout)


def best_of(bench, path, times=3):
    return min((ours(bench, path) for _ in range(times)), key=lambda run: run["cpu_s"])


def row(name, messages, cpu_s, peak_kib=None):
    print("  %-34s %10d %9.2f s %12d/s %s" % (name, messages, cpu_s, messages / max(cpu_s, 1e-6),
                                              "%7.1f MiB" % (peak_kib / 1024) if peak_kib else ""), flush=True)


def compare(bench, folder, kind, messages, others):
    path = os.path.join(folder, kind + ".pcap")
    subprocess.run([bench, kind, path, str(messages)], check=True)
    print("SIP over %s, %d messages, %d MB" % ("TCP" if kind == "make-tcp" else "UDP", messages,
                                              os.path.getsize(path) / 1e6))
    run = best_of(bench, path)
    row("crosspoint", run["messages"], run["cpu_s"], run["peak_kib"])
    small = os.path.join(folder, "small.pcap")
    subprocess.run([bench, kind, small, str(others)], check=True)
    print("the same, %d messages" % others)
    run = best_of(bench, small)
    row("crosspoint", run["messages"], run["cpu_s"], run["peak_kib"])
    if shutil.which("tshark"):
        cpu_s, out = cost(["tshark", "-r", small, "-Y", "sip"])
        row("tshark -Y sip", out.count("\n"), cpu_s)
    if shutil.which("sngrep"):
        cpu_s, _ = cost(["sngrep", "-N", "-q", "-l", "1000000", "-I", small])
        row("sngrep -N -q -I", others, cpu_s)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    bench = os.path.join(ROOT, args.build, "tests", "bench", "bench_capture")
    messages, others, gib = (300000, 12000, 2) if args.quick else (3000000, 60000, 10)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        for kind in ("make", "make-tcp"):
            compare(bench, folder, kind, messages, others)
        sparse = os.path.join(folder, "sparse.pcap")
        subprocess.run([bench, "sparse", sparse, str(gib)], check=True)
        run = ours(bench, sparse)
        print("memory for a file of %d GiB" % gib)
        row("crosspoint", run["messages"], run["cpu_s"], run["peak_kib"])
    return 0


sys.exit(main())
