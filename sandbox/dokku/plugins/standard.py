"""The commands that belong to no plugin: help, version, report, cleanup."""

import os
import subprocess

from sandbox.dokku import core, say
from sandbox.dokku.words import Call

HELP = """Usage: dokku [--quiet|--trace|--force] COMMAND <app> [command-specific-options]

Primary help options, type "dokku COMMAND:help" for more details, or dokku help --all to see all \
commands.

Commands:

    (this is the sandbox's stand-in; see sandbox/README.md for what it knows)"""


def version(_: Call) -> None:
    """Answer `version`."""
    say.out(f"dokku version {core.VERSION}")


def show_help(call: Call) -> None:
    """Answer `help`: as Dokku, by running every file named `commands` below the plugins."""
    say.out(HELP)
    lines = sorted(line for path in community_commands(call) for line in help_of(path))
    if lines:
        say.out("\nCommunity plugin commands:\n")
        for line in lines:
            head, _, text = line.partition(",")
            say.out(f"{head.ljust(44)}{text}")


def community_commands(call: Call) -> list[str]:
    """Return every path named `commands` below plugins that are not Dokku's own."""
    found = []
    for plugin in sorted(set(os.listdir(call.host.enabled)) - set(core.NAMES)):
        for directory, _, names in os.walk(call.host.enabled / plugin, followlinks=True):
            found += [os.path.join(directory, name) for name in names if name == "commands"]
    return found


def help_of(path: str) -> list[str]:
    """Return the help lines that one plugin prints."""
    answer = subprocess.run([path, "help"], stdout=subprocess.PIPE, check=False)
    return answer.stdout.decode(errors="replace").splitlines()


def nothing(_: Call) -> None:
    """Answer `cleanup`: without Docker there is nothing to clean."""


COMMANDS = {
    "": show_help,
    "help": show_help,
    "version": version,
    "-v": version,
    "--version": version,
    "cleanup": nothing,
}
