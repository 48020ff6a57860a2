"""Connections that we open: each sends the name that it looks for, and serves one name and one context only, whatever
address they share. A next hop of Python's ssl module counts the connections and notes names and certificates."""
import socket
import ssl
import threading

from dns import Dns
from node import Failure
from peers import SipPeer

CONFIG = """
node = { domain = "example.test"; user = "${run_as}"; log_level = "debug"; };
proxy = {
  listen = ( "udp:${ip}:5060", "tls:${ip}:5061", "tls:${ip}:5062;context=first" ); internal = ( ); workers = 1;
  acl = ( { pattern = "127.0.0.0/8"; } ); dns_servers = "${ip}:5353"; peer_probe = "off";
  tls_client_context = "${opens:-first}";
  tls_contexts = (
    { name = "first"; certificates = ( "${certs}/node.pem" ); keys = ( "${certs}/node.key" ); ca = "${certs}/ca.pem";
      verify_peer = "required"; },
    { name = "second"; certificates = ( "${certs}/node_rsa.pem" ); keys = ( "${certs}/node_rsa.key" );
      ca = "${certs}/ca.pem"; } );
  static_routes = ( { pattern = "51"; next_hop = "one.test"; port = 5071; transport = "tls"; },
                    { pattern = "52"; next_hop = "two.test"; port = 5071; transport = "tls"; },
                    { pattern = "53"; next_hop = "${ip}"; port = 5071; transport = "tls"; } );
};
"""
ANSWER = "SIP/2.0 200 OK\r\n%s\r\nContent-Length: 0\r\n\r\n"


class Hop:
    """Answers each request; what it saw is a list of (name asked for, serial number of the certificate shown)."""

    def __init__(self, test):
        self.seen, self.name = [], threading.local()
        path = test.certificates.path
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(path("names.pem"), path("names.key"))
        self.context.load_verify_locations(path("ca.pem"))
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.sni_callback = self.note
        self.listener = socket.create_server((test.ip, 5071))
        threading.Thread(target=self.accept, daemon=True).start()

    def note(self, _socket, name, _context):
        self.name.value = name

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        self.name.value = None
        with self.context.wrap_socket(connection, server_side=True) as tls:
            self.seen.append((self.name.value, tls.getpeercert()["serialNumber"]))
            data = b""
            while more := tls.recv(65536):
                data += more
                while b"\r\n\r\n" in data:
                    head, data = data.split(b"\r\n\r\n", 1)
                    lines = [line for line in head.decode().split("\r\n")[1:]
                             if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
                    tls.sendall((ANSWER % "\r\n".join(lines)).encode())

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def ask(test, user):
    client = SipPeer("udp", (test.ip, 5060), test.ip)
    client.send(test.options(user + "@example.test"))
    while "SIP/2.0 100" in (answer := client.receive()):
        pass
    client.close()
    if not answer.startswith("SIP/2.0 200"):
        raise Failure("client got %s\n%s" % (answer, test.log()[-2000:]))


def check_names(test):
    """Three names of one address, each asked twice: three connections. A new context: three more."""
    dns, hop = Dns(test.ip, 5353), Hop(test)
    dns.set_zone(["one.test 60 A " + test.ip, "two.test 60 A " + test.ip])
    try:
        for opens in ("first", "second"):
            hop.seen.clear()
            for user in ("51", "52", "53") * 2:
                ask(test, user)
            names = sorted((name for name, _ in hop.seen), key=str)
            if names != [None, "one.test", "two.test"]:
                raise Failure("%s opened %s" % (opens, hop.seen))
            serials = {serial for _, serial in hop.seen}
            if len(serials) != 1:
                raise Failure("%s showed %s" % (opens, serials))
            before = serials if opens == "first" else before
            if opens == "first":
                test.node.variables["opens"] = "second"
                test.node.write("crosspoint.conf", test.node.fill(CONFIG))
                test.node.ctl("proxy", "reload")
        if before == serials:
            raise Failure("the certificate of the former context is shown")
    finally:
        hop.close()
        dns.close()


def prepare(test):
    test.certificates.make("names", "names.test", extensions="subjectAltName=DNS:one.test,DNS:two.test,IP:" + test.ip)


def tests(_):
    yield "names: one connection for each name and context, at one address", check_names
