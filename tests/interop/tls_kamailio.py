"""Kamailio with its tls module as a next hop and as a client: each side shows a certificate and judges the other's.
Messages and whole calls of sipp go both ways."""
import os
import subprocess

from node import PATIENCE, ROOT, Failure, wait_for
from peers import SipPeer
from tls_matrix import CONFIG as MATRIX
from tls_rig import is_open

CONFIG = MATRIX.replace("static_routes = (", """static_routes = (
                    { pattern = "31"; next_hop = "${ip}"; port = 5072; transport = "tls"; },
                    { pattern = "41"; next_hop = "${ip}"; port = 5074; transport = "udp"; },""")
CALLS = 5

KAMAILIO_CFG = """
debug=1
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
listen=tls:IP:5072
listen=udp:IP:5079
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
modparam("tls", "config", "DIR/tls.cfg")
request_route {
  if (loose_route()) { t_relay(); exit; }
  if (method == "INVITE") record_route();
  if ($rU == "31") { $du = "sip:IP:5074"; t_relay(); exit; }
  if ($rU == "2" || (method == "OPTIONS" && uri == myself)) { sl_send_reply("200", "Kamailio"); exit; }
  $du = "sip:IP:5062;transport=tls";
  t_relay();
}
"""
SIDE = """
[%s:default]
method = %s
verify_certificate = yes
require_certificate = yes
private_key = CERTS/NAME.key
certificate = CERTS/NAME.pem
ca_list = CERTS/ca.pem
"""


class Kamailio:
    def __init__(self, test, certificate, method):
        node = test.node
        for name, text in (("kamailio.cfg", KAMAILIO_CFG),
                           ("tls.cfg", SIDE % ("server", method) + SIDE % ("client", method))):
            for word, value in (("DIR", node.dir), ("CERTS", test.certs), ("NAME", certificate), ("IP", node.ip)):
                text = text.replace(word, value)
            node.write(name, text)
        with open(node.dir + "/kamailio.log", "wb") as log:
            self.child = subprocess.Popen(["kamailio", "-f", node.dir + "/kamailio.cfg", "-DD", "-Y", node.dir,
                                           "-m", "64"], stdout=log, stderr=log, cwd=node.dir)
        try:
            wait_for(lambda: is_open(node.ip, 5072), "Kamailio listens")
        except Failure:
            self.stop()
            raise

    def stop(self):
        self.child.terminate()
        self.child.wait(PATIENCE * 2)


def ask(test, port, message, wanted):
    client = SipPeer("udp", (test.ip, port), test.ip)
    try:
        client.send(message)
        while "SIP/2.0 100" in (answer := client.receive()):
            pass
        if not answer.startswith(wanted):
            raise Failure("%s, not: %s" % (wanted, answer))
    finally:
        client.close()


def message(test, user):
    body = b"Good morning"
    return (test.options(user).replace(b"OPTIONS", b"MESSAGE").replace(b"SIP/2.0/TLS", b"SIP/2.0/UDP")
            .replace(b"Content-Length: 0\r\n", b"Content-Type: text/plain\r\nContent-Length: %d\r\n" % len(body)) + body)


def sipp(test, side, user, port, *more):
    """A running sipp of the benchmark's call."""
    with open(os.path.join(ROOT, "tests/bench/call-%s.xml" % side), encoding="utf-8") as f:
        test.node.write(side + ".xml", f.read().replace("sip:35551234@example.test", "sip:%s@example.test" % user))
    return subprocess.Popen(["sipp", "-sf", side + ".xml", "-i", test.ip, "-p", str(port), "-m", str(CALLS), "-nostdin",
                             "-timeout", "20", "-timeout_error", "-trace_err", *more], cwd=test.node.dir,
                            env={**os.environ, "TERM": "dumb"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")


def check_calls(test, user, port):
    """INVITE to BYE, each request in the dialog along the route set that both of us have made."""
    kamailio = Kamailio(test, "kamailio", "TLSv1.2+")
    try:
        callee = sipp(test, "uas", user, 5074)
        caller = sipp(test, "uac", user, 5075, "%s:%d" % (test.ip, port), "-r", "20")
        said = caller.communicate()[0], callee.communicate()[0]
        if caller.returncode or callee.returncode:
            raise Failure("%s\n%s\n%s" % (said[0][-1500:], said[1][-1500:], test.log()[-2000:]))
        test.logged(r'TLS connection open .*subject="kamailio.test"')
    finally:
        kamailio.stop()


def check(test, certificate, method, version):
    kamailio = Kamailio(test, certificate, method)
    try:
        ask(test, 5060, message(test, "2@example.test"), "SIP/2.0 200 Kamailio")
        ask(test, 5079, test.options().replace(b"SIP/2.0/TLS", b"SIP/2.0/UDP"), "SIP/2.0 200 OK")
        test.logged(r'TLS connection open .*subject="kamailio.test".* version=%s' % version)
    finally:
        kamailio.stop()


def tests(_):
    yield "Kamailio, calls through us to it", lambda t: check_calls(t, "31", 5060)
    yield "Kamailio, calls through it to us", lambda t: check_calls(t, "41", 5079)
    for name, certificate in (("ECDSA", "kamailio"), ("RSA", "kamailio_rsa")):
        for method, version in (("TLSv1.2", "TLSv1.2"), ("TLSv1.2+", "TLSv1.3")):
            yield ("Kamailio, both ways, %s, %s" % (name, version),
                   lambda t, a=(certificate, method, version): check(t, *a))
