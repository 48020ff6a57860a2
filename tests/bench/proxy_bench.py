#!/usr/bin/env python3
"""proxy_bench.py [--quick] [--build DIR] [--only WORD] [--servers LIST] [--flat MINUTES] [--workers N]:
crosspoint-proxy beside Kamailio under the same sipp load, each with an access list of 1000 networks, 1000 routes and
a log line per request. Prints tables and never fails on a figure; a row whose run was not clean says so.

CPU is the sum of /proc/*/schedstat (exact nanoseconds) over every thread of every process of the server, from the
first to the last call of a run that has an exact number of calls. Before it the same load runs for longer than the
longest transaction timer (32 s), so that as many transactions end as begin. The server has one core for itself, both
sipp share the other. Timers: Kamailio forgets a transaction after 5 s (wt_timer as packaged), Crosspoint
remembers the answer of a request over UDP for the 32 s that RFC 3261 wants.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "fake"))
from node import Node, wait_for  # noqa: E402
from sipp_load import Load, cpus  # noqa: E402

# name, scenario, transport, calls per second
CASES = [("MESSAGE over UDP", "message", "udp", 1500), ("MESSAGE over UDP", "message", "udp", 3000),
         ("MESSAGE over UDP", "message", "udp", 6000), ("MESSAGE over TCP", "message", "tcp", 1500),
         ("call over UDP", "call", "udp", 800), ("call over TCP", "call", "tcp", 800)]
QUICK = [("MESSAGE over UDP", "message", "udp", 3000), ("call over UDP", "call", "udp", 800),
         ("call over TCP", "call", "tcp", 800)]
ACL_ENTRIES = 1000
PREFIXES = range(3000, 4000)  # of the routes; the callee is 35551234
CONF = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "info"; ${node:-} };
proxy = {
  listen = ( "udp:${ip}:5060", "tcp:${ip}:5060" );
  internal = ();
  targets = ( { name = "next"; uri = "sip:${ip}:5070;transport=${transport}"; } );
  acl = ( %s );
  method_routes = ( { method = "PUBLISH"; to = "next"; }, { method = "SUBSCRIBE"; to = "next"; } );
  static_routes = ( %s );
  max_transactions = 2000000;
  workers = ${workers};
};
"""


