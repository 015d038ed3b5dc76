"""The plugin `ssh-keys`: keys are kept by name; the sandbox's ssh lets everybody in."""

import hashlib
import json
import sys
from pathlib import Path

from sandbox.dokku import say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

OPTIONS = "no-agent-forwarding,no-user-rc,no-X11-forwarding,no-port-forwarding"


def file(host: Host) -> Path:
    """Return the file of all keys: `name key` a line."""
    return host.home / ".ssh/sandbox_keys"


def read(host: Host) -> dict[str, str]:
    """Return all keys by name."""
    lines = file(host).read_text(encoding="utf-8").splitlines() if file(host).exists() else []
    return dict(line.split(" ", 1) for line in lines)


def write(host: Host, keys: dict[str, str]) -> None:
    """Write all keys."""
    text = "".join(f"{name} {key}\n" for name, key in keys.items())
    file(host).write_text(text, encoding="utf-8")


def fingerprint(key: str) -> str:
    """Return a short mark of a key."""
    return "SHA256:" + hashlib.sha256(key.encode()).hexdigest()[:43]


def add(call: Call) -> None:
    """Answer `ssh-keys:add NAME [FILE]`."""
    name, path = call.word(0), call.word(1)
    key = (Path(path).read_text(encoding="utf-8") if path else sys.stdin.read()).strip()
    keys = read(call.host)
    if name in keys:
        raise Fail("Duplicate ssh key name")
    write(call.host, {**keys, name: key})
    say.out(fingerprint(key))


def remove(call: Call) -> None:
    """Answer `ssh-keys:remove NAME`."""
    keys = read(call.host)
    keys.pop(call.word(0), None)
    write(call.host, keys)


def list_keys(call: Call) -> None:
    """Answer `ssh-keys:list`."""
    keys = read(call.host)
    if words.parse(call, "", "format").get("format") == "json":
        rows = [
            {
                "fingerprint": fingerprint(key),
                "name": name,
                "SSHCOMMAND_ALLOWED_KEYS": OPTIONS,
                "public-key": key,
            }
            for name, key in keys.items()
        ]
        say.out(json.dumps(rows))
        return
    for name, key in keys.items():
        say.out(f'{fingerprint(key)} NAME="{name}" SSHCOMMAND_ALLOWED_KEYS="{OPTIONS}"')


COMMANDS = {"ssh-keys": list_keys, "list": list_keys, "add": add, "remove": remove}
