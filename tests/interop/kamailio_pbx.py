"""Kamailio as a call manager: it relays calls and publishes the dialogs of its lines (pua_dialoginfo), publishes what it is
told to (pua_rpc), and serves subscriptions to its lines (presence) from what phones publish to it."""
import http.client
import json
import os
import shutil

from kamailio_process import KamailioProcess
from node import PATIENCE, Failure

CONFIG = """
debug=1
log_stderror=yes
children=1
tcp_children=1
tcp_source_ipv4=IP
tcp_accept_no_cl=yes
auto_aliases=no
dns=no
rev_dns=no
listen=udp:IP:5060
listen=tcp:IP:5060
alias="cucm.example.test"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "siputils.so"
loadmodule "xhttp.so"
loadmodule "jsonrpcs.so"
loadmodule "db_text.so"
loadmodule "dialog.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
loadmodule "presence_dialoginfo.so"
loadmodule "pua.so"
loadmodule "pua_dialoginfo.so"
loadmodule "pua_rpc.so"
modparam("jsonrpcs", "transport", 1)
modparam("presence", "db_url", "")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence_xml", "force_active", 1)
modparam("presence_dialoginfo", "force_dummy_dialog", 1)
modparam("pua", "db_url", "text://DIR")
modparam("pua", "db_mode", 0)
modparam("pua", "outbound_proxy", "sip:NODE:5060;transport=tcp")
request_route {
  if (method == "OPTIONS") { sl_send_reply("200", "OK"); exit; }
  if (loose_route()) { t_relay(); exit; }
  if (method == "PUBLISH") { $rd = "cucm.example.test"; handle_publish(); exit; }
  if (method == "SUBSCRIBE") { if (!has_totag()) $rd = "cucm.example.test"; handle_subscribe(); exit; }
  if (method == "INVITE") {
    dlg_manage();
    record_route();
    $du = "sip:NODE:5070";
  }
  t_relay();
}
event_route[xhttp:request] { jsonrpc_dispatch(); }
"""


class Kamailio(KamailioProcess):
    """One instance, at an address of its own; its lines' phones are at NODE:5070."""

    def __init__(self, node, ip, name):
        folder = os.path.join(node.dir, name)
        super().__init__(folder, CONFIG.replace("NODE", node.ip).replace("IP", ip).replace("DIR", folder))
        self.ip = ip
        for table in ("version", "pua"):  # pua wants tables, though it keeps all in memory
            shutil.copy("/usr/share/kamailio/dbtext/kamailio/" + table, folder)

    def serves(self):
        try:
            return self.rpc("core.version")
        except (OSError, http.client.HTTPException):
            return None

    def rpc(self, method, *params):
        """Over HTTP, for no other way can wait for the answer to a PUBLISH."""
        connection = http.client.HTTPConnection(self.ip, 5060, timeout=PATIENCE)
        connection.request("POST", "/RPC", json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}),
                           {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if "error" in answer:
            raise Failure("%s: %s" % (method, answer["error"]))
        return answer["result"]
