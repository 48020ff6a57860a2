"""Kamailio as another domain: registrar, presence server and edge of partner.example, in memory, without DNS."""
import os

from kamailio_process import KamailioProcess
from peers import SipPeer

PORT = 5070
# One process for UDP: with several, a PUBLISH that follows a removal at once may find what was to be removed, and Kamailio
# tells that.
CONFIG = """
debug=1
log_stderror=yes
children=1
tcp_children=1
tcp_source_ipv4=IP
auto_aliases=no
dns=no
rev_dns=no
listen=udp:IP:PORT
listen=tcp:IP:PORT
alias="partner.example"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
modparam("presence", "db_url", "")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence", "server_address", "sip:presence@IP:PORT;transport=tcp")
modparam("presence_xml", "force_active", 1)
request_route {
  if (method == "OPTIONS") { sl_send_reply("200", "OK"); exit; }
  if (loose_route()) { t_relay(); exit; }
  if (uri == myself) {
    if (method == "REGISTER") { save("location"); exit; }
    if (method == "PUBLISH") { handle_publish(); exit; }
    if (method == "SUBSCRIBE") { handle_subscribe(); exit; }
    sl_send_reply("405", "Method Not Allowed");
    exit;
  }
  # Only what its own users send leaves it, and there is one other domain.
  if (from_uri =~ "@partner\\.example" && $rd == "example.test") {
    record_route();
    $du = "sip:IP:5060;transport=tcp";
  }
  t_relay();
}
"""


class Kamailio(KamailioProcess):
    """At the node's address, on a port of its own."""

    def __init__(self, node):
        super().__init__(os.path.join(node.dir, "partner"), CONFIG.replace("PORT", str(PORT)).replace("IP", node.ip))
        self.ip = node.ip

    def serves(self):
        peer = SipPeer("udp", (self.ip, PORT), self.ip)
        peer.send(("OPTIONS sip:%s:%d SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bKo%d\r\nMax-Forwards: 70\r\n"
                   "From: <sip:t@partner.example>;tag=1\r\nTo: <sip:partner.example>\r\nCall-ID: o%d\r\nCSeq: 1 OPTIONS\r\n"
                   "Content-Length: 0\r\n\r\n" % (self.ip, PORT, peer.ip, peer.port, peer.port, peer.port)).encode())
        try:
            return not peer.is_silent(0.2) and b" 200 " in peer.buffer
        except OSError:
            return False
        finally:
            peer.close()