def offices():
    """The networks of the access list, without this machine."""
    return ["10.%d.%d.0/24" % (n // 250, n % 250) for n in range(ACL_ENTRIES - 1)]


def acl():
    rows = ['{ pattern = "127.0.0.0/8"; description = "this machine"; }']
    rows += ['{ pattern = "%s"; description = "branch office %d"; }' % (net, n) for n, net in enumerate(offices())]
    return ", ".join(rows)


def routes(transport):
    return ", ".join('{ pattern = "%d*"; next_hop = "${ip}"; port = 5070; transport = "%s"; }' % (prefix, transport)
                     for prefix in PREFIXES)


def tree(pid):
    """@pid and every process below it."""
    pids = [pid]
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as f:
            for child in f.read().split():
                pids += tree(int(child))
    return pids


def cpu_ns(pid):
    total = 0
    for process in tree(pid):
        for task in os.listdir("/proc/%d/task" % process):
            with open("/proc/%d/task/%s/schedstat" % (process, task), encoding="ascii") as f:
                total += int(f.read().split()[0])
    return total


def busiest_thread_ns(before, after):
    return max(after[task] - before.get(task, 0) for task in after)


def thread_ns(pid):
    """CPU of each thread of one process."""
    found = {}
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
            found[task] = int(f.read().split()[0])
    return found


def pss_kib(pid):
    total = 0
    for process in tree(pid):
        with open("/proc/%d/smaps_rollup" % process, encoding="ascii") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    return total


class Crosspoint:
    name = "crosspoint"

    def __init__(self, transport, build, workers=1, node=""):
        self.node = Node(build, CONF % (acl(), routes(transport)),
                         {"transport": transport, "workers": workers, "node": node})
        self.ip = self.node.ip
        self.node.start("proxy")
        self.pid = self.node.children["proxy"].pid
        subprocess.run(["taskset", "-a", "-cp", str(cpus()[0]), str(self.pid)], stdout=subprocess.DEVNULL, check=True)

    def live(self):
        """Transactions; a relay is two: a server one (32 s) and a client one (5 s)."""
        return dict(self.node.ctl("proxy", "show transactions")["rows"])["transactions"]

    def forget(self):
        self.node.ctl("proxy", "clock advance", ms="40000")
        wait_for(lambda: self.live() == 0, "all transactions ended")

    def stop(self):
        self.node.stop()


class Kamailio:
    def __init__(self, transport, name, options, ip=None, certs=""):
        self.name, self.dir = name, tempfile.mkdtemp(prefix="kamailio-")
        os.chmod(self.dir, 0o777)
        self.ip = ip or Node.free_ip()
        with open(os.path.join(HERE, "kamailio.cfg"), encoding="utf-8") as f:
            text = f.read()
        for word, value in (("TARGET", self.ip + ":5070"), ("TRANSPORT", transport), ("RUN", self.dir), ("IP", self.ip),
                            ("CERTS", certs)):
            text = text.replace(word, value)
        conf = os.path.join(self.dir, "kamailio.cfg")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        self.write_tables("sip:%s:5070;transport=%s" % (self.ip, transport))
        command = ["taskset", "-c", str(cpus()[0]), "/usr/sbin/kamailio", "-f", conf, "-DD", "-m", "2048", "-Y", self.dir]
        command += options + (["-u", "nobody", "-g", "nogroup"] if os.getuid() == 0 else [])
        with open(os.path.join(self.dir, "log"), "wb") as log:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.pid = self.child.pid
        wait_for(lambda: self.try_live() is not None, "kamailio is ready")

    def write_tables(self, target):
        with open(os.path.join(self.dir, "address.list"), "w", encoding="ascii") as f:
            f.write("1 127.0.0.0 8\n" + "".join("1 %s %s\n" % tuple(net.split("/")) for net in offices()))
        with open(os.path.join(self.dir, "dispatcher.list"), "w", encoding="ascii") as f:
            f.write("".join("%d %s\n" % (prefix, target) for prefix in PREFIXES))

    def try_live(self):
        done = subprocess.run(["/usr/sbin/kamcmd", "-s", "unix:%s/kamailio_ctl" % self.dir, "tm.stats"],
                              capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            if line.strip().startswith("current:"):
                return int(line.split(":")[1])
        return None

    def live(self):
        return self.try_live() or 0

    def forget(self):
        end = time.monotonic() + 90
        while self.live() and time.monotonic() < end:
            time.sleep(1)

    def stop(self):
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


SERVERS = {
    "crosspoint": lambda transport, build: Crosspoint(transport, build),
    "tuned": lambda transport, build: Kamailio(transport, "kamailio -x fm -X fm", ["-x", "fm", "-X", "fm"]),
    "packaged": lambda transport, build: Kamailio(transport, "kamailio as packaged", []),
}


def loaded(server, scenario, transport):
    folder = tempfile.mkdtemp(prefix="sipp-")
    return Load(scenario, transport, server.ip, folder)


def cpu_per_call(make, case, options):
    """(us per call, what was wrong or "", calls per second reached)"""
    _, scenario, transport, rate = case
    server = make(transport, options.build)
    load = loaded(server, scenario, transport)
    return cpu_of_calls(server, load, rate, options)


def cpu_of_calls(server, load, rate, options):
    """As cpu_per_call(); ends both."""
    try:
        load.run(server.ip + ":5060", rate, rate * options.warm)
        before, count = cpu_ns(server.pid), rate * options.measure
        result = load.run(server.ip + ":5060", rate, count)
        used = cpu_ns(server.pid) - before
        fault = result.fault(count) or ("%d repeated answers" % load.repeated_by_uas() if load.repeated_by_uas() else "")
        return used / 1000 / count, fault, count / result.seconds
    finally:
        load.stop()
        shutil.rmtree(load.folder, ignore_errors=True)
        server.stop()


def cpu_table(options):
    cases = [c for c in (QUICK if options.quick else CASES) if options.only in "%s %d" % (c[0], c[3])]
    names = options.servers.split(",")
    print("| us of CPU per unit | offered/s | " + " | ".join(names) + " | ratios |")
    print("|---" * (len(names) + 3) + "|")
    for case in cases:
        cells, figures = [], []
        for name in names:
            runs = [cpu_per_call(SERVERS[name], case, options) for _ in range(options.repeat)]
            us = statistics.median(run[0] for run in runs)
            faults = sorted({run[1] for run in runs if run[1]})
            figures.append(us)
            cells.append("%.1f%s%s" % (us, " at %.0f/s" % runs[-1][2] if runs[-1][2] < 0.9 * case[3] else "",
                                       " (%s)" % "; ".join(faults) if faults else ""))
        ratios = ", ".join("%.2f x %s" % (figures[0] / other, name) for name, other in zip(names[1:], figures[1:]))
        print("| %s | %d | %s | %s |" % (case[0], case[3], " | ".join(cells), ratios), flush=True)


def answer_bytes(server):
    """Length of the last response that the proxy sent to the client, from its tap."""
    for record in reversed(server.node.tap("proxy")):
        if record["direction"] == "sent" and record["bytes"].startswith(b"SIP/2.0"):
            return len(record["bytes"])
    return 0


def memory(name, options):
    """PSS of a relay that has just carried 10 s of MESSAGE over UDP, beside its PSS before; and the same once more."""
    rate, count = 3000, 30000
    server = SERVERS[name]("udp", options.build)
    load = loaded(server, "message", "udp")
    try:
        load.run(server.ip + ":5060", 500, 500)
        server.forget()
        before = pss_kib(server.pid)
        load.run(server.ip + ":5060", rate, count)
        live, after = server.live(), pss_kib(server.pid)
        kept = count * answer_bytes(server) / 1024 if name == "crosspoint" else 0
        server.forget()
        load.run(server.ip + ":5060", rate, count)
        again = pss_kib(server.pid)
        print("| %s | %d | %d | %d | %d | %.2f | %s |" % (
            name, before, after, again, live, (after - before) / max(live, 1),
            "%.2f" % ((after - before - kept) / live) if kept else ""), flush=True)
    finally:
        load.stop()
        shutil.rmtree(load.folder, ignore_errors=True)
        server.stop()


def memory_table(options):
    print("\n| memory, MESSAGE over UDP | PSS before, KiB | after 30 000 | all forgotten, and 30 000 again "
          "| live transactions | KiB per transaction | beside the last response |")
    print("|---|---|---|---|---|---|---|")
    for name in options.servers.split(","):
        memory(name, options)


def share(workers, rate, options):
    """(us of CPU per relay, of the busiest worker alone, what was wrong), UDP with a single next hop."""
    server = Crosspoint("udp", options.build, workers)
    if workers > 1:
        subprocess.run(["taskset", "-a", "-cp", ",".join(str(core) for core in cpus()), str(server.pid)],
                       stdout=subprocess.DEVNULL, check=True)
    load, count = loaded(server, "message", "udp"), rate * options.measure
    try:
        load.run(server.ip + ":5060", rate, rate * 5)
        before = thread_ns(server.pid)
        fault = load.run(server.ip + ":5060", rate, count).fault(count)
        after = thread_ns(server.pid)
        whole = sum(after.values()) - sum(before.values())
        return whole / 1000 / count, busiest_thread_ns(before, after) / 1000 / count, fault
    finally:
        load.stop()
        shutil.rmtree(load.folder, ignore_errors=True)
        server.stop()


def workers_table(options):
    """What N workers carry is what the busiest of them has time for, cores being there for all."""
    print("| workers | MESSAGE/s offered | us of CPU per relay | of the busiest worker | carried, times one worker | |")
    print("|---|---|---|---|---|---|")
    for rate in (1500, 3000, 6000):
        alone = None
        for workers in range(1, options.workers + 1):
            whole, busiest, fault = share(workers, rate, options)
            alone = alone or busiest
            print("| %d | %d | %.1f | %.1f | %.2f | %s |" % (workers, rate, whole, busiest, alone / busiest, fault), flush=True)


def flat_table(options):
    """PSS under a steady load, minute by minute."""
    rate = 3000
    server = SERVERS["crosspoint"]("udp", options.build)
    load = loaded(server, "message", "udp")
    try:
        print("\n| minutes of %d MESSAGE/s | PSS, KiB | live transactions | calls failed |" % rate)
        print("|---|---|---|---|")
        for minute in range(1, options.flat + 1):
            result = load.run(server.ip + ":5060", rate, rate * 60)
            print("| %d | %d | %d | %d |" % (minute, pss_kib(server.pid), server.live(), rate * 60 - result.good), flush=True)
    finally:
        load.stop()
        shutil.rmtree(load.folder, ignore_errors=True)
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--quick", action="store_true", help="three rows and a shorter measurement")
    parser.add_argument("--only", default="", help="rows whose name and rate hold this text; 'memory' for its table alone")
    parser.add_argument("--servers", default="crosspoint,tuned,packaged")
    parser.add_argument("--repeat", type=int, default=1, help="runs per cell; the median counts")
    parser.add_argument("--warm", type=int, default=35, help="seconds before the measurement")
    parser.add_argument("--measure", type=int, help="seconds of the measurement (60; quick 20)")
    parser.add_argument("--flat", type=int, default=0, metavar="MINUTES", help="watch memory that long instead")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="what 1 to N workers carry instead")
    options = parser.parse_args()
    options.measure = options.measure or (20 if options.quick else 60)
    print("load before: %s" % " ".join("%.2f" % n for n in os.getloadavg()))
    if options.flat:
        flat_table(options)
        return
    if options.workers:
        workers_table(options)
        return
    cpu_table(options)
    if not options.only or options.only == "memory":
        memory_table(options)


if __name__ == "__main__":
    main()
