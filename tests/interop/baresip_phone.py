"""baresip as a peer: told and asked over its module ctrl_tcp, JSON in netstrings."""
import json
import os
import re
import socket
import subprocess

from node import PATIENCE, Failure, wait_for


class Baresip:
    """A phone, unregistered unless it says so, that shows its own presence and that of its contacts."""

    def __init__(self, node, user, transport, port, contacts, domain="example.test", register=0):
        self.ip, self.port, self.user = node.ip, port, user
        self.dir = os.path.join(node.dir, user)
        os.mkdir(self.dir)
        self.write("accounts", '<sip:%s@%s>;regint=%d;pubint=600;outbound="sip:%s:5060;transport=%s"\n'
                   % (user, domain, register, node.ip, transport))
        self.write("contacts", "".join('"%s" <sip:%s>;presence=p2p\n' % (
            name, name if "@" in name else "%s@%s" % (name, domain)) for name in contacts))
        modules = ["g711.so"] + ["account.so", "contact.so", "menu.so", "presence.so", "ctrl_tcp.so"]
        self.write("config", "sip_listen %s:%d\nctrl_tcp_listen %s:%d\nmodule_path /usr/lib/baresip/modules\n"
                   "net_interface %s\n%s" % (node.ip, port, node.ip, port + 5, node.ip, "".join(
                       "%s %s\n" % ("module" if name == "g711.so" else "module_app", name) for name in modules)))
        self.log = open(os.path.join(self.dir, "log"), "wb")
        self.child = subprocess.Popen(["baresip", "-4", "-f", self.dir], stdin=subprocess.DEVNULL, stdout=self.log,
                                      stderr=self.log)
        wait_for(self.connect, "baresip of %s can be asked" % user)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w", encoding="utf-8") as f:
            f.write(text)

    def connect(self):
        if self.child.poll() is not None:
            raise Failure("baresip ended: " + self.said()[-2000:])
        try:
            self.control = socket.create_connection((self.ip, self.port + 5), PATIENCE)
            return True
        except ConnectionRefusedError:
            return False

    def tell(self, command, params=""):
        """What it says to a command; events that come between are passed over."""
        data = json.dumps({"command": command, "params": params}).encode()
        self.control.sendall(b"%d:%s," % (len(data), data))
        while True:
            digits = b""
            while not digits.endswith(b":"):
                digits += self.some(1)
            answer = json.loads(self.some(int(digits[:-1]) + 1)[:-1])
            if answer.get("response"):
                return answer["data"]

    def some(self, n):
        data = b""
        while len(data) < n:
            more = self.control.recv(n - len(data))
            if not more:
                raise Failure("baresip of %s has closed its control connection" % self.user)
            data += more
        return data

    def said(self):
        with open(os.path.join(self.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def sees(self, user, state):
        def listed():
            text = re.sub(r"\x1b\[[0-9;]*m", "", self.tell("contacts"))
            return [line for line in text.split("\n") if user in line]
        wait_for(lambda: any(state in line for line in listed()), "%s sees %s %s: %s" % (self.user, user, state, listed()))

    def stop(self):
        self.control.close()
        self.child.terminate()
        code = self.child.wait(PATIENCE * 4)
        self.log.close()
        return code
