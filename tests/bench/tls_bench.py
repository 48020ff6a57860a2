#!/usr/bin/env python3
"""tls_bench.py [--quick] [--build DIR] [--only TABLE] [--connects N]: what TLS costs crosspoint-proxy. Prints tables and
never fails on a figure; a row whose run was not clean says so.

handshakes: tls_client (a C program, on the other core) connects and goes; the server's CPU per handshake, of
/proc/*/schedstat, says how many one core does. memory: PSS with thousands of connections open that have asked once and
are idle since. connects: PSS while as many clients as --connects come and go. calls: an INVITE call over TLS on both
sides, beside Kamailio under the same load. Debian's sipp has no TLS: stunnel speaks it for both sipp, on their core."""
import argparse
import json
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
sys.path[:0] = [os.path.join(ROOT, "tests", "fake"), os.path.join(ROOT, "tests", "interop")]
from node import Node, wait_for  # noqa: E402
from proxy_bench import Kamailio, acl, cpu_ns, cpu_of_calls, pss_kib  # noqa: E402
from sipp_load import Load, cpus  # noqa: E402
from tls_certs import Certificates  # noqa: E402

KEYS = (("RSA-2048", "rsa2048", ["rsa:2048"]), ("RSA-3072", "rsa3072", ["rsa:3072"]), ("P-256", "p256", ()))
PARALLEL = 8
CALLS_PER_S = 800
CONF = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "info"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=peers" );
  internal = (); workers = 1; max_transactions = 2000000;
  max_connections = 100000; max_connections_per_host = 100000;
  tls_contexts = (
    { name = "node"; certificates = ( "${certs}/${key}.pem" ); keys = ( "${certs}/${key}.key" ); ca = "${certs}/ca.pem"; },
    { name = "peers"; certificates = ( "${certs}/${key}.pem" ); keys = ( "${certs}/${key}.key" ); ca = "${certs}/ca.pem";
      verify_peer = "required"; } );
  targets = ( { name = "next"; uri = "sip:${ip}:5070;transport=tls"; } );
  acl = ( %s );
  method_routes = ( { method = "PUBLISH"; to = "next"; }, { method = "SUBSCRIBE"; to = "next"; },
                    { method = "MESSAGE"; to = "next"; }, { method = "INVITE"; to = "next"; } );
};
"""
KAMAILIO_SIDE = """
[%s:default]
method = TLSv1.2+
verify_certificate = %s
require_certificate = %s
private_key = CERTS/p256.key
certificate = CERTS/p256.pem
ca_list = CERTS/ca.pem
"""
STUNNEL = """
foreground = yes
pid =
debug = err
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
[in]
client = yes
accept = IP:5068
connect = IP:5061
[out]
accept = IP:5070
connect = IP:5069
cert = CERTS/p256.pem
key = CERTS/p256.key
"""


class Crosspoint:
    name = "crosspoint"

    def __init__(self, options, key="p256"):
        text = CONF % acl()
        self.node = Node(options.build, "", {"ip": options.ip, "certs": options.certs.folder, "key": key})
        self.node.write("crosspoint.conf", self.node.fill(self.node.fill(text)))
        self.ip = self.node.ip
        self.node.start("proxy")
        self.pid = self.node.children["proxy"].pid
        subprocess.run(["taskset", "-a", "-cp", str(cpus()[0]), str(self.pid)], stdout=subprocess.DEVNULL, check=True)

    def handshakes(self):
        return self.node.counter("proxy", "sip_tls_handshakes")

    def connections(self):
        return self.node.counter("proxy", "sip_connections")

    def stop(self):
        self.node.stop()


class TlsLoad(Load):
    """sipp over TCP, with stunnel between it and the server on either side."""

    uas_port = 5069

    def __init__(self, scenario, ip, folder, certs):
        conf = os.path.join(folder, "stunnel.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(STUNNEL.replace("IP", ip).replace("CERTS", certs))
        self.tunnel = subprocess.Popen(["taskset", "-c", str(cpus()[1]), "stunnel4", conf], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for side in ("uac", "uas"):
            with open(os.path.join(HERE, "%s-%s.xml" % (scenario, side)), encoding="utf-8") as f:
                text = f.read().replace("SIP/2.0/[transport]", "SIP/2.0/TLS").replace("=[transport]", "=tls")
            with open(os.path.join(folder, side + ".xml"), "w", encoding="utf-8") as f:
                f.write(text.replace("[local_port]", "5070"))
        super().__init__(scenario, "tcp", ip, folder)

    def script(self, side):
        return os.path.join(self.folder, side + ".xml")

    def run(self, server, rate, count):
        return super().run(self.ip + ":5068", rate, count)

    def stop(self):
        super().stop()
        self.tunnel.terminate()
        self.tunnel.wait()


def client(options, port, count, *words):
    """A running tls_client."""
    program = os.path.join(os.path.abspath(options.build), "tests/bench/tls_client")
    return subprocess.Popen(["taskset", "-c", str(cpus()[1]), program, options.ip, str(port), str(count),
                             str(PARALLEL), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def connect(options, port, count, *words):
    child = client(options, port, count, *words)
    said = child.communicate()[0]
    return json.loads(said) if said else {"done": 0, "resumed": 0, "seconds": 0}


def handshake_cost(options, server, count, words):
    """(us of the server's CPU per handshake, what was wrong or "", per second reached)"""
    connect(options, 5061, max(count // 10, 20), *words)
    wait_for(lambda: server.connections() == 0, "all have gone")
    before, done_before = cpu_ns(server.pid), server.handshakes()
    result = connect(options, 5061, count, *words)
    wait_for(lambda: server.connections() == 0, "all have gone")
    used, done = cpu_ns(server.pid) - before, server.handshakes() - done_before
    extra = 1 if "resume" in words else 0  # the one that brings the session
    fault = "%d of %d done" % (done, count + extra) if done != count + extra else ""
    if "resume" in words and result["resumed"] != count:
        fault = "%d of %d resumed" % (result["resumed"], count)
    return used / 1000 / done, fault, count / result["seconds"]


def handshake_table(options):
    count = options.count or (500 if options.quick else 5000)
    print("| handshakes | us of CPU | per second on one core | offered by the client/s | |")
    print("|---|---|---|---|---|")
    for name, key, _ in KEYS:
        server = Crosspoint(options, key)
        try:
            for version, kind in (("TLS 1.3", []), ("TLS 1.2", ["tls1.2"])):
                for what, words in (("full", kind), ("resumed", kind + ["resume"])):
                    runs = [handshake_cost(options, server, count, words) for _ in range(options.repeat)]
                    us = statistics.median(run[0] for run in runs)
                    print("| %s, %s, %s | %.0f | %.0f | %.0f | %s |" % (
                        name, version, what, us, 1e6 / us, runs[-1][2], "; ".join({run[1] for run in runs if run[1]})),
                        flush=True)
        finally:
            server.stop()


def memory_table(options):
    count = options.count or (1000 if options.quick else 10000)
    print("\n| idle connections | PSS before, KiB | with %d open | KiB per connection | all gone |" % count)
    print("|---|---|---|---|---|")
    for what, port, words in (("TLS 1.3", 5061, []), ("TLS 1.2", 5061, ["tls1.2"]),
                              ("TLS 1.3, peer certificate", 5062, ["cert", options.certs.path("p256.both")])):
        server = Crosspoint(options)
        try:
            connect(options, port, 100, "ask", *words)
            wait_for(lambda: server.connections() == 0, "all have gone")
            before = pss_kib(server.pid)
            child = client(options, port, count, "ask", "keep", *words)
            child.stdout.readline()
            opened, during = server.connections(), pss_kib(server.pid)
            child.communicate()
            wait_for(lambda: server.connections() == 0, "all have gone")
            print("| %s | %d | %d%s | %.1f | %d |" % (
                what, before, during, "" if opened == count else " (%d open)" % opened,
                (during - before) / max(opened, 1), pss_kib(server.pid)), flush=True)
        finally:
            server.stop()


def connects_table(options):
    """Memory while clients of all kinds come and go: it must not grow with their number."""
    kinds = ((5061, []), (5061, ["tls1.2"]), (5062, ["cert", options.certs.path("p256.both")]),
             (5061, ["resume"]), (5062, ["tls1.2", "cert", options.certs.path("p256.both")]))
    step = max(options.connects // (10 * len(kinds)), 1)
    server = Crosspoint(options)
    print("\n| connects | PSS, KiB | failed |\n|---|---|---|")
    try:
        done = 0
        while done < options.connects:
            failed = 0
            for port, words in kinds:
                failed += step - connect(options, port, step, "ask", *words)["done"]
                done += step
            wait_for(lambda: server.connections() == 0, "all have gone")
            print("| %d | %d | %d |" % (done, pss_kib(server.pid), failed), flush=True)
    finally:
        server.stop()


def call_table(options):
    options.warm = options.warm or (5 if options.quick else 35)
    options.measure = options.measure or (10 if options.quick else 60)
    makers = (("crosspoint", lambda: Crosspoint(options)),
              ("kamailio -x fm -X fm", lambda: Kamailio("tls", "tuned", ["-A", "TLS", "-x", "fm", "-X", "fm"],
                                                        options.ip, options.certs.folder)),
              ("kamailio as packaged", lambda: Kamailio("tls", "packaged", ["-A", "TLS"], options.ip,
                                                        options.certs.folder)))
    figures = []
    print("\n| us of CPU per call over TLS, %d/s | | ratio |\n|---|---|---|" % options.rate)
    for name, make in makers:
        runs = []
        for _ in range(options.repeat):
            server = make()
            folder = tempfile.mkdtemp(prefix="sipp-")
            runs.append(cpu_of_calls(server, TlsLoad("call", options.ip, folder, options.certs.folder), options.rate,
                                     options))
        figures.append(statistics.median(run[0] for run in runs))
        faults = sorted({run[1] for run in runs if run[1]})
        if runs[-1][2] < 0.9 * options.rate:
            faults.append("%.0f/s reached" % runs[-1][2])
        print("| %s | %.1f%s | %s |" % (name, figures[-1], " (%s)" % "; ".join(faults) if faults else "",
                                        "" if len(figures) == 1 else "%.2f x" % (figures[0] / figures[-1])), flush=True)


TABLES = {"handshakes": handshake_table, "memory": memory_table, "connects": connects_table, "calls": call_table}


def certificates(ip):
    certs = Certificates()
    for _, name, key in KEYS:
        certs.make(name, "node.test", extensions="subjectAltName=IP:%s" % ip, key=key)
    certs.write("p256.both", certs.read("p256.pem") + certs.read("p256.key"))
    certs.write("kamailio.tls", (KAMAILIO_SIDE % ("server", "no", "no") + KAMAILIO_SIDE % ("client", "yes", "yes"))
                .replace("CERTS", certs.folder))
    return certs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--only", default="", choices=[""] + list(TABLES))
    parser.add_argument("--count", type=int, help="handshakes per row, or idle connections")
    parser.add_argument("--connects", type=int, default=0, help="watch memory over so many connects (100000)")
    parser.add_argument("--repeat", type=int, default=1, help="runs per cell; the median counts")
    parser.add_argument("--rate", type=int, default=CALLS_PER_S, help="calls per second")
    parser.add_argument("--warm", type=int, help="seconds of calls before the measurement (35; quick 5)")
    parser.add_argument("--measure", type=int, help="seconds of the measurement (60; quick 10)")
    options = parser.parse_args()
    options.ip = Node.free_ip()
    options.certs = certificates(options.ip)
    print("load before: %s" % " ".join("%.2f" % n for n in os.getloadavg()))
    try:
        for name, table in TABLES.items():
            if options.only in ("", name) and (name != "connects" or options.connects):
                table(options)
    finally:
        options.certs.close()


main()
