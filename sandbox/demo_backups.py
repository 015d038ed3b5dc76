"""What `script/demo` shows of backups."""

import json

from sandbox import lifecycle
from sandbox.demo_words import read, say
from sandbox.dokku.host import Host

TARGET = "here"


def set_up(host: Host) -> None:
    """Give the plugin a place for backups, beside the host's own files."""
    place = host.root / "srv/backups"
    say(f"$ dokku ansible-deploy:set --global backup-target {TARGET} {place}")
    said = read([*_command(host, "set"), "--global", "backup-target", TARGET, str(place)])
    if "password" not in said:
        raise lifecycle.Problem("the target has no password of its own")
    say("a password for it was made up; a real one is kept elsewhere, too")


def back_up(host: Host, app: str) -> None:
    """Make a backup, and prove that it restores."""
    for name in ("backup", "verify", "backups"):
        say(f"$ dokku ansible-deploy:{name} {app}")
        for line in read([*_command(host, name), app]).rstrip().splitlines():
            say(line)
    found = json.loads(read([*_command(host, "backups"), app, "--format", "json"]))
    if not found or not found[0]["proven"]:
        raise lifecycle.Problem("the newest backup is not proven to restore")


def _command(host: Host, name: str) -> list[str]:
    return [str(host.root / "bin/dokku"), f"ansible-deploy:{name}"]
