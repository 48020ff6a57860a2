"""The tools of the command line against real peers: a probe of each step, a chain fetched and trusted, and secrets by
which tshark reads what was captured."""
import os
import re
import stat
import subprocess

from capture import Capture
from node import Failure, wait_for
from tls_kamailio import Kamailio
from tls_matrix import CONFIG as MATRIX
from tls_rig import VERIFY, is_open, own

CONFIG = (MATRIX.replace('ca = "${certs}/ca.pem";\n      verify_peer', 'ca = "tools-trust.pem"; subjects_file = '
                         '"tools-subjects"; key_log = "${key_log:-}";\n      verify_peer'))


def prepare(test):
    test.node.write("tools-trust.pem", test.certificates.read("ca.pem"))
    test.node.write("tools-subjects", "# by hand\n")
    fill(test)


def fill(test, **values):
    test.node.variables.update(values)
    test.node.write("crosspoint.conf", test.node.fill(CONFIG))


def crosspoint(test, *words):
    done = subprocess.run([os.path.join(test.node.build, "cli/crosspoint"), *words], env=test.node.env,
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class Hop:
    """openssl s_server."""

    def __init__(self, test, *args):
        self.child = subprocess.Popen(["openssl", "s_server", "-accept", "%s:5071" % test.ip, "-quiet", *args],
                                      cwd=test.certs, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        wait_for(lambda: is_open(test.ip, 5071), "s_server listens")

    def stop(self):
        self.child.kill()
        self.child.communicate()


def probe(test, port, code, *wanted):
    got, said = crosspoint(test, "probe", "peer", "%s:%d" % (test.ip, port), "--transport", "tls")
    for pattern in wanted:
        if got != code or not re.search(pattern, said):
            raise Failure("exit %d, wanted %d and %s\n%s" % (got, code, pattern, said))


def check_probe_kamailio(test):
    kamailio = Kamailio(test, "kamailio", "TLSv1.2+")
    try:
        probe(test, 5072, 0, "TLSv1.3", "kamailio.test", "200 Kamailio")
    finally:
        kamailio.stop()


# name, arguments of s_server (None: nobody listens), what the probe must say
PROBES = (
    ("expired", own("hop_expired"), "the certificate has expired"),
    ("wrong name", own("hop_wrong"), "the certificate is for another name"),
    ("another CA", own("hop_stranger"), "the certificate is from a CA that is not trusted"),
    ("TLS 1.1", own("hop") + ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "no common version of TLS"),
    ("nobody there", None, "refused"),
)


def check_probe(test, args, wanted):
    hop = Hop(test, *args) if args else None
    try:
        probe(test, 5071, 1, wanted)
    finally:
        if hop:
            hop.stop()


def check_fetch(test):
    """A peer that nobody knows becomes one that is let in: what it shows is fetched, trusted, and its name selected."""
    if test.client(5062, *own("alone")):
        raise Failure("is served before")
    hop = Hop(test, *own("alone"))
    try:
        code, said = crosspoint(test, "cert", "fetch", "%s:5071" % test.ip, "--context", "peers", "--trust", "--subject")
    finally:
        hop.stop()
    if code or "good.test" not in said:
        raise Failure("exit %d\n%s" % (code, said))
    with open(os.path.join(test.node.dir, "tools-subjects"), encoding="utf-8") as f:
        if "good.test" not in f.read():
            raise Failure("the subject is not in the file")
    code, said = crosspoint(test, "reload", "proxy")
    if code:
        raise Failure(said)
    wait_for(lambda: test.client(5062, *own("alone")), "the peer is let in")


def check_key_log(test):
    """Off, then on by a reload: what was captured can be read, and only by whom the file belongs to."""
    path = os.path.join(test.node.dir, "run", "secrets")
    fill(test, key_log=path)
    test.node.ctl("proxy", "reload")
    test.logged("key log|key_log")
    capture = Capture(test.node)
    try:
        for version in ("-tls1_2", "-tls1_3"):
            if not test.client(5062, *VERIFY, *own("good"), version):
                raise Failure("is not served")
    finally:
        capture.stop()
    if stat.S_IMODE(os.stat(path).st_mode) != 0o600:
        raise Failure("mode %o" % os.stat(path).st_mode)
    seen = capture.tshark("-o", "tls.keylog_file:" + path, "-d", "tls.port==5062,sip", "-Y", "sip", "-T", "fields",
                          "-e", "sip.Method", "-e", "sip.Status-Code")
    if [line.split() for line in seen] != [["OPTIONS"], ["200"]] * 2:
        raise Failure("tshark reads %s" % seen)
    if "key_log" not in str(test.node.ctl("proxy", "show alarms")["rows"]):
        raise Failure("no alarm stands")
    fill(test, key_log="")
    test.node.ctl("proxy", "reload")


def tests(_):
    yield "probe of Kamailio", check_probe_kamailio
    for name, args, wanted in PROBES:
        yield "probe: " + name, lambda t, a=(args, wanted): check_probe(t, *a)
    yield "fetch, trust, select", check_fetch
    yield "key log", check_key_log
