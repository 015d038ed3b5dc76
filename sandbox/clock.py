"""`script/sandbox cron`: runs now what stands in the crontab, in the surroundings of cron."""

import os
import subprocess
import sys

from sandbox.dokku import crontab, environment
from sandbox.dokku.crontab import Crontab, Job
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import cron_table
from sandbox.lifecycle import Problem


def cron(host: Host, words: list[str]) -> int:
    """Run the lines that contain the pattern (all without one), one after the other.

    Returns the first status that is not 0; what the jobs print goes to the caller.
    """
    if len(words) > 1:
        raise Problem("usage: script/sandbox cron [PATTERN]")
    file = cron_table.file(host)
    table = crontab.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    pattern = "".join(words)
    jobs = [job for job in table.jobs if pattern in f"{job.schedule} {job.line}"]
    if not jobs:
        raise Problem(f"no line of {file} contains {pattern!r}" if words else f"no jobs in {file}")
    return next((status for status in [run(host, table, job) for job in jobs] if status), 0)


def run(host: Host, table: Crontab, job: Job) -> int:
    """Run one job: no terminal, a session of its own, few variables, Dokku's home."""
    sys.stdout.flush()
    variables = surroundings(host, table)
    command = job.command.replace(" /var/log/dokku/", f" {host.root}/var/log/dokku/")
    done = subprocess.run(
        [variables["SHELL"], "-c", command],
        input=job.stdin.encode(),
        env=variables,
        cwd=host.home,
        umask=0o022,
        start_new_session=True,
        check=False,
    )
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def surroundings(host: Host, table: Crontab) -> dict[str, str]:
    """The variables of a job: cron's own, and above them those of the crontab."""
    found = {
        "HOME": str(host.home),
        "LOGNAME": environment.user_name(),
        "PATH": "/usr/bin:/bin",
        "SHELL": "/bin/sh",
        **table.variables,
    }
    # The sandbox's programs lie in its own bin, which plays /usr/bin.
    return {**found, "PATH": f"{host.root}/bin{os.pathsep}{found['PATH']}"}
