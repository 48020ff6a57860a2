"""What the tests of TLS share: a node, openssl as its client and as its next hop, and a look into its log."""
import os
import re
import select
import subprocess
import time

from node import PATIENCE, Failure, wait_for
from peers import SipPeer

OPTIONS = ("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;rport;branch=z9hG4bK%d\r\nMax-Forwards: 70\r\n"
           "From: <sip:a@a.test>;tag=1\r\nTo: <sip:%s>\r\nCall-ID: %d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
VERIFY = ["-CAfile", "ca.pem", "-verify_return_error"]


def own(name):
    """Arguments of the openssl command: the certificate to show."""
    return ["-cert", name + ".pem", "-key", name + ".key"]


def is_open(ip, port):
    done = subprocess.run(["ss", "-Hltn", "src", "%s:%d" % (ip, port)], capture_output=True, text=True)
    return bool(done.stdout.strip())


class Test:
    """One node, the folder of certificates, and what the proxy logged since the last look."""

    def __init__(self, node, certs):
        self.node, self.certificates, self.seen, self.calls = node, certs, 0, 0
        self.ip, self.certs = node.ip, certs.folder

    def log(self):
        return self.node.log("proxy")[self.seen:]

    def forget(self):
        self.seen = len(self.node.log("proxy"))

    def logged(self, pattern):
        try:
            wait_for(lambda: re.search(pattern, self.log()), "log line " + pattern)
        except Failure as error:
            raise Failure("%s\n%s" % (error, self.log()[-1500:])) from None

    def counted(self, metric, before, by=1):
        count = lambda: self.node.counter("proxy", metric) - before
        wait_for(lambda: count() >= by, "%s +%d" % (metric, by))
        if count() != by:
            raise Failure("%s rose by %d, not %d" % (metric, count(), by))

    def options(self, uri="example.test"):
        self.calls += 1
        return (OPTIONS % (uri, self.calls, uri, self.calls)).encode()

    def client(self, port, *args):
        """openssl s_client: True if an answer to OPTIONS came."""
        child = subprocess.Popen(["openssl", "s_client", "-connect", "%s:%d" % (self.ip, port), "-quiet",
                                  "-no_ign_eof", *args], cwd=self.certs, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            child.stdin.write(self.options())
            child.stdin.flush()
            said, end = b"", time.monotonic() + PATIENCE
            while b"SIP/2.0 200" not in said and time.monotonic() < end:
                if select.select([child.stdout], [], [], 0.05)[0]:
                    more = os.read(child.stdout.fileno(), 65536)
                    said += more
                    if not more:
                        break
            return b"SIP/2.0 200" in said
        except BrokenPipeError:
            return False
        finally:
            child.kill()
            child.communicate()

    def still_serves(self):
        """A good client of either listener: what was refused before has harmed nobody else."""
        for port, args in ((5061, VERIFY), (5062, VERIFY + own("good"))):
            if not self.client(port, *args):
                raise Failure("a good client at %d after it is not served:\n%s" % (port, self.log()[-1500:]))

    def hop(self, args, port=5071):
        """openssl s_server as the next hop: what it read of a request through the node, and what the client got."""
        server = subprocess.Popen(["openssl", "s_server", "-accept", "%s:%d" % (self.ip, port), "-quiet", *args],
                                  cwd=self.certs, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        client = SipPeer("udp", (self.ip, 5060), self.ip)
        try:
            wait_for(lambda: is_open(self.ip, port), "s_server listens")
            client.send(self.options("1@example.test"))
            if select.select([server.stdout, client.socket], [], [], PATIENCE)[0] == [server.stdout]:
                return os.read(server.stdout.fileno(), 65536), None
            return b"", client.receive()
        finally:
            client.close()
            server.kill()
            server.communicate()
