"""What is on the wire: tcpdump records, tshark judges."""
import os
import signal
import subprocess
import time

from node import Failure


class Capture:
    """tcpdump on the loopback, only for the node's address."""

    def __init__(self, node):
        self.file = os.path.join(node.dir, "lo.pcap")
        self.child = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-n", "--immediate-mode", "-B", "65536", "-w", self.file, "host",
                                       node.ip], stderr=subprocess.PIPE, text=True)
        # Not each line that it writes at its start is there on every machine.
        said = iter(self.child.stderr.readline, "")
        if not any("listening on" in line for line in said):
            raise Failure("tcpdump may not capture")

    def stop(self):
        time.sleep(0.5)  # tcpdump has no way to say that it has seen the last packet
        self.child.send_signal(signal.SIGINT)
        self.child.wait()

    def tshark(self, *args):
        done = subprocess.run(["tshark", "-n", "-r", self.file, "-d", "tcp.port==5049,sip", "-d", "tcp.port==5082,sip",
                               *args], capture_output=True, text=True)
        if done.returncode:
            raise Failure("tshark: " + done.stderr[-500:])
        return done.stdout.splitlines()
