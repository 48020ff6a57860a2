"""What is on the wire: tcpdump records, tshark judges."""
import os
import signal
import socket
import subprocess

from node import Failure, wait_for


class Capture:
    """tcpdump on the loopback, only for the node's address."""

    def __init__(self, node):
        self.file, self.ip = os.path.join(node.dir, "lo.pcap"), node.ip
        self.child = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-n", "--immediate-mode", "-B", "65536", "-w", self.file, "host",
                                       node.ip], stderr=subprocess.PIPE, text=True)
        # Not each line that it writes at its start is there on every machine.
        said = iter(self.child.stderr.readline, "")
        if not any("listening on" in line for line in said):
            raise Failure("tcpdump may not capture")

    def stop(self):
        """The last packet is one of ours: when it is in the file, all are."""
        last = os.urandom(16)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(last, (self.ip, 9))
        wait_for(lambda: self.holds(last), "tcpdump has seen the last packet")
        self.child.send_signal(signal.SIGINT)
        self.child.wait()

    def holds(self, words):
        with open(self.file, "rb") as f:
            return words in f.read()

    def tshark(self, *args):
        done = subprocess.run(["tshark", "-n", "-r", self.file, "-d", "tcp.port==5049,sip", "-d", "tcp.port==5082,sip",
                               *args], capture_output=True, text=True)
        if done.returncode:
            raise Failure("tshark: " + done.stderr[-500:])
        return done.stdout.splitlines()
