"""From the words of a command line to the function or program that answers them."""

import os
from collections.abc import Callable

from sandbox.dokku import calls, community, core, deploy_lock, say
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

CAPTURED = ("git-hook", "ps:rebuild", "ps:restart")


def run(host: Host, words: list[str]) -> int:
    """Run one command; returns its exit status."""
    command = words[0] if words else ""
    name = command.partition(":")[0]
    plugin = core.ALIASES.get(name, name)
    if core.is_played(plugin):
        status = run_core(host, plugin, words)
    else:
        status = run_community(host, plugin, words)
    if status is None:
        status = ask_everybody(host, words)
    if status is None:
        say.warn(f"`{' '.join(words)}` is not a dokku command.")
        say.warn("See `dokku help` for a list of available commands.")
        return 1
    return status


def run_core(host: Host, plugin: str, words: list[str]) -> int | None:
    """Run a command that the stand-in itself answers; None when there is no such."""
    command, rest = (words[0], words[1:]) if words else ("", [])
    module = core.module_of(plugin)
    try:
        commands: dict[str, Callable[[Call], int | None]] = core.load(f"{module}.COMMANDS")
    except ModuleNotFoundError:
        return None
    name = command.partition(":")[2] if ":" in command else ""
    key = command if command in commands else name
    if key not in commands:
        return None
    if plugin not in community.PLUGINS and os.environ.get("DOKKU_APP_NAME"):
        rest = [os.environ["DOKKU_APP_NAME"], *rest]
    if command in CAPTURED and rest:
        from sandbox.dokku import capture

        capture.start(host, rest[0], command)
    return int(commands[key](Call(host, command, tuple(rest), plugin)) or 0)


def run_community(host: Host, plugin: str, words: list[str]) -> int | None:
    """Run a subcommand of an installed plugin; None when it has none of that name."""
    name = words[0].partition(":")[2] or "default"
    program = host.enabled / plugin / "subcommands" / name
    if (":" in words[0] and name == "default") or not os.access(program, os.X_OK):
        return None
    return calls.run_noted(host, words[0], [str(program), *words])


def ask_everybody(host: Host, words: list[str]) -> int | None:
    """Ask the `commands` of every installed plugin until one does not answer 10."""
    answered = None
    for plugin in sorted(os.listdir(host.enabled)):
        program = host.enabled / plugin / "commands"
        if not os.access(program, os.X_OK) or program.is_dir():
            continue
        status = spawn([str(program), *words])
        if status == 10:
            continue
        answered = 0
        if status:
            return status
    return answered


def spawn(words: list[str]) -> int:
    """Run a program in the place of this command."""
    import subprocess

    status = subprocess.run(words, check=False, pass_fds=deploy_lock.held()).returncode
    return status if status >= 0 else 128 - status
