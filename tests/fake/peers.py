"""Scripted peers on real sockets: SIP over UDP, TCP or TLS, and CSTA XML over TCP."""
import os
import re
import socket
import ssl
import struct
import time

PATIENCE = float(os.environ.get("CROSSPOINT_PATIENCE", "5"))


class Closed(Exception):
    """The other side closed the connection."""


def tls_context(as_server, cert=None, ca=None):
    """cert and ca are names of files without their ".pem"; without ca everybody is believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if as_server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if ca else ssl.CERT_NONE
    if cert:
        context.load_cert_chain(cert + ".pem", cert + ".key")
    if ca:
        context.load_verify_locations(ca + ".pem")
    return context


class Peer:
    """A socket with a buffer that gives whole messages."""

    def __init__(self, kind, address, local_ip, port=0, tls=None):
        self.kind, self.buffer, self.remote = kind, b"", address
        family = socket.AF_INET6 if ":" in local_ip else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((local_ip, port))
        self.socket.settimeout(PATIENCE)
        if kind != "udp":
            self.socket.connect(address)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ip, self.port = self.socket.getsockname()[:2]
        self.ip = "[%s]" % self.ip if ":" in self.ip else self.ip
        if tls:
            self.socket = tls.wrap_socket(self.socket)

    def send(self, data):
        if self.kind == "udp":
            self.socket.sendto(data, self.remote)
        else:
            self.socket.sendall(data)

    def more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError) as error:  # an alert closes, too
            if isinstance(error, TimeoutError):
                raise
            data = b""
        if not data:
            raise Closed()
        self.buffer += data

    def receive(self):
        while True:
            message = self.take()
            if message is not None:
                return message
            self.more()

    def is_silent(self, seconds):
        """True if nothing comes for so long; only to show that something does not happen."""
        self.socket.settimeout(seconds)
        try:
            self.buffer += self.socket.recv(65536)
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)

    def close(self):
        self.socket.close()


class SipPeer(Peer):
    def take(self):
        if self.kind == "udp":
            message, self.buffer = self.buffer, b""
            return message.decode("utf-8", "replace") or None
        self.buffer = self.buffer.lstrip(b"\r\n")
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", self.buffer[:end + 2])
        total = end + 4 + (int(length.group(1)) if length else 0)
        if len(self.buffer) < total:
            return None
        message, self.buffer = self.buffer[:total], self.buffer[total:]
        return message.decode("utf-8", "replace")


class UdpPhone(SipPeer):
    """Over UDP, for tests whose clock runs: a request that comes again, because this machine is slow, is not told twice."""

    def __init__(self, address, local_ip, port=0):
        super().__init__("udp", address, local_ip, port)
        self.told = set()

    def take(self):
        message = super().take()
        if message in self.told:
            return None
        if message and not message.startswith("SIP/2.0 "):
            self.told.add(message)
        return message

    def is_silent(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not super().is_silent(left):
            if self.buffer.decode("utf-8", "replace") not in self.told:
                return False
            self.buffer = b""
        return True


class Server(SipPeer):
    """Listens, and takes the next connection when the one before is closed or there was none."""

    def __init__(self, kind, local_ip, port, tls=None):
        self.kind, self.buffer, self.tls, self.socket = kind, b"", tls, None
        self.listener = socket.create_server((local_ip, port))
        self.listener.settimeout(PATIENCE)
        self.ip, self.port = self.listener.getsockname()

    def accept(self):
        self.buffer = b""
        connection, _ = self.listener.accept()
        connection.settimeout(PATIENCE)
        try:
            self.socket = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
        except (ConnectionResetError, ssl.SSLError):
            raise Closed()

    def more(self):
        if not self.socket:
            self.accept()
        try:
            super().more()
        except Closed:
            self.hang_up()
            raise

    def hang_up(self):
        self.socket.close()
        self.socket = None

    def close(self):
        self.listener.close()
        if self.socket:
            self.socket.close()


class CstaFrames:
    """take() gives "INVOKEID XML"."""

    def take(self):
        if len(self.buffer) < 8:
            return None
        indicator, length = struct.unpack(">HH", self.buffer[:4])
        if indicator or len(self.buffer) < length:
            return None
        frame, self.buffer = self.buffer[:length], self.buffer[length:]
        return frame[4:8].decode() + " " + frame[8:].decode("utf-8", "replace")

    def send_frame(self, invoke_id, xml):
        self.send(struct.pack(">HH", 0, len(xml) + 8) + b"%04d" % int(invoke_id) + xml)


class CstaPeer(CstaFrames, Peer):
    """An application of the switch."""


class CstaServer(CstaFrames, Server):
    """Plays the switch."""
