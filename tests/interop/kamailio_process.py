"""A Kamailio with a folder of its own: started, asked whether it serves, and killed."""
import os
import signal
import subprocess

from node import Failure, wait_for


class KamailioProcess:
    """Who derives from it says in serves() whether it answers: that it listens says nothing, its processes come later."""

    def __init__(self, folder, config):
        self.dir, self.child = folder, None
        os.makedirs(folder)
        self.config = os.path.join(folder, "kamailio.cfg")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(config)

    def start(self):
        with open(self.dir + "/log", "ab") as log:
            self.child = subprocess.Popen(["kamailio", "-f", self.config, "-DD", "-Y", self.dir, "-m", "64"], stdout=log,
                                          stderr=log, cwd=self.dir, start_new_session=True)
        wait_for(self.answers, "Kamailio answers, of " + self.dir)

    def log(self):
        with open(self.dir + "/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def answers(self):
        if self.child.poll() is not None:
            raise Failure("Kamailio ended: " + self.log()[-2000:])
        return self.serves()

    def kill(self):
        """All its processes, without a word to anybody."""
        if self.child:
            if self.child.poll() is None:
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
            self.child = None
            if os.path.exists(self.dir + "/ctl"):
                os.unlink(self.dir + "/ctl")
