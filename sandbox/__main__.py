"""`script/sandbox`: starts, stops and feeds the host of one machine."""

import os
import sys
from pathlib import Path

from sandbox import alerts, clock, layout, lifecycle, pushing, serving
from sandbox.dokku.host import Host
from sandbox.servers.errors import ServerError

USAGE = """usage: script/sandbox COMMAND

  up [--without-plugin]   start the host; installs this clone as plugin ansible-deploy
  down [--remove]         stop every process of the host; --remove deletes its files, too
  status                  what runs, and where
  remote APP              add the git remote `dokku` for APP to the repository in this directory
  push DIR [APP]          push a directory as an app (default: the directory's name)
  image NAME DIR          register a directory as the image NAME
  dokku WORDS...          run a dokku command on the host
  cron [PATTERN]          run now the lines of the crontab that contain PATTERN, as cron would

  stop|start SERVER...    stop a server alone, and start it at its old port: dns, acme, prometheus,
                          alertmanager, blackbox, node, proxy (of probes), receiver (of alerts)
  freeze|thaw SERVER...   let it hang: it accepts and does not answer; let it go on
  zone NAME [change]      print a DNS zone, or change it by lines of nsupdate(1) from standard input
  alerts                  print the alerts that arrived at the receiver

DOKKU_SANDBOX=<dir> selects another host than .sandbox in this clone."""


def main() -> int:
    """Run one command; returns the exit status."""
    root = Path(os.environ.get("DOKKU_SANDBOX") or layout.CLONE / ".sandbox").absolute()
    words = sys.argv[1:]
    if not words or words[0] not in COMMANDS:
        print(USAGE, file=sys.stdout if words[:1] in (["help"], ["--help"]) else sys.stderr)
        return 0 if words[:1] in (["help"], ["--help"]) else 2
    try:
        return COMMANDS[words[0]](Host(root), words[1:]) or 0
    except (lifecycle.Problem, ServerError) as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 1


COMMANDS = {
    "up": lifecycle.up,
    "down": lifecycle.down,
    "status": lifecycle.status,
    "remote": pushing.remote,
    "push": pushing.push,
    "image": pushing.image,
    "dokku": pushing.dokku,
    "cron": clock.cron,
    "stop": serving.stop,
    "start": serving.start,
    "freeze": serving.freeze,
    "thaw": serving.thaw,
    "zone": serving.zone,
    "alerts": alerts.alerts,
}

if __name__ == "__main__":
    sys.exit(main())
