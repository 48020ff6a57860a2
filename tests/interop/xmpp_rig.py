"""Prosody as a peer of the XMPP gateway: its configuration, its certificates, its life; and a user of it (slixmpp)."""
import asyncio
import os
import shutil
import socket
import subprocess

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath
from node import PATIENCE, Failure, wait_for

PROSODY = """
pidfile = "%(dir)s/%(name)s.pid"
data_path = "%(dir)s/%(name)s.data"
certificates = "%(dir)s"
log = { { levels = { min = "debug" }, to = "file", filename = "%(dir)s/%(name)s.log" } }
interfaces = { "%(ip)s" }
component_interfaces = { "%(ip)s" }
c2s_ports = { %(c2s)d }
s2s_ports = { %(s2s)d }
s2s_direct_tls_ports = { %(direct)s }
component_ports = { %(component)d }
http_ports = {}
https_ports = {}
plugin_paths = { "%(dir)s/%(name)s.modules" }
modules_enabled = { "test_hosts", "roster", "saslauth", "disco", "ping", "presence", "message", "iq", %(modules)s }
modules_disabled = { %(disabled)s }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
use_libevent = false
%(more)s
VirtualHost "%(domain)s"
%(hosts)s
"""


# Names lead where the test says, not where the DNS of this host does.
HOSTS = """
module:set_global();
local service, manual = require "net.resolvers.service", require "net.resolvers.manual";
local hosts = { %s };
service.new = function (name, kind, transport, extra)
	local to = kind == "%s" and hosts[name];
	return manual.new(to and { { "tcp4", to[1], to[2], extra } } or {}, nil, extra);
end
"""


class Prosody:
    """One server for one domain; its ports are taken from the node's own loopback address."""

    def __init__(self, node, name, domain, modules="", disabled="", more="", hosts="", offline=False, c2s=15222, s2s=15269,
                 component=15347, hosts_table=(), direct=False):
        self.node, self.name, self.domain, self.child = node, name, domain, None
        self.ports = {"c2s": c2s, "s2s": s2s, "component": component}
        for folder in (".data", ".modules"):
            os.makedirs(os.path.join(node.dir, name + folder), exist_ok=True)
            if os.getuid() == 0:
                shutil.chown(os.path.join(node.dir, name + folder), "crosspoint")
        node.write(name + ".modules/mod_test_hosts.lua",
                   HOSTS % (", ".join('["%s"] = { "%s", %d }' % row for row in hosts_table),
                            "xmpps-server" if direct else "xmpp-server"))
        node.write(name + ".cfg.lua", PROSODY % {
            "dir": node.dir, "name": name, "ip": node.ip, "domain": domain, "modules": modules,
            "disabled": disabled.lstrip(", ") if offline else '"offline"' + disabled,
            "more": more, "hosts": hosts,
            "direct": "15270" if direct else "", **self.ports})
        if os.getuid() == 0:
            shutil.chown(node.dir, "crosspoint")

    def command(self, *words):
        unprivileged = ["setpriv", "--reuid", "crosspoint", "--regid", "crosspoint", "--clear-groups"]
        return (unprivileged if os.getuid() == 0 else []) + [*words]

    def register(self, user):
        done = subprocess.run(self.command("prosodyctl", "--config", os.path.join(self.node.dir, self.name + ".cfg.lua"),
                                           "register", user, self.domain, "secret"),
                              cwd=self.node.dir, capture_output=True, text=True)
        if done.returncode:
            raise Failure("prosodyctl: " + done.stdout + done.stderr)

    def start(self):
        with open(os.path.join(self.node.dir, self.name + ".out"), "ab") as out:
            self.child = subprocess.Popen(
                self.command("prosody", "--config", os.path.join(self.node.dir, self.name + ".cfg.lua"), "-F"),
                cwd=self.node.dir, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        wait_for(lambda: self.child.poll() is not None or self.listens(), self.name + " listens")
        if self.child.poll() is not None:
            raise Failure("prosody ended with %d: %s" % (self.child.returncode, self.log()[-2000:]))

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex((self.node.ip, self.ports["c2s"])) == 0

    def stop(self, kill=False):
        if self.child and self.child.poll() is None:
            (self.child.kill if kill else self.child.terminate)()
            try:
                self.child.wait(PATIENCE * 2)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.child = None

    def log(self):
        text = ""
        for suffix in (".out", ".log"):
            path = os.path.join(self.node.dir, self.name + suffix)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as f:
                    text += f.read()
        return text


def certificates(node, gateway="sip.example.test", prosody="xmpp.example.test", prosody_ca="ca"):
    node.make_cert("ca", cn="Test CA")
    node.make_cert("other-ca", cn="Another CA")
    node.make_cert("gateway", san="DNS:" + gateway, ca="ca")
    node.make_cert("prosody-cert", san="DNS:" + prosody, ca=prosody_ca)


def expire(node, name, san, ca="ca"):
    """A certificate that was good until yesterday."""
    path = lambda file: os.path.join(node.dir, file)
    node.make_cert(name, san=san, ca=ca)
    node.write("ca.index", "")
    node.write("ca.serial", "%s\n" % os.urandom(8).hex())
    node.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nserial=%s\nnew_certs_dir=%s\ndefault_md=sha256\n"
               "policy=p\nunique_subject=no\nx509_extensions=e\n[p]\norganizationName=optional\n[e]\nsubjectAltName=%s\n"
               % (path("ca.index"), path("ca.serial"), node.dir, san))
    run(["openssl", "req", "-new", "-key", path(name + ".key"), "-subj", "/O=Test", "-out", path("request.pem")])
    run(["openssl", "ca", "-batch", "-notext", "-config", path("ca.cnf"), "-cert", path(ca + ".pem"), "-keyfile",
         path(ca + ".key"), "-in", path("request.pem"), "-startdate", "20200101000000Z", "-enddate", "20210101000000Z",
         "-out", path(name + ".pem")])


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failure("%s: %s" % (command[1], done.stderr[-500:]))


