"""Certificates for the tests of TLS, made by the openssl command: it sets both dates of a certificate as wanted."""
import os
import shutil
import subprocess
import tempfile
import time

from node import Failure

CA_CONFIG = """
[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
"""
P256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


class Certificates:
    """A folder with NAME.pem and NAME.key of each."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="crosspoint-certs-")
        os.chmod(self.folder, 0o755)
        self.write("ca.cnf", CA_CONFIG)
        self.write("index.txt", "")
        self.root("ca")
        self.root("other_ca")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def run(self, *args):
        done = subprocess.run(("openssl",) + args, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise Failure("openssl %s: %s" % (args[0], done.stderr[-500:]))

    def self_signed(self, name, cn, key=()):
        self.run("req", "-x509", "-newkey", *(key or P256), "-nodes", "-days", "2", "-subj", "/CN=" + cn,
                 "-keyout", name + ".key", "-out", name + ".pem")
        os.chmod(self.path(name + ".key"), 0o644)  # the programs drop root

    def root(self, name):
        self.self_signed(name, name)

    def make(self, name, cn, ca="ca", extensions="basicConstraints=CA:FALSE", dates=(-1, 1), key=()):
        """Dates are days from now; @key is what openssl req -newkey is told, a key on P-256 if nothing."""
        self.run("req", "-newkey", *(key or P256), "-nodes", "-subj", "/CN=" + cn,
                 "-keyout", name + ".key", "-out", name + ".csr")
        os.chmod(self.path(name + ".key"), 0o644)
        self.sign(name + ".csr", name, ca, extensions, dates)

    def sign(self, request, name, ca="ca", extensions="basicConstraints=CA:FALSE", dates=(-1, 1)):
        """NAME.pem for the request of a file."""
        begin, end = (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * day)) for day in dates)
        self.write("ext.cnf", extensions + "\n")
        self.run("ca", "-config", "ca.cnf", "-batch", "-notext", "-cert", ca + ".pem", "-keyfile", ca + ".key",
                 "-in", request, "-out", name + ".pem", "-startdate", begin, "-enddate", end,
                 "-extfile", "ext.cnf")

    def revoke(self, name, crl):
        """From now on NAME is on the list @crl of our CA."""
        self.run("ca", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-revoke", name + ".pem")
        self.list_revoked(crl)

    def list_revoked(self, crl, ca="ca", days=2):
        """@days: how long it counts, from now."""
        begin, end = (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * day)) for day in (-3, days))
        self.run("ca", "-config", "ca.cnf", "-cert", ca + ".pem", "-keyfile", ca + ".key", "-gencrl",
                 "-crl_lastupdate", begin, "-crl_nextupdate", end, "-out", crl)

    def folder_of(self, name, *files):
        os.mkdir(self.path(name))
        for file in files:
            shutil.copy(self.path(file), self.path(name))

    def chain(self, name, cn, length):
        """@length CAs, each signed by the one before, NAME below them; NAME.chain.pem holds them, the nearest first."""
        ca, files = "ca", []
        for i in range(length):
            self.make("%s%d" % (name, i), "%s %d" % (name, i), ca, "basicConstraints=critical,CA:TRUE")
            ca = "%s%d" % (name, i)
            files.insert(0, self.read(ca + ".pem"))
        self.make(name, cn, ca)
        self.write(name + ".chain.pem", "".join(files))

    def peers(self, ip):
        """Those that most tests use; the node is node, as its peers are good, hop and so on."""
        here = "subjectAltName=IP:%s" % ip
        rsa = ["rsa:2048"]
        self.make("node", "node.test", extensions=here + ",DNS:node.test")
        self.make("node_rsa", "node.test", extensions=here + ",DNS:node.test", key=rsa)
        self.make("node_two", "two.test", extensions="subjectAltName=DNS:two.test")
        self.make("good", "good.test")
        self.make("good_rsa", "good.test", key=rsa)
        self.make("unselected", "other.test")
        self.make("expired", "good.test", dates=(-3, -1))
        self.make("young", "good.test", dates=(1, 3))
        self.make("stranger", "good.test", ca="other_ca")
        self.make("server_only", "good.test", extensions="extendedKeyUsage=serverAuth")
        self.make("revoked", "good.test")
        self.chain("below", "good.test", 1)
        self.chain("fifty", "good.test", 50)
        self.write("many.chain.pem", 10 * self.read("fifty.chain.pem"))
        self.self_signed("alone", "good.test")
        self.make("hop", "hop.test", extensions=here)
        self.make("hop_rsa", "hop.test", extensions=here, key=rsa)
        self.make("hop_wrong", "hop.test", extensions="subjectAltName=IP:192.0.2.1")
        self.make("hop_expired", "hop.test", extensions=here, dates=(-3, -1))
        self.make("hop_young", "hop.test", extensions=here, dates=(1, 3))
        self.make("hop_stranger", "hop.test", ca="other_ca", extensions=here)
        self.make("hop_client_only", "hop.test", extensions=here + "\nextendedKeyUsage=clientAuth")
        self.make("kamailio", "kamailio.test", extensions=here + ",DNS:kamailio.test")
        self.make("kamailio_rsa", "kamailio.test", extensions=here + ",DNS:kamailio.test", key=rsa)
