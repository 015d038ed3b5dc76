"""Keeps one app process running as Docker would: restart policy, status file, stop with a limit.

Run as a program with the folder of a container. Its status file reads `running PID`,
`restarting CODE` or `exited CODE`. SIGTERM asks the process to end; it is killed after the number
of seconds in the file `grace`. Uses nothing of the package, for it is run by its path.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

LONGEST_PAUSE = 5.0


class Supervisor:
    """The process of one container, over all of its restarts."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with open(os.path.join(folder, "container.json"), encoding="utf-8") as file:
            self.spec = json.load(file)
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> None:
        """Run the process until it ends for good or is stopped."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        policy, _, number = str(self.spec["restart"]).partition(":")
        left = int(number or 10) if policy == "on-failure" else 10**9
        pause, code = 0.1, 0
        while not self.stopping:
            code = self.run_once()
            wanted = policy != "no" and (policy != "on-failure" or code != 0)
            if self.stopping or not wanted or left <= 0:
                break
            left -= 1
            self.write(f"restarting {code}")
            self.rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self.write(f"exited {code}")
        if os.path.exists(os.path.join(self.folder, "retired")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def run_once(self) -> int:
        """Start the process and wait for its end."""
        self.child = subprocess.Popen(
            self.spec["start"], stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.write(f"running {self.child.pid}")
        if self.stopping:
            self.kill(signal.SIGTERM)
        return self.child.wait()

    def rest(self, seconds: float) -> None:
        """Wait before the next start, but not when asked to stop meanwhile."""
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.02)

    def stop(self, *_: object) -> None:
        """Ask the process to end; kill it when the grace is over."""
        self.stopping = True
        self.kill(signal.SIGTERM)
        signal.signal(signal.SIGALRM, lambda *_: self.kill(signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, max(0.1, self.grace()))

    def grace(self) -> float:
        """Return the seconds that are left to the process after SIGTERM."""
        try:
            with open(os.path.join(self.folder, "grace"), encoding="utf-8") as file:
                return float(file.read())
        except (OSError, ValueError):
            return 30.0

    def kill(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        if self.child:
            try:
                os.killpg(self.child.pid, number)
            except ProcessLookupError:
                pass

    def write(self, text: str) -> None:
        """Write the status file."""
        scratch = os.path.join(self.folder, ".status")
        with open(scratch, "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(scratch, os.path.join(self.folder, "status"))


if __name__ == "__main__":
    Supervisor(sys.argv[1]).run()
