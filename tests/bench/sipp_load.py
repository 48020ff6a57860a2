"""sipp as the load: a server that answers, and clients that bring a known number of calls through."""
import os
import re
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = {**os.environ, "TERM": "dumb"}


def cpus():
    """(core of the server, core of sipp)"""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


class Result:
    """What sipp says of one run: calls that came through, what went wrong, and how long it took."""

    def __init__(self, row, seconds):
        number = lambda name: int(row.get(name + "(C)", "0") or 0)
        self.good, self.failed = number("SuccessfulCall"), number("FailedCall")
        self.again = number("Retransmissions")
        self.seconds = seconds

    def fault(self, wanted):
        """What is wrong with this run, "" if nothing is."""
        if self.good != wanted or self.failed:
            return "%d of %d calls failed" % (wanted - self.good, wanted)
        return "%d retransmissions" % self.again if self.again else ""


def last_row(path):
    """The last line of sipp's statistics, by column name."""
    try:
        with open(path, encoding="ascii", errors="replace") as f:
            lines = f.read().splitlines()
    except OSError:
        return {}
    return dict(zip(lines[0].split(";"), lines[-1].split(";"))) if len(lines) > 1 else {}


class Load:
    """One kind of call (@scenario) over @transport from @ip to a server, which sends it to our sipp at port 5070."""

    uas_port = 5070

    def __init__(self, scenario, transport, ip, folder):
        self.scenario, self.transport, self.ip, self.folder = scenario, transport, ip, folder
        self.runs = 0
        self.uas = subprocess.Popen(self.command("uas", self.uas_port, "uas.csv"), cwd=folder, env=ENV, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def script(self, side):
        return os.path.join(HERE, "%s-%s.xml" % (self.scenario, side))

    def command(self, side, port, statistics):
        return ["taskset", "-c", str(cpus()[1]), "sipp", "-sf", self.script(side),
                "-t", {"udp": "u1", "tcp": "t1"}[self.transport], "-i", self.ip, "-p", str(port), "-nostdin",
                "-trace_stat", "-stf", statistics, "-fd", "1", "-l", "1000000", "-deadcall_wait", "0",
                "-buff_size", "4000000", "-max_recv_loops", "100000", "-max_sched_loops", "100000"]

    def run(self, server, rate, count):
        """Brings @count calls to @server ("ip:port") at @rate per second."""
        self.runs += 1
        statistics = "uac-%d.csv" % self.runs
        command = self.command("uac", 5071 + self.runs, statistics) + [
            server, "-r", str(rate), "-m", str(count), "-timeout", "%ds" % (count // rate + 60)]
        started = time.monotonic()
        subprocess.run(command, cwd=self.folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        seconds = time.monotonic() - started
        return Result(last_row(os.path.join(self.folder, statistics)), seconds)

    def repeated_by_uas(self):
        return int(last_row(os.path.join(self.folder, "uas.csv")).get("Retransmissions(C)", "0") or 0)

    def stop(self):
        self.uas.kill()
        self.uas.wait()
