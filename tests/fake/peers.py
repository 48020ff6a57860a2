"""Scripted peers on real sockets: SIP over UDP or TCP, and CSTA XML over TCP."""
import os
import re
import socket
import struct

PATIENCE = float(os.environ.get("CROSSPOINT_PATIENCE", "5"))


class Closed(Exception):
    """The other side closed the connection."""


class Peer:
    """A socket with a buffer that gives whole messages."""

    def __init__(self, kind, address, local_ip, port=0):
        self.kind, self.buffer, self.remote = kind, b"", address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((local_ip, port))
        self.socket.settimeout(PATIENCE)
        if kind != "udp":
            self.socket.connect(address)
        self.ip, self.port = self.socket.getsockname()

    def send(self, data):
        if self.kind == "udp":
            self.socket.sendto(data, self.remote)
        else:
            self.socket.sendall(data)

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
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


class CstaPeer(Peer):
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
