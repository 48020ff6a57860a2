"""Kamailio with its tls module as a next hop and as a client: each side shows a certificate and judges the other's."""
import subprocess

from node import PATIENCE, Failure, wait_for
from peers import SipPeer
from tls_matrix import CONFIG  # noqa: F401 - the same node
from tls_rig import is_open

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
modparam("tls", "config", "DIR/tls.cfg")
request_route {
  if ($rU == "2") { sl_send_reply("200", "Kamailio"); exit; }
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


def check(test, certificate, method, version):
    kamailio = Kamailio(test, certificate, method)
    try:
        ask(test, 5060, message(test, "2@example.test"), "SIP/2.0 200 Kamailio")
        ask(test, 5079, test.options().replace(b"SIP/2.0/TLS", b"SIP/2.0/UDP"), "SIP/2.0 200 OK")
        test.logged(r'TLS connection open .*subject="kamailio.test".* version=%s' % version)
    finally:
        kamailio.stop()


def tests(_):
    for name, certificate in (("ECDSA", "kamailio"), ("RSA", "kamailio_rsa")):
        for method, version in (("TLSv1.2", "TLSv1.2"), ("TLSv1.2+", "TLSv1.3")):
            yield ("Kamailio, both ways, %s, %s" % (name, version),
                   lambda t, a=(certificate, method, version): check(t, *a))
