"""A node of Crosspoint under test: its programs as child processes, their logs, their control sockets."""
import json
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import ring

PROGRAMS = {"proxy": "proxy/crosspoint-proxy", "cti": "cti-gw/crosspoint-cti", "switch": "switch/crosspoint-switch",
            "capture": "capture/crosspoint-capture", "presence": "presence/crosspoint-presence",
            "xmpp": "xmpp-gw/crosspoint-xmpp"}
PATIENCE = float(os.environ.get("CROSSPOINT_PATIENCE", "5"))  # s; sanitizers and slow machines want more
ED3 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Failure(Exception):
    """The node did not do what the test wants."""


def wait_for(condition, what):
    """Polls until condition() is true; the limit is for a broken node only, success never waits for it."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure("did not happen: " + what)
        select.select([], [], [], 0.01)


class Skip(Exception):
    """This machine cannot play the test; the text says what it lacks."""


class Node:
    def __init__(self, build, config_text, variables, keep=False):
        self.build, self.keep, self.children = os.path.abspath(build), keep, {}
        self.dir = tempfile.mkdtemp(prefix="crosspoint-")
        os.chmod(self.dir, 0o755)
        if os.getuid() == 0:  # the programs give up root, and the proxy keeps a file here
            shutil.chown(self.dir, "crosspoint")
        self.ip = variables.get("ip") or self.free_ip()
        user = "crosspoint" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.variables = {"ip": self.ip, "run_as": user, "ns": ED3, "port6": self.free_port6(),
                          "port6b": self.free_port6(), **variables}
        self.conf = self.write("crosspoint.conf", self.fill(config_text))
        self.write("cti.secret", "secret\n")
        self.write("other.secret", "wrong\n")
        self.env = {**os.environ, "CROSSPOINT_RUN_DIR": self.dir + "/run", "CROSSPOINT_CONF": self.conf,
                    "CROSSPOINT_BIN_PATH": ":".join(os.path.dirname(os.path.join(self.build, p))
                                                    for p in PROGRAMS.values())}

    @staticmethod
    def free_ip():
        return "127.%d.%d.%d" % (64 + os.getpid() % 64, os.urandom(1)[0], 2 + os.urandom(1)[0] % 250)

    @staticmethod
    def free_port6():
        """There is one ::1 only, so each scenario takes ports of its own."""
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
                s.bind(("::1", 0))
                return s.getsockname()[1]
        except OSError:
            return 0  # this machine has no IPv6

    def fill(self, text):
        """Puts values for ${name} and ${name:-default}."""
        value = lambda m: str(self.variables.get(m.group(1), m.group(3) if m.group(2) else m.group(0)))
        return re.sub(r"\$\{(\w+)(:-([^}]*))?\}", value, text)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def make_cert(self, name, cn=None, san=None, ca=None, eku=None):
        """NAME.pem and NAME.key in the node's folder, signed by the key of another one, or by its own."""
        path = os.path.join(self.dir, name)
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                   "-days", "2", "-subj", "/O=Test/CN=" + cn if cn else "/O=Test",
                   "-keyout", path + ".key", "-out", path + ".pem"]
        if san:
            command += ["-addext", "subjectAltName=" + san]
        if eku:
            command += ["-addext", "extendedKeyUsage=" + eku]
        if ca:
            command += ["-CA", os.path.join(self.dir, ca + ".pem"), "-CAkey", os.path.join(self.dir, ca + ".key"),
                        "-addext", "basicConstraints=critical,CA:FALSE"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Failure("openssl: " + done.stderr[-500:])
        os.chmod(path + ".key", 0o644)  # the programs drop root

    def make_crl(self, name, ca, revoked, days=1):
        """NAME.pem, a revocation list of a CA with one certificate on it, out of date in so many days."""
        path = lambda file: os.path.join(self.dir, file)
        serial = subprocess.run(["openssl", "x509", "-serial", "-noout", "-in", path(revoked + ".pem")],
                                capture_output=True, text=True).stdout.strip().split("=")[1]
        until = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * int(days)))
        self.write("index.txt", "R\t991231000000Z\t200101000000Z\t%s\tunknown\t/CN=x\n" % serial)
        self.write("crl.cnf", "[ca]\ndefault_ca = d\n[d]\ndatabase = %s\ndefault_md = sha256\n" % path("index.txt"))
        done = subprocess.run(["openssl", "ca", "-gencrl", "-config", path("crl.cnf"), "-cert", path(ca + ".pem"),
                               "-keyfile", path(ca + ".key"), "-crl_lastupdate", "20200101000000Z",
                               "-crl_nextupdate", until, "-out", path(name + ".pem")], capture_output=True, text=True)
        if done.returncode:
            raise Failure("openssl: " + done.stderr[-500:])

    def start(self, name, prefix=()):
        """prefix: a command that runs the program in its place."""
        path = os.path.join(self.build, PROGRAMS[name])
        with open(self.log_path(name), "ab") as log:
            child = subprocess.Popen([*prefix, path, "-f", self.conf, "--test-clock"], env=self.env, cwd=self.dir,
                                     stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.children[name] = child
        wait_for(lambda: child.poll() is not None or self.try_ctl(name, "status"), name + " is ready")
        if child.poll() is not None:
            raise Failure("%s ended at start with %d:\n%s" % (name, child.returncode, self.log(name)[-2000:]))

    def log_path(self, name):
        return os.path.join(self.dir, name + ".log")

    def log(self, name):
        with open(self.log_path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def try_ctl(self, name, command, /, **args):
        try:
            return self.ctl(name, command, **args)
        except OSError:
            return None

    def ctl(self, name, command, /, **args):
        """One command over the control socket; returns the result, raises Failure on an error answer."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect("%s/run/%s.sock" % (self.dir, name))
            s.sendall(json.dumps({"command": command, "args": args}).encode() + b"\n")
            answer = json.loads(s.makefile().readline() or "{}")
        if not answer.get("ok"):
            raise Failure("%s: %s: %s" % (name, command, answer.get("error", "no answer")))
        return answer["result"]

    def tap(self, name):
        """What the ring of a program holds, whether it runs or not; NAME.tap or, with a dot, a file of the folder."""
        return ring.records("%s/run/%s" % (self.dir, name if "." in name else name + ".tap"))

    def counter(self, name, metric):
        for row in self.ctl(name, "show counters")["rows"]:
            if row[0] == metric:
                return row[1]
        raise Failure("%s has no counter %s" % (name, metric))

    def kill(self, name, with_signal=signal.SIGKILL):
        os.kill(self.children[name].pid, with_signal)
        if with_signal in (signal.SIGKILL, signal.SIGTERM):
            return self.children.pop(name).wait(PATIENCE * 3)
        return None

    def stop(self):
        """Ends all; a program that does not end cleanly is a failure (sanitizer reports show here)."""
        bad = []
        for name in list(self.children)[::-1]:
            self.children[name].send_signal(signal.SIGCONT)
            code = self.kill(name, signal.SIGTERM)
            if code != 0:
                bad.append("%s ended with %d:\n%s" % (name, code, self.log(name)[-3000:]))
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)
        if bad:
            raise Failure("\n".join(bad))