def server(node, secure_auth="true", encryption="true", ours=16269, **more):
    """A Prosody that is another server; TLS and certificates are a must on its side, too."""
    peer = Prosody(node, "prosody", "xmpp.example.test", hosts_table=[("sip.example.test", node.ip, ours)], more="""
s2s_require_encryption = %(encryption)s
s2s_secure_auth = %(secure_auth)s
ssl = { certificate = "%(dir)s/prosody-cert.pem"; key = "%(dir)s/prosody-cert.key"; cafile = "%(dir)s/ca.pem" }
s2s_ssl = { certificate = "%(dir)s/prosody-cert.pem"; key = "%(dir)s/prosody-cert.key"; cafile = "%(dir)s/ca.pem" }
""" % {"dir": node.dir, "secure_auth": secure_auth, "encryption": encryption}, **{"modules": '"tls"', **more})
    peer.register("juliet")
    return peer


class User(slixmpp.ClientXMPP):
    """Somebody signed in at a Prosody; what comes is kept, errors, too."""

    def __init__(self, server, user):
        super().__init__("%s@%s/test" % (user, server.domain), "secret")
        self.auto_authorize, self.auto_subscribe, self.presences = None, False, []
        self["feature_mechanisms"].unencrypted_plain = True
        self.register_plugin("xep_0199")
        self.ready, self.messages = asyncio.Event(), []
        self.add_event_handler("session_start", lambda event: self.send_presence())
        # its own presence comes back: messages come from now on
        self.add_event_handler("presence_available",
                               lambda p: p["from"].bare == self.boundjid.bare and self.ready.set())
        self.register_handler(Callback("all presence", MatchXPath("{jabber:client}presence"), self.presences.append))
        self.add_event_handler("message", self.messages.append)
        self.add_event_handler("message_error", self.messages.append)
        self.connect((server.node.ip, server.ports["c2s"]), force_starttls=False, disable_starttls=True)

    async def shown(self, type, from_=None, show=None, status=None):
        """A presence stanza of others that is so; those before it are forgotten."""
        def is_it(p):
            kind = p.xml.get("type") or "available"
            return (p["from"].bare != self.boundjid.bare and kind == type and from_ in (None, p["from"].bare, p["from"].full)
                    and show in (None, p.xml.findtext("{jabber:client}show") or "")
                    and status in (None, p.xml.findtext("{jabber:client}status") or ""))

        def find():
            for n, presence in enumerate(self.presences):
                if is_it(presence):
                    del self.presences[:n + 1]
                    return True
            return False

        await self.until(find, "presence %s %s %s, there are %s" % (type, show, status, [str(p) for p in self.presences]))

    async def until(self, condition, what):
        end = asyncio.get_running_loop().time() + PATIENCE
        while not condition():
            if asyncio.get_running_loop().time() > end:
                raise Failure("did not happen: " + what)
            await asyncio.sleep(0.01)


def as_user(server, user, play, plugins=(), presence=False):
    """Signs in, plays a coroutine with the user, and signs out. presence: keeps its roster, too."""
    async def run():
        client = User(server, user)
        for plugin in plugins:
            client.register_plugin(plugin)
        try:
            try:
                await asyncio.wait_for(client.ready.wait(), PATIENCE * 2)
            except asyncio.TimeoutError as error:
                raise Failure("%s does not get in at %s" % (user, server.name)) from error
            if presence:
                await client.get_roster()
            return await play(client)
        finally:
            client.disconnect(wait=0.2)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(run())
    except asyncio.TimeoutError as error:
        raise Failure("what is waited for does not come") from error
    finally:
        loop.close()
