"""Certificates, trust, subjects and ciphers change while clients shake hands: none fails, what is open goes on, new
connections are under the new state; and a file at fault changes nothing and says why."""
import hashlib
import os
import ssl
import threading
import time

from node import Failure, wait_for
from peers import Closed, SipPeer, tls_context

HANDSHAKES, RATE, THREADS, OLD = 1000, 200, 4, 20
PAUSE = 0.1  # s between two reloads
FACTS = {"certificate": "live", "ca": "ca", "subjects": '"good.test"', "ciphers": '"ECDHE+AESGCM"', "more": ""}
TEXT = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "info"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=peers" ); internal = ( );
  acl = ( { pattern = "127.0.0.0/8"; } ); workers = 2; max_connections_per_host = 4000;
  tls_contexts = (
    { name = "node"; certificates = ( "${certs}/${certificate}.pem" ); keys = ( "${certs}/${certificate}.key" );
      ca = "${certs}/${ca}.pem"; ciphers = ( ${ciphers} ); },
    { name = "peers"; certificates = ( "${certs}/${certificate}.pem" ); keys = ( "${certs}/${certificate}.key" );
      ca = "${certs}/${ca}.pem"; verify_peer = "required"; subjects = ( ${subjects} ); ${more} } );
};
"""
CONFIG = TEXT


def fill(node, **changed):
    node.variables.update({**FACTS, **changed})
    node.write("crosspoint.conf", node.fill(TEXT))


def prepare(test):
    certs, names = test.certificates, "subjectAltName=IP:%s,DNS:node.test" % test.ip
    for name, key in (("first", ()), ("second", ["rsa:2048"]), ("third", ())):
        certs.make(name, "node.test", extensions=names, key=key)
    put(certs, "first")
    certs.write("both_ca.pem", certs.read("ca.pem") + certs.read("other_ca.pem"))
    fill(test.node)


def put(certs, name):
    """Puts files in the place of others as tools do that renew certificates: the name is never without a file."""
    for end in (".pem", ".key"):
        certs.write("new" + end, certs.read(name + end))
        os.chmod(certs.path("new" + end), 0o644)
        os.replace(certs.path("new" + end), certs.path("live" + end))


def reload(test, **changed):
    fill(test.node, **changed)
    test.node.ctl("proxy", "reload")


def connect(test, port, cert="good", version=None):
    path = test.certificates.path
    context = tls_context(False, path(cert), path("ca"))
    if version:
        context.maximum_version = version
    peer = SipPeer("tls", (test.ip, port), test.ip, tls=context)
    return peer


def ask(test, peer):
    peer.send(test.options())
    answer = peer.receive()
    if not answer.startswith("SIP/2.0 200"):
        raise Failure("answer: " + answer)


def shown(peer):
    return hashlib.sha256(peer.socket.getpeercert(True)).hexdigest()[:12]


def is_served(test, port, cert="good", version=None):
    try:
        peer = connect(test, port, cert, version)
    except (ssl.SSLError, ConnectionError):
        return False
    try:
        ask(test, peer)
        return True
    except Closed:
        return False
    finally:
        peer.close()


# --- under load

class Crowd:
    """Threads that shake hands, ask once, and go."""

    def __init__(self, test):
        self.test, self.lock = test, threading.Lock()
        self.done, self.faults, self.seen, self.ended = 0, [], set(), threading.Event()
        self.started = time.monotonic()
        self.threads = [threading.Thread(target=self.run, args=(5061 + i % 2,)) for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self, port):
        while not self.ended.is_set():
            with self.lock:
                late = self.started + self.done / RATE - time.monotonic()
                self.done += 1
            self.ended.wait(max(late, 0))
            try:
                peer = connect(self.test, port)
                seen = shown(peer)
                ask(self.test, peer)
                peer.close()
                with self.lock:
                    self.seen.add(seen)
            except (Failure, Closed, OSError) as error:
                self.faults.append("%r" % error)

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        return time.monotonic() - self.started


CHANGES = ({"certificate": "first"}, {"certificate": "second"}, {"ca": "both_ca"}, {"ciphers": '"ECDHE+AES128"'},
           {"subjects": '"other.test", "good.test"'}, {"certificate": "third", "ca": "both_ca"}, {})


def check_load(test):
    """The names of files change, and what is in them; the clients of 20 old connections ask on and on."""
    old = [connect(test, 5061 + i % 2) for i in range(OLD)]
    crowd, turns = Crowd(test), 0
    try:
        while crowd.done < HANDSHAKES and not crowd.faults:
            put(test.certificates, ("first", "second")[turns % 2])
            reload(test, **CHANGES[turns % len(CHANGES)])
            for peer in old:
                ask(test, peer)
            turns += 1
            time.sleep(PAUSE)
    finally:
        seconds = crowd.stop()
        put(test.certificates, "first")
        reload(test)
    for peer in old:
        ask(test, peer)
        peer.close()
    if crowd.faults:
        raise Failure("%d of %d failed: %s\n%s" % (len(crowd.faults), crowd.done, crowd.faults[:3], test.log()[-2000:]))
    if len(crowd.seen) != 3 or turns < 10:
        raise Failure("%d certificates seen in %d reloads" % (len(crowd.seen), turns))
    print("# %d handshakes at %.0f/s through %d reloads" % (crowd.done, crowd.done / seconds, turns))


# --- what a change does

# Each worker takes the new state on its own loop, a moment after the answer to reload.

def is_in_force(test, cert, served):
    wait_for(lambda: is_served(test, 5062, cert) == served,
             "%s is %s:\n%s" % (cert, "served" if served else "refused", test.log()[-1500:]))


def check_certificate(test):
    def is_new():
        peer = connect(test, 5061)
        ask(test, peer)
        is_other = shown(peer) != shown(before)
        peer.close()
        return is_other

    before = connect(test, 5061)
    put(test.certificates, "third")
    reload(test)
    wait_for(is_new, "the new certificate is shown")
    ask(test, before)
    before.close()
    put(test.certificates, "first")
    reload(test)


def check_subjects(test):
    """Who is struck off is not let in any more; who is in stays."""
    is_in_force(test, "unselected", False)
    reload(test, subjects='"other.test"')
    is_in_force(test, "good", False)
    is_in_force(test, "unselected", True)
    let_in = connect(test, 5062, "unselected")
    ask(test, let_in)
    reload(test)
    is_in_force(test, "unselected", False)
    ask(test, let_in)
    let_in.close()


def check_trust(test):
    is_in_force(test, "stranger", False)
    reload(test, ca="both_ca")
    is_in_force(test, "stranger", True)
    reload(test)
    is_in_force(test, "stranger", False)


def check_ciphers(test):
    def cipher():
        peer = connect(test, 5061, version=ssl.TLSVersion.TLSv1_2)
        try:
            return peer.socket.cipher()[0]
        finally:
            peer.close()

    for ciphers, name in (('"ECDHE+AES128"', "ECDHE-ECDSA-AES128-GCM-SHA256"),
                          ('"ECDHE+CHACHA20"', "ECDHE-ECDSA-CHACHA20-POLY1305")):
        reload(test, ciphers=ciphers)
        wait_for(lambda: cipher() == name, name)
    reload(test)


# --- faults

def broken(certs, what):
    """live.pem or live.key at fault."""
    if what == "half a certificate":
        certs.write("live.pem", certs.read("first.pem")[:300])
    elif what == "an empty certificate":
        certs.write("live.pem", "")
    elif what == "the key of another certificate":
        certs.write("live.key", certs.read("third.key"))
    elif what == "no key":
        os.remove(certs.path("live.key"))
    elif what == "a certificate that is noise":
        certs.write("live.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


# what is wrong, what changes in the configuration, what the answer to reload must hold
FAULTS = (
    ("half a certificate", {}, "live.pem"),
    ("an empty certificate", {}, "live.pem"),
    ("a certificate that is noise", {}, "live.pem"),
    ("the key of another certificate", {}, "live.key"),
    ("no key", {}, "live.key"),
    ("no file of trust", {"ca": "nowhere"}, "nowhere.pem"),
    ("a cipher that there is not", {"ciphers": '"TLS_RSA_WITH_3DES_EDE_CBC_SHA"'}, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    ("an empty subject", {"subjects": '""'}, "subject"),
    ("an unknown key", {"more": "no_such_key = 1;"}, "no_such_key"),
)


def refusal(test, changed):
    try:
        reload(test, **changed)
    except Failure as error:
        return "%s\n%s" % (error, test.log())
    raise Failure("reload took it")


def check_fault(test, what, changed, wanted):
    old = connect(test, 5062)
    before = shown(old)
    broken(test.certificates, what)
    try:
        said = refusal(test, changed)
        if wanted not in said:
            raise Failure("the reason is missing: %s" % said)
        ask(test, old)
        new = connect(test, 5062)
        ask(test, new)
        if shown(new) != before:
            raise Failure("another certificate is shown")
        new.close()
    finally:
        old.close()
        put(test.certificates, "first")
        reload(test)


def tests(_):
    yield "reload: %d handshakes while certificates, trust, subjects and ciphers change" % HANDSHAKES, check_load
    yield "reload: a certificate", check_certificate
    yield "reload: subjects", check_subjects
    yield "reload: trust", check_trust
    yield "reload: ciphers", check_ciphers
    for fault in FAULTS:
        yield "reload: " + fault[0], lambda t, f=fault: check_fault(t, *f)
