"""The steps of scenario files (tests/scenario/README.md), one method each: step_<name>."""
import contextlib
import hashlib
import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import tarfile

import ring
from dns import Dns
from node import PATIENCE, ROOT, Failure, Node, Skip, wait_for
from peers import Closed, CstaFrames, CstaPeer, CstaServer, Server, SipPeer, tls_context

DNS_PORT = 5353
PORTS = {"proxy": 5060, "tls": 5061, "tls-peer": 5062, "internal": 5049, "cti": 5082, "switch": 2750, "presence": 5080}


def parse(text):
    """Yields (line number, words of the step, indented block without its indentation)."""
    lines, i = text.split("\n"), 0
    while i < len(lines):
        number, head = i + 1, lines[i]
        i += 1
        if not head.strip() or head.startswith("#"):
            continue
        block = []
        while i < len(lines) and (lines[i].startswith("    ") or (not lines[i].strip() and block)):
            block.append(lines[i][4:])
            i += 1
        while block and not block[-1].strip():
            block.pop()
        yield number, head.strip(), block


class Scenario:
    def __init__(self, path, build, keep):
        with open(path, encoding="utf-8") as f:
            steps = list(parse(f.read()))
        self.path, self.fault, self.peers, self.dialogs, self.last = path, None, {}, {}, ""
        self.dns = None
        self.running = []  # commands begun with cli_begin
        self.asked = {}  # peer: number of its last ask
        self.requests = {}  # (peer, method or None): the request of that kind that it received last
        with open(os.path.join(ROOT, "tests/scenario/node.conf"), encoding="utf-8") as f:
            config = f.read()
        variables = {}
        while steps and steps[0][1].startswith(("let ", "config")):
            _, head, block = steps.pop(0)
            if head == "config":
                config = "\n".join(block)
            else:
                name, value = re.fullmatch(r"let (\w+) = ?(.*)", head).groups()
                variables[name] = value + "\n".join(block)
        self.config = config
        self.steps, self.node = steps, Node(build, config, variables, keep)
        self.node.variables.update({name: value.replace("${ip}", self.node.ip) for name, value in variables.items()})
        self.node.write("crosspoint.conf", self.node.fill(self.node.fill(config)))

    def play(self, steps, path):
        for number, head, block in steps:
            name, _, rest = head.partition(" ")
            try:
                getattr(self, "step_" + name)(self.node.fill(rest), block)
            except (Failure, Closed, TimeoutError, AssertionError, OSError) as error:
                raise Failure("%s:%d: %s\n%s: %s\nlast message:\n%s" % (
                    os.path.basename(path), number, head, type(error).__name__, error, self.last))

    def run(self):
        try:
            self.play(self.steps, self.path)
        except Failure:
            self.fault = True
            raise
        finally:
            for child in self.running:
                child.kill()
                child.communicate()
            for peer in self.peers.values():
                peer.close()
            if self.dns:
                self.dns.close()
            try:
                self.node.stop()
            except Failure:
                if not self.fault:
                    raise

    # --- the node

    def step_play(self, rest, _):
        """play PART name=value...: the steps of parts/PART, with these variables."""
        part, *words = shlex.split(rest)
        self.node.variables.update(dict(w.split("=", 1) for w in words))
        path = os.path.join(ROOT, "tests/scenario/parts", part)
        with open(path, encoding="utf-8") as f:
            self.play([(n, self.node.fill(head), block) for n, head, block in parse(f.read())], path)

    def step_needs(self, rest, _):
        """needs ipv6: else the scenario is not played"""
        if rest == "ipv6" and not self.node.variables["port6"]:
            raise Skip("no IPv6 on this machine")

    def step_start(self, rest, _):
        """start PROGRAM...: their time stands still but for advance, and the gateway has got its switch."""
        for name in rest.split():
            self.node.start(name)
            self.node.ctl(name, "clock stop")
        if "cti" in rest.split() and "switch" in self.node.children and "switch_secret" not in self.node.variables:
            wait_for(lambda: self.node.counter("cti", "connections_up"), "the gateway's connection is up")

    def step_file(self, rest, block):
        """file NAME + block: writes a file into the folder where cli runs"""
        self.node.write(rest, self.node.fill("\n".join(block)) + "\n")

    def step_rewrite(self, rest, block):
        """rewrite + block: the configuration file becomes node.conf with these "let" values beside the old ones,
        or the block itself if it holds no "let"."""
        values = dict(re.fullmatch(r"let (\w+) = ?(.*)", line).groups() for line in block if line.startswith("let "))
        self.node.variables.update({k: self.node.fill(v) for k, v in values.items()})
        text = self.config if values else "\n".join(block)
        self.node.write("crosspoint.conf", self.node.fill(self.node.fill(text)))

    def step_signal(self, rest, _):
        """signal PROGRAM NAME: SIGHUP and the like"""
        name, number = rest.split()
        self.node.kill(name, getattr(signal, number))

    def step_kill(self, rest, _):
        self.node.kill(rest)

    def step_freeze(self, rest, _):
        self.node.kill(rest, signal.SIGSTOP)

    def step_thaw(self, rest, _):
        self.node.kill(rest, signal.SIGCONT)

    def step_advance(self, rest, _):
        name, ms = rest.split()
        self.node.ctl(name, "clock advance", ms=ms)

    def step_counter(self, rest, _):
        name, metric, operator, value = rest.split()
        compare = {"==": lambda v: v == int(value), ">=": lambda v: v >= int(value)}[operator]
        wait_for(lambda: compare(self.node.counter(name, metric)), "%s (is %s)" % (rest, self.node.counter(name, metric)))

    def step_log(self, rest, _):
        name, pattern = rest.split(" ", 1)
        wait_for(lambda: re.search(pattern, self.node.log(name)), "log line " + pattern)

    def step_nolog(self, rest, _):
        name, pattern = rest.split(" ", 1)
        if re.search(pattern, self.node.log(name)):
            raise Failure("log has " + pattern)

    def step_show(self, rest, block):
        """show PROGRAM COMMAND: every line of the block is found in the JSON of the result."""
        name, command = rest.split(" ", 1)

        def holds():
            self.last = json.dumps(self.node.ctl(name, "show " + command))
            wanted = [self.node.fill(line) for line in block]
            return all(re.search(w[1:], self.last) is None if w.startswith("!") else re.search(w, self.last)
                       for w in wanted)
        wait_for(holds, "show %s as wanted" % rest)

    def step_tap(self, rest, block):
        """tap PROGRAM: one record of its tap for which every line of the block holds, set NAME REGEX keeps group 1."""
        def holds():
            for record in map(ring.text, self.node.tap(rest)):
                self.last, kept = record, {}
                for line in block:
                    keep = re.match(r"set (\w+) (.*)", line)
                    wanted = self.node.fill(keep.group(2) if keep else line.lstrip("!"))
                    found = re.search(wanted, record, re.M)
                    if bool(found) == line.startswith("!"):
                        break
                    if keep:
                        kept[keep.group(1)] = found.group(1)
                else:
                    self.node.variables.update(kept)
                    return True
            return False
        wait_for(holds, "tap of %s as wanted" % rest)

    def step_ctl(self, rest, block):
        """ctl PROGRAM COMMAND key=value...; an expected error stands in the block."""
        words = shlex.split(rest)
        args = dict(w.split("=", 1) for w in words if "=" in w)
        command = " ".join(w for w in words[1:] if "=" not in w)
        try:
            self.last = json.dumps(self.node.ctl(words[0], command, **args))
        except Failure as error:
            if not block or not re.search(block[0], str(error)):
                raise
        else:
            if block:
                raise Failure("no error, but wanted: " + block[0])

    def crosspoint(self, args):
        """The command line of crosspoint ARGS."""
        return [os.path.join(self.node.build, "cli/crosspoint")] + shlex.split(args)

    def judge_cli(self, code, block):
        if code[0] != int(code[1]):
            raise Failure("exit code %d" % code[0])
        for line in block:
            wanted = self.node.fill(line.lstrip("!"))
            if bool(re.search(wanted, self.last, re.M)) == line.startswith("!"):
                raise Failure(("output has " if line.startswith("!") else "output lacks ") + wanted)

    def step_cli(self, rest, block):
        """cli CODE ARGS [< LINE]: runs crosspoint; every line of the block is found in what it printed, !line is not."""
        code, args = rest.split(" ", 1)
        args, _, given = args.partition(" < ")
        done = subprocess.run(self.crosspoint(args), env=self.node.env,
                              input=given + "\n" if given else "", capture_output=True, text=True,
                              timeout=PATIENCE * 6, cwd=self.node.dir)
        self.last = done.stdout + done.stderr
        self.judge_cli((done.returncode, code), block)

    def step_archive(self, rest, block):
        """archive FILE [NAME]: what the files of the archive whose names hold NAME say together, judged as by cli."""
        name, _, part = rest.partition(" ")
        with tarfile.open(os.path.join(self.node.dir, name)) as archive:
            members = [m for m in archive.getmembers() if part in m.name]
            if not members:
                raise Failure("%s has no %s but %s" % (name, part, archive.getnames()))
            self.last = "\n".join("%s\n%s" % (m.name, archive.extractfile(m).read().decode("latin-1"))
                                  for m in members)
        self.judge_cli((0, 0), block)

    def step_cli_begin(self, rest, _):
        """cli_begin ARGS: runs crosspoint beside the following steps."""
        self.running.append(subprocess.Popen(self.crosspoint(rest), env=self.node.env, cwd=self.node.dir, text=True,
                                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                             stderr=subprocess.STDOUT))

    def step_cli_end(self, rest, block):
        """cli_end CODE: waits for the last one that was begun and judges it as cli does; cli_end kill: kills it."""
        child = self.running.pop()
        if rest == "kill":
            child.kill()
        self.last = child.communicate(timeout=PATIENCE * 6)[0]
        if rest != "kill":
            self.judge_cli((child.returncode, rest), block)

    def step_sql(self, rest, _):
        """sql FILE STATEMENT: changes a store behind the back of its program."""
        name, statement = rest.split(" ", 1)
        with contextlib.closing(sqlite3.connect(os.path.join(self.node.dir, name))) as db, db:
            db.execute(statement)

    def step_lock(self, rest, _):
        """lock FILE: from now on a store can be read, but its program waits with what it writes (for 5 s)."""
        self.locked = sqlite3.connect(os.path.join(self.node.dir, rest), isolation_level=None)
        self.locked.execute("BEGIN IMMEDIATE")

    def step_unlock(self, _, __):
        self.locked.close()

    def step_dns(self, rest, block):
        """dns [fail|silent] + block of records: what the DNS server on port 5353 says from now on."""
        self.dns = self.dns or Dns(self.node.ip, DNS_PORT)
        self.dns.mode = rest or "answer"
        if block:
            self.dns.set_zone([self.node.fill(line) for line in block])

    # --- peers

    def step_cert(self, rest, _):
        """cert NAME [cn=...] [san=...] [ca=NAME] [eku=...]"""
        name, *words = rest.split()
        self.node.make_cert(name, **dict(w.split("=", 1) for w in words))

    def step_crl(self, rest, _):
        """crl NAME ca=NAME revoked=NAME [days=N]"""
        name, *words = rest.split()
        self.node.make_crl(name, **dict(w.split("=", 1) for w in words))

    def tls(self, kind, words, as_server):
        """The context that cert= and ca= among the words make; they are taken out. None without TLS."""
        files = dict(w.split("=", 1) for w in words if "=" in w)
        words[:] = [w for w in words if "=" not in w]
        paths = {key: os.path.join(self.node.dir, value) for key, value in files.items()}
        return tls_context(as_server, **paths) if kind == "tls" else None

    def step_peer(self, rest, _):
        """peer NAME udp|tcp|tls|csta PROGRAM [cert=NAME] [ca=NAME] [from IP[:PORT]]; for proxy6: from PORT"""
        name, kind, program, *more = rest.split()
        tls = self.tls(kind, more, False)
        make = CstaPeer if kind == "csta" else SipPeer
        local, _, port = (more[1] if more else self.node.ip).partition(":")
        address = (self.node.ip, PORTS.get(program))
        if program == "proxy6":
            local, port, address = "::1", more[1] if more else 0, ("::1", self.node.variables["port6"])
        self.peers[name] = make("tcp" if kind == "csta" else kind, address, local, int(port or 0), tls)
        self.node.variables[name] = "%s:%d" % (self.peers[name].ip, self.peers[name].port)

    def step_server(self, rest, _):
        """server NAME tcp|tls|csta PORT [cert=NAME] [ca=NAME]"""
        name, kind, port, *more = rest.split()
        make = CstaServer if kind == "csta" else Server
        self.peers[name] = make("tcp" if kind == "csta" else kind, self.node.ip, int(port), self.tls(kind, more, True))
        self.node.variables[name] = "%s:%s" % (self.node.ip, port)

    def message(self, peer, template, values, block):
        """Bytes of a message: the block, or a file of messages/ with the block as its body."""
        text = "\n".join(block)
        if template:
            with open(os.path.join(ROOT, "tests/scenario/messages", template + ".sip"), encoding="utf-8") as f:
                text = f.read().rstrip("\n") + "\n\n" + text
        kept = dict(self.node.variables)
        self.node.variables.update({"peer": self.node.variables[peer], "transport": self.peers[peer].kind,
                                    **self.dialogs.get(peer, {}), **values})
        # A line that is one variable, and that one empty, is not there: the first empty line ends the head.
        text = re.sub(r"(?m)^\$\{(\w+)(:-)?\}\n",
                      lambda m: m.group(0) if self.node.variables.get(m.group(1)) else "", text)
        head, _, body = self.node.fill(self.node.fill(text)).partition("\n\n")
        self.node.variables = kept
        body = re.sub(r"\$\{(.+?)\*(\d+)\}",
                      lambda m: "".join(m.group(1).replace("#", str(i)) for i in range(int(m.group(2)))), body)
        head = "\n".join(line for line in head.split("\n") if line).replace("${length}", str(len(body.encode())))
        return (head.replace("\n", "\r\n") + "\r\n\r\n").encode() + body.encode()

    def step_send(self, rest, block):
        """send PEER [TEMPLATE] [name=value...]: a SIP message; ${length} is the length of its body, ${text*N} repeats in it."""
        name, *words = shlex.split(rest)
        template = words.pop(0) if words and "=" not in words[0] else None
        self.peers[name].send(self.message(name, template, dict(w.split("=", 1) for w in words), block))

    def step_authorize(self, rest, _):
        """authorize [USER PASSWORD [algorithm=A] [nc=N]]: ${auth} answers the 401 seen last, or is empty."""
        self.node.variables["auth"] = ""
        words = rest.split()
        if not words:
            return
        user, password = words[:2]
        given = dict(w.split("=", 1) for w in words[2:])
        algorithm = given.get("algorithm", "SHA-256")
        challenge = re.search(r"(?im)^WWW-Authenticate: Digest (.*algorithm=%s\b.*)$" % algorithm, self.challenge)
        challenge = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.group(1)))
        realm, nonce = challenge["realm"], challenge["nonce"]
        digest = lambda *parts: hashlib.new(algorithm.replace("-", ""), ":".join(parts).encode()).hexdigest()
        nc, uri = "%08x" % int(given.get("nc", 1)), "sip:example.test"
        response = digest(digest(user, realm, password), nonce, nc, "c1", "auth", digest("REGISTER", uri))
        self.node.variables["auth"] = (
            'Authorization: Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s, cnonce="c1", '
            'qop=auth, nc=%s, response="%s"' % (user, realm, nonce, uri, algorithm, nc, response))

    def step_reply(self, rest, block):
        """reply PEER CODE [METHOD] [tag=TAG] + block of headers: answers the last request, or the last METHOD."""
        name, code, *words = rest.split()
        tag = words.pop() if words and words[-1].startswith("tag=") else ""
        request = self.requests[name, words[0] if words else None].split("\r\n\r\n")[0]
        kept = re.findall(r"(?im)^(?:Via|Record-Route|From|To|Call-ID|CSeq):.*$", request)
        kept = [line.strip() for line in kept]
        kept = [line + ";" + tag if tag and re.match(r"(?i)To:(?!.*;tag=)", line) else line for line in kept]
        head = ["SIP/2.0 %s Scripted" % code] + kept + [self.node.fill(b) for b in block] + ["Content-Length: 0"]
        self.peers[name].send(("\r\n".join(head) + "\r\n\r\n").encode())

    def remember_dialog(self, peer):
        """Of a 2xx that makes a dialog: To, remote target and route set for the peer's next requests."""
        head = self.last.split("\r\n\r\n")[0]
        contact = re.search(r"(?im)^Contact:[^<]*<([^>]+)>", head)
        if not re.match(r"SIP/2.0 2", head) or not contact or not re.search(r"(?im)^CSeq: *\d+ (INVITE|SUBSCRIBE)", head):
            return
        self.asked.setdefault(peer, 1)
        routes = re.findall(r"(?im)^Record-Route: *(.+?)\r?$", head)
        routes = [r.strip() for line in routes for r in line.split(",")][::-1]
        self.dialogs[peer] = {"to": re.search(r"(?im)^To: *(.+?)\r?$", head).group(1), "target": contact.group(1),
                              "route": "\n".join("Route: " + r for r in routes),
                              "call": re.search(r"(?im)^Call-ID: *(.+?)\r?$", head).group(1),
                              "user": re.search(r"(?im)^From:.*?sips?:([^@]+)@", head).group(1)}

    def step_bytes(self, rest, block):
        """bytes PEER: the block as it is, with \\r, \\n, \\xNN and ${name*N} repeated text."""
        raw = self.node.fill("".join(block))
        raw = re.sub(r"\$\{(.+?)\*(\d+)\}", lambda m: m.group(1) * int(m.group(2)), raw)
        self.peers[rest].send(raw.encode().decode("unicode_escape").encode("latin-1"))

    def step_frame(self, rest, block):
        """frame PEER INVOKEID: a CSTA frame."""
        name, invoke_id = rest.split()
        self.peers[name].send_frame(invoke_id, self.node.fill("\n".join(block)).encode())

    def step_expect(self, rest, block):
        """expect PEER [REGEX]: the next message; lines of the block must be found, "set NAME REGEX" keeps group 1."""
        name, _, first = rest.partition(" ")
        self.last = self.peers[name].receive()
        self.remember_dialog(name)
        if self.last.startswith("SIP/2.0 401"):
            self.challenge = self.last
        if not self.last.startswith("SIP/2.0 "):
            self.requests[name, None] = self.requests[name, self.last.split(" ")[0]] = self.last
        for pattern in ([first] if first else []) + block:
            keep = re.match(r"set (\w+) (.*)", pattern)
            wanted = self.node.fill(keep.group(2) if keep else pattern.lstrip("!"))
            found = re.search(wanted, self.last, re.M)
            if bool(found) == (pattern.startswith("!")):
                raise Failure(("has " if found else "lacks ") + wanted)
            if keep:
                self.node.variables[keep.group(1)] = found.group(1)

    def step_ask(self, rest, block):
        """ask PEER SERVICE + block: a CSTA request and its answer. Lines that begin with < are its children, "error VALUE" is
        the CSTAErrorCode that must come instead of a response; "= REGEX", "set NAME REGEX" are about the answer."""
        name, service = rest.split()
        inner = "".join(self.node.fill(line.strip()) for line in block if line.startswith("<"))
        wanted = [self.node.fill(line.removeprefix("= ")) for line in block if not line.startswith("<")]
        errors = [line.split(" ", 1)[1] for line in wanted if line.startswith("error ")]
        answer = ["<CSTAErrorCode.*>%s<" % errors[0]] if errors else ["<%sResponse" % service]
        xml = '<%s xmlns="%s">%s</%s>' % (service, self.node.variables["ns"], inner, service)
        number = self.asked[name] = self.asked.get(name, 0) + 1
        if isinstance(self.peers[name], CstaFrames):
            self.peers[name].send_frame(number, xml.encode())
            head = "^%04d " % number
        else:
            self.peers[name].send(self.message(name, "rcc-info", {"cseq": str(number)}, [xml]))
            head = "^SIP/2.0 200"
        self.step_expect(name + " " + head, answer + [line for line in wanted if not line.startswith("error ")])

    def step_event(self, rest, block):
        """event PEER TYPE + block: the next message is this event; a SIP peer answers it."""
        name, event = rest.split()
        is_sip = not isinstance(self.peers[name], CstaFrames)
        self.step_expect(name + (" ^INFO" if is_sip else " ^9999 "), ["<%sEvent" % event] + block)
        if is_sip:
            self.step_reply(name + " 200 INFO", [])

    def step_closed(self, rest, _):
        """closed PEER: the node closes the connection."""
        try:
            while True:
                self.last = self.peers[rest].receive()
        except Closed:
            pass

    def step_silent(self, rest, _):
        """silent PEER SECONDS"""
        name, seconds = rest.split()
        if not self.peers[name].is_silent(float(seconds)):
            self.last = self.peers[name].buffer.decode("utf-8", "replace")
            raise Failure("a message came")

    def step_hang_up(self, rest, _):
        self.peers[rest].hang_up()

    def step_close(self, rest, _):
        self.peers.pop(rest).close()
