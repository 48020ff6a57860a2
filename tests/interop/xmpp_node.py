"""A whole node beside Debian's Prosody, a SIP user of it, and cases that are played on it; TAP output."""
import argparse
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests", "fake")]
from node import PATIENCE, Failure, Node, wait_for  # noqa: E402
from peers import UdpPhone  # noqa: E402
from xmpp_rig import Prosody, certificates, server  # noqa: E402

COMPONENT = """
  own = ( { name = "sip.example.test"; servers = ( "${ip}:15347" ); secret_file = "component.secret"; } );
  domains = ( { name = "xmpp.example.test"; }, { name = "rooms.xmpp.example.test"; } );"""
SERVER = """
  own = ( { name = "sip.example.test"; certificates = ( "gateway.pem" ); keys = ( "gateway.key" ); } );
  server_listen = ( "${ip}:16269" ); ca = "ca.pem";
  domains = ( { name = "xmpp.example.test"; servers = ( "${ip}:15269" ); }, { name = "rooms.xmpp.example.test"; } );"""


class Phone(UdpPhone):
    """A SIP user, registered, who answers in another thread than the XMPP user's."""

    def __init__(self, node, user):
        super().__init__((node.ip, 5060), node.ip)
        self.user, self.n = user, 0
        self.request("REGISTER", "sip:sip.example.test", "sip:%s@sip.example.test" % user, self.contact())
        self.wanted(r"^SIP/2.0 200")

    def contact(self):
        return "Contact: <sip:%s@%s:%d>\r\n" % (self.user, self.ip, self.port)

    def request(self, method, uri, to, more="", body="", call=None, tag=""):
        self.n += 1
        self.send(("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n"
                   "From: <sip:%s@sip.example.test>;tag=t\r\nTo: <%s>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s"
                   % (method, uri, self.ip, self.port, method, self.n, self.user, to, tag, call or "%s-%d" % (self.user, self.n),
                      self.n, method, more, len(body.encode()), body)).encode())

    def message(self, to, body, more="", **rest):
        self.request("MESSAGE", "sip:" + to, "sip:" + to, "Content-Type: text/plain\r\n" + more, body, **rest)

    def wanted(self, *patterns):
        message = self.receive()
        for pattern in patterns:
            if not re.search("(?m)" + pattern, message):
                raise Failure("lacks %s:\n%s" % (pattern, message))
        return message

    def reply(self, message, line, more=""):
        kept = [l for l in message.split("\r\n\r\n")[0].split("\r\n")[1:]
                if l.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")]
        self.send(("SIP/2.0 %s\r\n%s\r\n%sContent-Length: 0\r\n\r\n" % (line, "\r\n".join(kept), more)).encode())


def peer(node, offline, users, domain):
    """The Prosody that the node is configured for: ours as its component, or both of us servers."""
    if "secret_file" not in node.xmpp:
        certificates(node)
        made = server(node, offline=offline, modules='"tls", "smacks"')
        for user in users[1:]:
            made.register(user)
        return made
    node.write("component.secret", "geheim\n")
    made = Prosody(node, "prosody", domain, disabled=', "s2s", "tls"', offline=offline,
                   hosts='Component "sip.example.test"\n  component_secret = "geheim"\n')
    for user in users:
        made.register(user)
    return made


def is_up(node):
    """A component is up by itself, servers are connected when there is something to say."""
    return "secret_file" not in node.xmpp or [r for r in node.ctl("xmpp", "show streams")["rows"] if r[2] == "ready"]


def wide_node(node, cleanup, offline=False, users=("juliet",), domain="xmpp.example.test"):
    prosody = peer(node, offline, users, domain)
    cleanup(prosody.stop)
    prosody.start()
    for program in ("presence", "xmpp", "proxy"):
        node.start(program)
    wait_for(lambda: is_up(node), "the component is up")
    phone = Phone(node, "romeo")
    cleanup(phone.close)
    return prosody, phone


def play(build, conf, xmpp, case, keep):
    node, todo, fault = Node(build, conf.replace("${xmpp:-}", xmpp), {}, keep), [], None
    node.xmpp = xmpp
    try:
        case(node, todo.append)
    except (Failure, OSError) as error:
        fault = "%s\n%s" % (error, node.log("xmpp")[-3000:] if os.path.exists(node.log_path("xmpp")) else "")
    for undo in todo[::-1]:
        undo()
    try:
        node.stop()
    except (Failure, OSError) as error:
        fault = fault or error
    return fault


def main(name, conf, all_cases, description):
    """The cases: which of COMPONENT and SERVER, and the function."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", default="build")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", action="store_true")
    options, bad = parser.parse_args(), 0
    cases = [c for c in all_cases if options.only in c[1].__name__]
    print("1..%d" % len(cases))
    for number, (xmpp, case) in enumerate(cases, 1):
        fault = play(options.build, conf, xmpp, case, options.keep)
        bad += bool(fault)
        print("%sok %d - %s, %s: %s" % ("not " if fault else "", number, name, "component" if "secret_file" in xmpp else "server",
                                      case.__doc__), flush=True)
        if fault:
            print("# " + str(fault).replace("\n", "\n# "))
    return 1 if bad else 0
